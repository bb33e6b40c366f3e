//! Measures calls side by side: two browsers, two windows, one of each, on the same computer in the
//! same run, over good and bad paths. Tables for people; no figure makes it fail.

mod apps;
mod av_sync;
mod call;
mod cost;
mod latency;
mod lines;
mod mesh;
mod peers;
mod share;
mod talk;

use std::{fmt, fs};

use anyhow::Result;

use crate::test_env::TestEnv;
use apps::{Kind, Pair};

/// The first pair is the reference for the others.
const PAIRS: [Pair; 3] = [
    Pair(Kind::Chromium, Kind::Chromium),
    Pair(Kind::Window, Kind::Window),
    Pair(Kind::Window, Kind::Chromium),
];

/// Load average of the last minute before the bench began.
const MAX_LOAD: f64 = 0.7;

/// One part of the bench.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The cost and the quality of a call over a good path.
    Cost,
    /// The quality over bad paths.
    Lines,
    /// The cost of more receivers.
    Peers,
    /// The offset between video and audio.
    AvSync,
    /// The cost of a room of several for one of them.
    Mesh,
    /// Files and messages in a call.
    Talk,
    /// A shared screen.
    Share,
}

impl Part {
    pub const ALL: [Self; 7] = [
        Self::Cost,
        Self::Lines,
        Self::Peers,
        Self::AvSync,
        Self::Mesh,
        Self::Talk,
        Self::Share,
    ];
    /// Those of calls of two.
    pub const OF_TWO: [Self; 4] = [Self::Cost, Self::Lines, Self::Peers, Self::AvSync];

    /// The part with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.to_string() == name)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cost => "cost",
            Self::Lines => "lines",
            Self::Peers => "peers",
            Self::AvSync => "av-sync",
            Self::Mesh => "mesh",
            Self::Talk => "talk",
            Self::Share => "share",
        })
    }
}

/// Measures these parts, one call after the other. Each line is printed as soon as it is known. A
/// failed call is a line too.
pub async fn run(parts: &[Part], say: impl Fn(&str)) {
    if let Some(load) = load().filter(|load| *load > MAX_LOAD) {
        say(&format!(
            "This computer has been busy (load {load:.1}). Figures tell more when nothing else runs.\n"
        ));
    }
    for part in parts {
        match part {
            Part::Cost => cost::table(&say).await,
            Part::Lines => lines::table(&say).await,
            Part::Peers => peers::table(&say).await,
            Part::AvSync => av_sync::table(&say).await,
            Part::Mesh => mesh::table(&say).await,
            Part::Talk => talk::table(&say).await,
            Part::Share => share::table(&say).await,
        }
        say("");
    }
}

/// Measures in an environment of its own.
async fn in_env<T>(measure: impl AsyncFnOnce(&TestEnv) -> Result<T>) -> Result<T> {
    let env = TestEnv::start("bench").await?;
    let outcome = measure(&env).await;
    env.stop().await;
    outcome
}

/// The kernel's load average of the last minute (proc(5)).
fn load() -> Option<f64> {
    let text = fs::read_to_string("/proc/loadavg").ok()?;
    text.split_whitespace().next()?.parse().ok()
}

/// The text of a failure, in place of a row.
fn row<T>(found: Result<T>, words: impl FnOnce(T) -> String) -> String {
    match found {
        Ok(found) => words(found),
        Err(error) => format!("failed: {error:#}"),
    }
}
