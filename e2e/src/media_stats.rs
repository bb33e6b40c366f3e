//! Video and audio of one person that really arrived, and conditions on their changes.

use std::time::Duration;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::{page::Page, wait};

/// The media that have arrived from one person so far.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MediaStats {
    /// Shown video frames.
    pub frames: u64,
    /// Pixels of the video; zero before the first frame.
    pub width: u32,
    /// Pixels of the video; zero before the first frame.
    pub height: u32,
    /// Energy of the received audio, as in WebRTC's statistics.
    pub energy: f64,
    /// Seconds of received audio.
    pub seconds: f64,
    /// Seconds of it that were made up for lost packets.
    pub concealed: f64,
    /// Over the whole connection.
    pub bytes_received: u64,
    /// Over the whole connection.
    pub bytes_sent: u64,
    /// Candidate types of both ends of the path, once there is one.
    pub path: Option<String>,
    /// The time of the reading, in seconds of the page's clock.
    pub at: f64,
}

/// Video counts as playing after this many frames.
const MIN_PLAYING_FRAMES: u64 = 5;
/// Audio counts as audible above this mean power. The synthetic beeps are about a thousand times
/// louder.
const MIN_AUDIBLE_POWER: f64 = 1e-6;
/// Longer than the pause between two of the synthetic beeps.
const LISTEN_DURATION: Duration = Duration::from_millis(2_500);
/// At a tenth of a second between frames, none in this time means that the video is frozen.
const WATCH_DURATION: Duration = Duration::from_millis(1_500);

impl MediaStats {
    /// The share of the audio since that earlier reading that was not made up, from 0 to 1.
    pub fn true_audio_since(&self, earlier: &Self) -> f64 {
        1.0 - (self.concealed - earlier.concealed) / (self.seconds - earlier.seconds)
    }

    /// The smallest of these shares, of readings in the same order.
    pub fn least_true_audio(before: &[Self], after: &[Self]) -> f64 {
        let shares = before.iter().zip(after);
        let shares = shares.map(|(before, after)| after.true_audio_since(before));
        shares.fold(1.0, f64::min)
    }

    /// Whether frames and audible audio have arrived since that earlier reading.
    pub fn has_arrived_since(&self, earlier: &Self) -> bool {
        let (frames, energy, seconds) = self.since(earlier);
        frames >= MIN_PLAYING_FRAMES && seconds > 0.0 && energy / seconds > MIN_AUDIBLE_POWER
    }

    /// What has arrived since that earlier reading, in words.
    pub fn arrived_since(&self, earlier: &Self) -> String {
        let (frames, energy, seconds) = self.since(earlier);
        let path = self.path.as_deref().unwrap_or("no path");
        format!("{frames} frames, {seconds:.1} s of audio with energy {energy:.1e}, {path}")
    }

    /// Frames, audio energy and seconds of audio.
    fn since(&self, earlier: &Self) -> (u64, f64, f64) {
        // A new connection or a new element starts counting again.
        let frames = self.frames.checked_sub(earlier.frames);
        let audio = (self.energy - earlier.energy, self.seconds - earlier.seconds);
        let (energy, seconds) = match audio {
            (_, seconds) if seconds < 0.0 => (self.energy, self.seconds),
            audio => audio,
        };
        (frames.unwrap_or(self.frames), energy, seconds)
    }
}

/// Waits until the person's video plays: the number of frames keeps growing.
pub async fn video_plays(page: &Page, email: &str) -> Result<()> {
    let mut first = None;
    let what = format!("{}: frames rise in the picture of {email}", page.name());
    wait::until(&what, async || {
        let now = page.media_stats(email).await?;
        let first = *first.get_or_insert(now.frames);
        // A new element starts counting again.
        Ok((now.frames >= first + MIN_PLAYING_FRAMES
            || (now.frames < first && now.frames >= MIN_PLAYING_FRAMES))
            .then_some(()))
    })
    .await
}

/// Waits until no more frames come.
pub async fn video_is_frozen(page: &Page, email: &str) -> Result<()> {
    let what = format!("{}: no more frames in the picture of {email}", page.name());
    wait::until(&what, async || {
        let before = page.media_stats(email).await?.frames;
        wait::measure_for(WATCH_DURATION).await;
        let after = page.media_stats(email).await?.frames;
        Ok((before == after).then_some(()))
    })
    .await
}

/// Waits until the person is heard.
pub async fn audio_plays(page: &Page, email: &str) -> Result<()> {
    let what = format!("{}: {email} is heard", page.name());
    wait::until(&what, async || {
        Ok((power(page, email).await? > MIN_AUDIBLE_POWER).then_some(()))
    })
    .await
}

/// Waits until the person is silent.
pub async fn audio_is_silent(page: &Page, email: &str) -> Result<()> {
    let what = format!("{}: {email} is silent", page.name());
    wait::until(&what, async || {
        Ok((power(page, email).await? < MIN_AUDIBLE_POWER).then_some(()))
    })
    .await
}

/// Video and audio both play.
pub async fn person_is_seen_and_heard(page: &Page, email: &str) -> Result<()> {
    video_plays(page, email).await?;
    audio_plays(page, email).await
}

/// Mean power of the audio that arrives during this time.
async fn power(page: &Page, email: &str) -> Result<f64> {
    let before = page.media_stats(email).await?;
    wait::measure_for(LISTEN_DURATION).await;
    let after = page.media_stats(email).await?;
    let seconds = after.seconds - before.seconds;
    (seconds > 0.0)
        .then(|| (after.energy - before.energy) / seconds)
        .context("no sound samples arrive at all")
}
