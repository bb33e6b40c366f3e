//! Proof of picture and sound: stats of what really arrived from one person, and conditions
//! on how they change.

use std::time::Duration;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::{page::Page, wait};

/// What has arrived from one person until now.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MediaStats {
    /// Video frames shown.
    pub frames: u64,
    /// Pixels of the picture; zero before the first frame.
    pub width: u32,
    /// Pixels of the picture; zero before the first frame.
    pub height: u32,
    /// Energy of the received sound, as WebRTC's statistics count it.
    pub energy: f64,
    /// Seconds of sound that it came in.
    pub seconds: f64,
    /// Over the whole connection.
    pub bytes_received: u64,
    /// Over the whole connection.
    pub bytes_sent: u64,
    /// Kinds of the two ends of the path, once there is one.
    pub path: Option<String>,
    /// When these were read, in seconds of the page's clock.
    pub at: f64,
}

/// Frames that must come before a picture counts as running.
const RUNNING: u64 = 5;
/// Mean power above this is a sound: the synthetic beeps are some thousand times louder.
const AUDIBLE: f64 = 1e-6;
/// Longer than the pause between two of the synthetic beeps.
const LISTENING: Duration = Duration::from_millis(2_500);
/// At a tenth of a second between frames, none in this stretch means that the picture stands.
const WATCHING: Duration = Duration::from_millis(1_500);

/// Waits until the person's picture runs: frames go on rising from whatever they were.
pub async fn picture_runs(page: &Page, email: &str) -> Result<()> {
    let mut first = None;
    let what = format!("{}: frames rise in the picture of {email}", page.name());
    wait::until(&what, async || {
        let now = page.media_stats(email).await?;
        let first = *first.get_or_insert(now.frames);
        // A new element counts from the beginning again.
        Ok(
            (now.frames >= first + RUNNING || (now.frames < first && now.frames >= RUNNING))
                .then_some(()),
        )
    })
    .await
}

/// Waits until no frame comes any more.
pub async fn picture_stands(page: &Page, email: &str) -> Result<()> {
    let what = format!("{}: no more frames in the picture of {email}", page.name());
    wait::until(&what, async || {
        let before = page.media_stats(email).await?.frames;
        wait::measure_for(WATCHING).await;
        let after = page.media_stats(email).await?.frames;
        Ok((before == after).then_some(()))
    })
    .await
}

/// Waits until the person is heard.
pub async fn sound_runs(page: &Page, email: &str) -> Result<()> {
    let what = format!("{}: {email} is heard", page.name());
    wait::until(&what, async || {
        Ok((power(page, email).await? > AUDIBLE).then_some(()))
    })
    .await
}

/// Waits until the person is silent.
pub async fn sound_is_gone(page: &Page, email: &str) -> Result<()> {
    let what = format!("{}: {email} is silent", page.name());
    wait::until(&what, async || {
        Ok((power(page, email).await? < AUDIBLE).then_some(()))
    })
    .await
}

/// Picture and sound, both running.
pub async fn person_comes_through(page: &Page, email: &str) -> Result<()> {
    picture_runs(page, email).await?;
    sound_runs(page, email).await
}

/// Mean power of the sound that arrives over a stretch of time.
async fn power(page: &Page, email: &str) -> Result<f64> {
    let before = page.media_stats(email).await?;
    wait::measure_for(LISTENING).await;
    let after = page.media_stats(email).await?;
    let seconds = after.seconds - before.seconds;
    (seconds > 0.0)
        .then(|| (after.energy - before.energy) / seconds)
        .context("no sound samples arrive at all")
}
