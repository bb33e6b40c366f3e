//! A member of a room without our page. It can send anything. Of the page it has the code for keys,
//! since nobody hears a member without them.

use std::fs;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::json;

use crate::{page::Page, programs, relay::Relay, wait};

const STRANGER: &str = include_str!("page/stranger.js");

/// The stranger's behaviour.
#[derive(Clone, Copy, Debug)]
pub struct Stranger<'a> {
    /// Whom it calls, by email.
    pub target: &'a str,
    /// The member whose status, session and call it repeats, by email.
    pub copies: Option<&'a str>,
    /// The number of video sections in its offer, beside one for audio.
    pub sections: u32,
}

/// The result.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
pub struct Outcome {
    /// The number of video sections in which the accepted call sends it video. `None` until it is
    /// accepted.
    pub accepted: Option<u32>,
    /// The reason of the decline.
    pub declined: Option<String>,
}

impl Stranger<'_> {
    /// Joins the room and calls.
    pub async fn enter(self, page: &Page, relay: &Relay, email: &str, room: &str) -> Result<()> {
        page.open(&relay.web()).await?;
        let Self {
            target,
            copies,
            sections,
        } = self;
        let what = json!({
            "room": room, "email": email, "target": target, "copies": copies, "sections": sections,
            "keys": keys_code()?,
        });
        page.script(STRANGER, vec![what]).await
    }
}

/// Waits until it has rung.
pub async fn asked(page: &Page) -> Result<()> {
    wait::until("the stranger has rung", async || {
        let asked: u32 = page.script("return window.stranger.asked", vec![]).await?;
        Ok((asked > 0).then_some(()))
    })
    .await
}

/// It leaves the room. What it said before arrives before that.
pub async fn leave(page: &Page) -> Result<()> {
    page.script("window.stranger.leave()", vec![]).await
}

/// The address of the page's code for keys.
fn keys_code() -> Result<String> {
    let assets = programs::page()?.join("assets");
    let files = fs::read_dir(&assets)?.flatten();
    files
        .filter_map(|file| file.file_name().into_string().ok())
        .find(|name| name.starts_with("sealing-") && name.ends_with(".js"))
        .map(|name| format!("/assets/{name}"))
        .context("the page has no part for keys")
}

/// The result so far.
pub async fn outcome(page: &Page) -> Result<Outcome> {
    let script = "const { accepted, declined } = window.stranger; return { accepted, declined }";
    page.script(script, vec![]).await
}

/// Waits until it was accepted or declined.
pub async fn answered(page: &Page) -> Result<Outcome> {
    wait::until("the stranger is answered", async || {
        let outcome = outcome(page).await?;
        Ok((outcome != Outcome::default()).then_some(outcome))
    })
    .await
}
