//! A member of a room without our page. It can send anything.

use anyhow::Result;
use serde::Deserialize;
use serde_json::json;

use crate::{page::Page, relay::Relay, wait};

const STRANGER: &str = include_str!("page/stranger.js");

/// The stranger's behaviour.
#[derive(Clone, Copy, Debug)]
pub struct Stranger<'a> {
    /// Whom it calls, by email.
    pub target: &'a str,
    /// The member whose session and call it repeats, by email.
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
        });
        page.script(STRANGER, vec![what]).await
    }
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
