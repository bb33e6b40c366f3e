//! Large files between two people in a call, for each pair of programs: the same at the other end,
//! in constant memory at both, while audio goes on.
//!
//! Arguments: pairs as `chromium-window`, `to-four`, `--mib N`; without a pair, all.

use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::file_to_four;
use crate::{
    chromium::Computer,
    file_transfer::{self, MIB},
    media_stats::MediaStats,
    net_namespace::Place,
    page::Page,
    relay::Relay,
    room::Kind::{self, Chromium, Firefox, Window},
    test_env::{TestEnv, run_test},
    usage, user_actions, wait,
};

const PAIRS: [[Kind; 2]; 9] = [
    [Chromium, Chromium],
    [Chromium, Firefox],
    [Chromium, Window],
    [Firefox, Chromium],
    [Firefox, Firefox],
    [Firefox, Window],
    [Window, Chromium],
    [Window, Firefox],
    [Window, Window],
];
const DEFAULT_MIB: usize = 2_048;
/// Of the file that goes to four at once.
const DEFAULT_MIB_TO_FOUR: usize = 64;
const TO_FOUR: &str = "to-four";
/// Of each end, page and app together.
const MAX_GROWTH_MIB: f64 = 80.0;
const MIN_AUDIO: f64 = 0.98;
/// The call's own memory has come to rest.
const SETTLE: Duration = Duration::from_secs(15);
/// A slow computer sends 2 MB a second.
const SECONDS_PER_MIB: f64 = 0.5;
const EMAILS: [&str; 2] = ["ana@example.org", "ben@example.org"];

/// What one file cost.
#[derive(Debug, Default)]
struct Measured {
    seconds: f64,
    /// The most above the memory before, of the sender and the receiver.
    growth: [f64; 2],
    /// The share of audio that was not made up, at the worse end.
    audio: f64,
}

pub(super) async fn run(arguments: &[String], say: &impl Fn(&str)) -> Result<Vec<String>> {
    let Wish { pairs, four, mib } = read(arguments)?;
    let mut faults = vec![];
    if four {
        let mib = mib.unwrap_or(DEFAULT_MIB_TO_FOUR);
        match file_to_four::measure(mib).await {
            Ok(measured) => {
                say(&format!(
                    "{mib} MiB to four of five who talk: the same, {:.1} MB/s in all; audio {:.1} % \
                     ({}), before it {:.1} %",
                    (4 * mib * MIB) as f64 / 1e6 / measured.seconds,
                    measured.audio * 100.0,
                    measured.worst,
                    measured.audio_before * 100.0
                ));
                if measured.audio < MIN_AUDIO {
                    faults.push("audio of five".to_owned());
                }
            }
            Err(error) => {
                say(&format!("to four: failed: {error:#}"));
                faults.push(TO_FOUR.to_owned());
            }
        }
    }
    if pairs.is_empty() {
        return Ok(faults);
    }
    let mib = mib.unwrap_or(DEFAULT_MIB);
    say(&format!(
        "{mib} MiB; memory above that before it (≤{MAX_GROWTH_MIB} MiB), of the sender and the \
         receiver"
    ));
    for [from, to] in pairs {
        let name = format!("{from} to {to}");
        match send(from, to, mib).await {
            Ok(measured) => {
                say(&format!(
                    "{name:>20}: the same, {:.1} MB/s; {:.0} and {:.0} MiB; audio {:.1} %",
                    (mib * MIB) as f64 / 1e6 / measured.seconds,
                    measured.growth[0],
                    measured.growth[1],
                    measured.audio * 100.0
                ));
                if measured.growth.iter().any(|&grown| grown > MAX_GROWTH_MIB) {
                    faults.push(format!("memory, {name}"));
                }
                if measured.audio < MIN_AUDIO {
                    faults.push(format!("audio, {name}"));
                }
            }
            Err(error) => {
                say(&format!("{name:>20}: failed: {error:#}"));
                faults.push(name);
            }
        }
    }
    Ok(faults)
}

async fn send(from: Kind, to: Kind, mib: usize) -> Result<Measured> {
    let mut measured = Measured::default();
    run_test("prove-files", async |env| {
        let source = env.folder().join("large.bin");
        file_transfer::write_random(&source, mib * MIB)?;
        let relay = env.relay(&[]).await?;
        let downloads = file_transfer::system_downloads(env, "ben")?;
        let ana = open(env, from, "ana", &relay).await?;
        let ben = open(env, to, "ben", &relay).await?;
        if to == Chromium {
            file_transfer::save_downloads_in(&ben, &downloads).await?;
        }
        user_actions::join_both([(&ana, EMAILS[0]), (&ben, EMAILS[1])], "42").await?;
        user_actions::call(&ana, &ben).await?;
        for (page, other) in [(&ana, EMAILS[1]), (&ben, EMAILS[0])] {
            crate::media_stats::person_is_seen_and_heard(page, other).await?;
            file_transfer::open_panel(page).await?;
        }
        wait::measure_for(SETTLE).await;
        let heard = audio([&ana, &ben]).await?;
        let before = [memory(&ana)?, memory(&ben)?];
        let limit = Duration::from_secs_f64(mib as f64 * SECONDS_PER_MIB + 60.0);
        let pages = [&ana, &ben];
        measured.seconds = file_transfer::send(pages, &source, &downloads, limit, || {
            for ((page, before), most) in pages.iter().zip(before).zip(&mut measured.growth) {
                *most = most.max(memory(page)? - before);
            }
            Ok(())
        })
        .await?;
        let since = audio([&ana, &ben]).await?;
        measured.audio = MediaStats::least_true_audio(&heard, &since);
        Ok(())
    })
    .await?;
    Ok(measured)
}

/// The lobby in a program of its own, whose memory is then read.
async fn open(env: &TestEnv, kind: Kind, name: &str, relay: &Relay) -> Result<Page> {
    let page = match kind {
        Chromium => {
            let computer = Computer::default();
            env.browser_at(name, computer, &Place::Here).await?
        }
        Firefox => env.firefox(name).await?,
        // The app has its page already.
        Window => return env.window_at(name, relay).await,
    };
    page.open(&relay.web()).await?;
    Ok(page)
}

async fn audio(pages: [&Page; 2]) -> Result<[MediaStats; 2]> {
    Ok([
        pages[0].media_stats(EMAILS[1]).await?,
        pages[1].media_stats(EMAILS[0]).await?,
    ])
}

/// In MiB.
fn memory(page: &Page) -> Result<f64> {
    Ok(usage::read_app(page)?.memory as f64 / MIB as f64)
}

#[derive(Debug, Default)]
struct Wish {
    pairs: Vec<[Kind; 2]>,
    /// Whether a file goes to four at once.
    four: bool,
    mib: Option<usize>,
}

fn read(arguments: &[String]) -> Result<Wish> {
    let mut wish = Wish::default();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        if word == "--mib" {
            let value = words.next().context("--mib needs a number")?;
            wish.mib = Some(value.parse().context("the value of --mib is no number")?);
            continue;
        }
        if word == TO_FOUR {
            wish.four = true;
            continue;
        }
        let name = |[from, to]: [Kind; 2]| format!("{from}-{to}").to_lowercase();
        let Some(pair) = PAIRS.into_iter().find(|&pair| name(pair) == *word) else {
            let known = PAIRS.map(name).join(", ");
            bail!("There is no pair “{word}”. There are: {known}, {TO_FOUR}, --mib N.");
        };
        wish.pairs.push(pair);
    }
    if wish.pairs.is_empty() && !wish.four {
        wish.pairs.extend(PAIRS);
        wish.four = true;
    }
    Ok(wish)
}
