//! The offset between video and audio of one sender at the receiver. One page sends a film that
//! flashes and beeps at once, another one shows it, and its audio output is recorded.

use std::time::Duration;

use anyhow::{Context, Result};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    page::Page,
    sound::{Recording, tone},
    test_env::TestEnv,
    wait,
};

const FLASH: &str = include_str!("page/flash.js");
/// Frequency of the beep, in hertz.
const BEEP_HZ: f64 = 1_000.0;
/// Samples of a hundredth of a second.
const WINDOW_SAMPLES: usize = tone::RATE as usize / 100;
/// A thirtieth of the loudest sample.
const MIN_LOUD_SAMPLE: u16 = 1_000;
/// Two beeps within this time, in milliseconds, are one that a lost packet split.
const MIN_BEEP_INTERVAL_MS: f64 = 700.0;
/// Eight of the film's flashes.
const WATCH_DURATION: Duration = Duration::from_secs(12);

/// Connects the two pages and measures after this time. Returns how much later the video is than
/// the audio: the median of several flashes, in milliseconds.
pub async fn offset(
    env: &TestEnv,
    sender: &Page,
    receiver: &Page,
    settling: Duration,
) -> Result<f64> {
    connect(sender, receiver).await?;
    wait::measure_for(settling).await;
    measure(env, receiver).await
}

/// Connects the two pages, and waits until flashes are shown.
pub async fn connect(sender: &Page, receiver: &Page) -> Result<()> {
    let offer: String = act(sender, "send", Value::Null).await?;
    let answer: String = act(receiver, "receive", offer.into()).await?;
    act::<Value>(sender, "connect", answer.into()).await?;
    wait::until("flashes are shown", async || {
        let shown: Vec<f64> = act(receiver, "seen", Value::Null).await?;
        Ok((!shown.is_empty()).then_some(()))
    })
    .await
}

/// How much later the video is than the audio now, as in [`offset`].
pub async fn measure(env: &TestEnv, receiver: &Page) -> Result<f64> {
    let heard = beeps(&env.sound().record(env.folder(), WATCH_DURATION).await?);
    let shown: Vec<f64> = act(receiver, "seen", Value::Null).await?;
    let mut offset = differences(&heard, &shown);
    offset.sort_by(f64::total_cmp);
    let middle = offset.get(offset.len() / 2).copied();
    middle.with_context(|| {
        let (beeps, flashes) = (heard.len(), shown.len());
        format!("none of {beeps} beeps goes with one of {flashes} flashes")
    })
}

async fn act<T: DeserializeOwned>(page: &Page, act: &str, sdp: Value) -> Result<T> {
    page.script(FLASH, vec![act.into(), sdp]).await
}

/// The start of each beep.
fn beeps(recording: &Recording) -> Vec<f64> {
    let mut found: Vec<f64> = vec![];
    for (at, moment) in recording.samples.chunks_exact(WINDOW_SAMPLES).enumerate() {
        let is_loud = moment
            .iter()
            .any(|sample| sample.unsigned_abs() > MIN_LOUD_SAMPLE);
        let begins = recording.began + at as f64 * 10.0;
        if is_loud
            && tone::share(moment, BEEP_HZ) > 0.5
            && found
                .last()
                .is_none_or(|last| begins - last > MIN_BEEP_INTERVAL_MS)
        {
            found.push(begins);
        }
    }
    found
}

/// From each beep to the nearest flash.
fn differences(heard: &[f64], shown: &[f64]) -> Vec<f64> {
    let nearest = heard.iter().filter_map(|heard| {
        let offset = shown.iter().map(|shown| shown - heard);
        offset.min_by(|one, other| one.abs().total_cmp(&other.abs()))
    });
    nearest
        .filter(|offset| offset.abs() < MIN_BEEP_INTERVAL_MS)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::{BEEP_HZ, Recording, beeps, differences, tone};

    #[test]
    fn flash_is_matched_with_the_nearest_beep() {
        let shown = [1_000.0, 2_540.0, 4_000.0];
        let heard = [2_500.0, 4_060.0, 9_000.0];
        assert_eq!(differences(&heard, &shown), [40.0, -60.0]);
    }

    #[test]
    fn beep_begins_at_its_tone() {
        let beep = |second: f64| (0.5..0.75).contains(&second) || (2.0..2.25).contains(&second);
        let samples = (0..tone::RATE * 3).map(|at| {
            let second = f64::from(at) / f64::from(tone::RATE);
            let loud = if beep(second) { 8_000.0 } else { 0.0 };
            ((second * BEEP_HZ * TAU).sin() * loud) as i16
        });
        let recording = Recording {
            began: 10_000.0,
            samples: samples.collect(),
        };
        assert_eq!(beeps(&recording), [10_500.0, 12_000.0]);
    }
}
