//! A file that one of five sends to the other four while all of them talk, without cameras.

use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::{
    file_transfer::{self, MIB},
    media_stats::MediaStats,
    room::{
        Kind::{self, Chromium, Firefox, Window},
        Room,
    },
    test_env::run_test,
    wait,
};

const KINDS: [Kind; 5] = [Chromium, Window, Firefox, Chromium, Chromium];
const DEADLINE: Duration = Duration::from_secs(240);
/// The call's own measurements have come to rest.
const SETTLE: Duration = Duration::from_secs(15);
const WATCH_INTERVAL: Duration = Duration::from_secs(1);
/// Four copies leave one computer that carries all five.
const SECONDS_PER_MIB: f64 = 4.0;

/// One file's way to four.
#[derive(Debug, Default)]
pub(super) struct Measured {
    /// From the last yes until all four copies are proven.
    pub(super) seconds: f64,
    /// The share of audio that was not made up, of the worst of the twenty pairs: before the file.
    pub(super) audio_before: f64,
    /// The same while it is sent.
    pub(super) audio: f64,
    /// The names of that pair, in words.
    pub(super) worst: String,
}

pub(super) async fn measure(mib: usize) -> Result<Measured> {
    let mut measured = Measured::default();
    run_test("prove-file-to-four", async |env| {
        let source = env.folder().join("large.bin");
        file_transfer::write_random(&source, mib * MIB)?;
        for name in ["ben", "cam"] {
            file_transfer::system_downloads(env, name)?;
        }
        let relay = env.relay(&[]).await?;
        let room = Room::open(env, &relay, &KINDS).await?;
        room.call().await?;
        room.everybody_is_seen_and_heard(DEADLINE).await?;
        for person in &room.people {
            person.page.button("Turn camera off").await?;
        }
        let (sender, receivers) = room.people.split_first().context("nobody is there")?;
        // Before the offer, which opens the panel too.
        for receiver in receivers {
            file_transfer::open_panel(&receiver.page).await?;
        }
        file_transfer::attach(&sender.page, &source).await?;
        wait::measure_for(SETTLE).await;
        let idle = heard(&room).await?;
        wait::measure_for(SETTLE).await;
        let before = heard(&room).await?;
        measured.audio_before = MediaStats::least_true_audio(&idle, &before);
        for receiver in receivers {
            receiver.page.button("Accept").await?;
        }
        let start = wait::clock();
        let limit = mib as f64 * SECONDS_PER_MIB + 60.0;
        loop {
            measured.seconds = (wait::clock() - start) / 1_000.0;
            let words = sender.page.words().await?;
            if words.matches(file_transfer::PROVEN).count() == receivers.len() {
                break;
            }
            ensure!(
                measured.seconds < limit,
                "not sent within {limit:.0} s: {words}"
            );
            wait::measure_for(WATCH_INTERVAL).await;
        }
        let after = heard(&room).await?;
        let pairs = room.pairs().into_iter().zip(before.iter().zip(&after));
        let shares = pairs.map(|((person, other), (before, after))| {
            let who = format!("{} hears {}", person.email, other.email);
            (after.true_audio_since(before), who)
        });
        let worst = shares.min_by(|a, b| a.0.total_cmp(&b.0));
        (measured.audio, measured.worst) = worst.context("nobody is heard")?;
        Ok(())
    })
    .await?;
    Ok(measured)
}

/// What each has received of each other one.
async fn heard(room: &Room) -> Result<Vec<MediaStats>> {
    let mut all = vec![];
    for (person, other) in room.pairs() {
        all.push(person.page.media_stats(&other.email).await?);
    }
    Ok(all)
}
