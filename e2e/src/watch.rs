//! What comes of a call while it runs: frames and the longest wait between two, sound and how much
//! of it was made up.

use anyhow::Result;
use serde::Deserialize;

use crate::page::Page;

const WATCH: &str = include_str!("page/watch.js");
const COUNTS: &str = include_str!("page/counts.js");
const SOUND: &str = include_str!("page/sound.js");
const OWN: &str = "Your camera";

/// Of both pictures on one page, since the watch began.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Counts {
    /// Frames of one's own camera.
    pub own: u64,
    /// Frames shown of the other.
    pub other: u64,
    /// The longest wait between two of those since the last look, in milliseconds.
    pub longest: f64,
}

/// Received sound, in samples since its connection began.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Sound {
    /// Made up for what was lost. Comfort noise in a pause is meant, and is not counted.
    pub concealed: f64,
    pub all: f64,
}

impl Sound {
    /// The share that was made up since that earlier look, from 0 to 1.
    pub fn concealed_since(&self, earlier: &Self) -> f64 {
        (self.concealed - earlier.concealed) / (self.all - earlier.all).max(1.0)
    }
}

/// Has the page count from now on, for this other person.
pub async fn begin(page: &Page, email: &str) -> Result<()> {
    page.script(WATCH, vec![OWN.into(), email.into()]).await
}

/// What it has counted.
pub async fn counts(page: &Page) -> Result<Counts> {
    page.script(COUNTS, vec![]).await
}

/// What the page's statistics say of all sound that it receives.
pub async fn sound(page: &Page) -> Result<Sound> {
    page.script(SOUND, vec![]).await
}
