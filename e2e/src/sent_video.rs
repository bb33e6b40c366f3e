//! The video that one page sends to one other person, from its statistics.

use std::time::Duration;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::{page::Page, wait};

const SENT_VIDEO: &str = include_str!("page/sent-video.js");

/// So far.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct SentVideo {
    /// Of the payload, with padding.
    pub bytes: u64,
    pub frames: u64,
    /// Pixels of the last frame.
    pub width: u32,
    /// Pixels of the last frame.
    pub height: u32,
    /// The time of the reading, in seconds of the page's clock.
    pub at: f64,
}

/// What was sent in a time.
#[derive(Debug, Clone, Copy)]
pub struct Sending {
    /// Of the payload, in kbit/s.
    pub kilobits: f64,
    /// Encoded in a second.
    pub frame_rate: f64,
    /// Pixels of the last frame, of the shorter edge.
    pub short_edge: u32,
}

/// To the person with this email.
pub async fn so_far(page: &Page, email: &str) -> Result<SentVideo> {
    let sent: Option<SentVideo> = page.script(SENT_VIDEO, vec![email.into()]).await?;
    sent.with_context(|| format!("{}: no connection to {email}", page.name()))
}

/// What is sent to the person with this email during this time from now on.
pub async fn during(page: &Page, email: &str, stretch: Duration) -> Result<Sending> {
    let before = so_far(page, email).await?;
    wait::measure_for(stretch).await;
    let after = so_far(page, email).await?;
    let seconds = after.at - before.at;
    Ok(Sending {
        kilobits: (after.bytes - before.bytes) as f64 * 8.0 / 1_000.0 / seconds,
        frame_rate: (after.frames - before.frames) as f64 / seconds,
        short_edge: after.width.min(after.height),
    })
}
