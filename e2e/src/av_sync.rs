//! How far apart picture and sound of one sender are where they arrive: a film that flashes and
//! beeps at once is sent by one page, shown by another, and heard where its sound comes out.

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
/// The beep's, in hertz.
const TONE: f64 = 1_000.0;
/// Samples of a hundredth of a second.
const MOMENT: usize = tone::RATE as usize / 100;
/// Of the loudest sample there can be, a thirtieth.
const LOUD: u16 = 1_000;
/// No two beeps begin within this, in milliseconds: what a lost packet tears apart is one.
const APART: f64 = 700.0;
/// Eight of the film's flashes.
const WATCHED: Duration = Duration::from_secs(12);

/// Connects the two, and gives after this time how much later the picture is than the sound: the
/// median of several flashes, in milliseconds.
pub async fn apart(
    env: &TestEnv,
    sender: &Page,
    receiver: &Page,
    settling: Duration,
) -> Result<f64> {
    connect(sender, receiver).await?;
    wait::measure_for(settling).await;
    measure(env, receiver).await
}

/// Connects the two, and waits until flashes are shown.
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

/// How much later the picture is than the sound now, as [`apart`] has it.
pub async fn measure(env: &TestEnv, receiver: &Page) -> Result<f64> {
    let heard = beeps(&env.sound().record(env.folder(), WATCHED).await?);
    let shown: Vec<f64> = act(receiver, "seen", Value::Null).await?;
    let mut apart = differences(&heard, &shown);
    apart.sort_by(f64::total_cmp);
    let middle = apart.get(apart.len() / 2).copied();
    middle.with_context(|| {
        let (beeps, flashes) = (heard.len(), shown.len());
        format!("none of {beeps} beeps goes with one of {flashes} flashes")
    })
}

async fn act<T: DeserializeOwned>(page: &Page, act: &str, sdp: Value) -> Result<T> {
    page.script(FLASH, vec![act.into(), sdp]).await
}

/// When each beep began.
fn beeps(recording: &Recording) -> Vec<f64> {
    let mut found: Vec<f64> = vec![];
    for (at, moment) in recording.samples.chunks_exact(MOMENT).enumerate() {
        let is_loud = moment.iter().any(|sample| sample.unsigned_abs() > LOUD);
        let begins = recording.began + at as f64 * 10.0;
        if is_loud
            && tone::share(moment, TONE) > 0.5
            && found.last().is_none_or(|last| begins - last > APART)
        {
            found.push(begins);
        }
    }
    found
}

/// Of each beep to the flash nearest to it.
fn differences(heard: &[f64], shown: &[f64]) -> Vec<f64> {
    let nearest = heard.iter().filter_map(|heard| {
        let apart = shown.iter().map(|shown| shown - heard);
        apart.min_by(|one, other| one.abs().total_cmp(&other.abs()))
    });
    nearest.filter(|apart| apart.abs() < APART).collect()
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::{Recording, TONE, beeps, differences, tone};

    #[test]
    fn a_flash_goes_with_the_nearest_beep() {
        let shown = [1_000.0, 2_540.0, 4_000.0];
        let heard = [2_500.0, 4_060.0, 9_000.0];
        assert_eq!(differences(&heard, &shown), [40.0, -60.0]);
    }

    #[test]
    fn a_beep_begins_where_its_tone_does() {
        let beep = |second: f64| (0.5..0.75).contains(&second) || (2.0..2.25).contains(&second);
        let samples = (0..tone::RATE * 3).map(|at| {
            let second = f64::from(at) / f64::from(tone::RATE);
            let loud = if beep(second) { 8_000.0 } else { 0.0 };
            ((second * TONE * TAU).sin() * loud) as i16
        });
        let recording = Recording {
            began: 10_000.0,
            samples: samples.collect(),
        };
        assert_eq!(beeps(&recording), [10_500.0, 12_000.0]);
    }
}
