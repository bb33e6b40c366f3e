//! The quality of a running call: frames, the longest wait between two of them, audio, and its
//! concealed part.

use anyhow::Result;
use serde::Deserialize;

use crate::page::Page;

const WATCH: &str = include_str!("page/watch.js");
const COUNTS: &str = include_str!("page/counts.js");
const SOUND: &str = include_str!("page/sound.js");
const OWN: &str = "Your camera";

/// Of both videos on one page, since the watch began.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Counts {
    /// Frames of one's own camera.
    pub own: u64,
    /// Shown frames of the other person.
    pub other: u64,
    /// The longest wait between two of those since the last reading, in milliseconds.
    pub longest: f64,
}

/// Received audio, in samples since its connection began.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Sound {
    /// Concealed samples. Comfort noise in a pause is intended and is not counted.
    pub concealed: f64,
    pub all: f64,
}

impl Sound {
    /// The concealed share since that earlier reading, from 0 to 1.
    pub fn concealed_since(&self, earlier: &Self) -> f64 {
        (self.concealed - earlier.concealed) / (self.all - earlier.all).max(1.0)
    }
}

/// Makes the page count from now on, for this other person.
pub async fn begin(page: &Page, email: &str) -> Result<()> {
    page.script(WATCH, vec![OWN.into(), email.into()]).await
}

/// The counts of the page.
pub async fn counts(page: &Page) -> Result<Counts> {
    page.script(COUNTS, vec![]).await
}

/// The page's statistics of all audio that it receives.
pub async fn sound(page: &Page) -> Result<Sound> {
    page.script(SOUND, vec![]).await
}
