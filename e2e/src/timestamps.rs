//! When a button was pressed and when the other's picture came, by the computer's clock, which all
//! pages share.

use anyhow::Result;
use serde::Deserialize;

use crate::page::Page;

const WATCH: &str = include_str!("page/timestamps.js");

/// Milliseconds since 1970.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Timestamps {
    /// The first press of a button since it was watched for.
    pub pressed: Option<f64>,
    /// The other's first picture.
    pub shown: Option<f64>,
}

/// Makes the page note both from now on, for this other person.
pub async fn watch_for(page: &Page, email: &str) -> Result<()> {
    page.script(WATCH, vec![email.into()]).await
}

/// What the page has noted.
pub async fn of(page: &Page) -> Result<Timestamps> {
    page.script("return window.snugTimestamps", vec![]).await
}
