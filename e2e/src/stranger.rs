//! A member of a room that no page of ours is: it says what it likes.

use anyhow::Result;
use serde::Deserialize;
use serde_json::json;

use crate::{page::Page, relay::Relay, wait};

const STRANGER: &str = include_str!("page/stranger.js");

/// What a stranger does.
#[derive(Clone, Copy, Debug)]
pub struct Stranger<'a> {
    /// Whom it calls, by email.
    pub target: &'a str,
    /// Whose session and call it repeats, by email; nobody's if none.
    pub copies: Option<&'a str>,
    /// How many video sections its offer has, beside one for audio.
    pub sections: u32,
}

/// What came of it.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
pub struct Outcome {
    /// In how many video sections the accepted call sends it pictures; none while it is not.
    pub accepted: Option<u32>,
    /// The reason that it was declined with.
    pub declined: Option<String>,
}

impl Stranger<'_> {
    /// Comes into the room and calls.
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

/// What came of it so far.
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
