//! The times of a button's press and of the first remote frame, by the computer's clock, which all
//! pages share.

use anyhow::Result;
use serde::Deserialize;

use crate::page::Page;

const WATCH: &str = include_str!("page/timestamps.js");

/// Milliseconds since 1970.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Timestamps {
    /// The first press of a button since the watch began.
    pub pressed: Option<f64>,
    /// The first frame of the other person.
    pub shown: Option<f64>,
}

/// Makes the page record both from now on, for this other person.
pub async fn watch_for(page: &Page, email: &str) -> Result<()> {
    page.script(WATCH, vec![email.into()]).await
}

/// The recorded times of the page.
pub async fn of(page: &Page) -> Result<Timestamps> {
    page.script("return window.snugTimestamps", vec![]).await
}
