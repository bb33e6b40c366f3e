//! Two pages with a connection that is not Snug's, whose messages the test passes on.

use anyhow::{Result, ensure};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::json;

use crate::{page::Page, wait};

const PLAIN_PEER: &str = include_str!("page/plain-peer.js");
const CHANNEL_KINDS: &str = include_str!("page/channel-kinds.js");
const TRANSCEIVERS: &str = include_str!("page/transceivers.js");
const TRANSCEIVER_STATES: &str = include_str!("page/transceiver-states.js");

/// The two ends of a connection.
#[derive(Debug, Clone, Copy)]
pub struct PlainPair<'a> {
    pub one: &'a Page,
    pub other: &'a Page,
}

/// A transceiver of one end.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
pub struct TransceiverState {
    /// `None` before the first answer.
    pub direction: Option<String>,
    /// Frames or packets so far.
    pub received: u64,
}

impl<'a> PlainPair<'a> {
    /// New connections. The first one gives way where offers meet.
    pub async fn start(one: &'a Page, other: &'a Page) -> Result<Self> {
        for (page, is_polite) in [(one, true), (other, false)] {
            let settings = json!({ "isPolite": is_polite });
            page.script::<()>(PLAIN_PEER, vec![settings]).await?;
        }
        Ok(Self { one, other })
    }

    pub fn ends(&self) -> [&'a Page; 2] {
        [self.one, self.other]
    }

    /// The side that is not this one.
    pub fn opposite(&self, page: &Page) -> &'a Page {
        if page.name() == self.one.name() {
            self.other
        } else {
            self.one
        }
    }

    /// Passes messages on until there is something.
    pub async fn until<T>(
        &self,
        what: &str,
        mut look: impl AsyncFnMut() -> Result<Option<T>>,
    ) -> Result<T> {
        let found = wait::until(what, async || {
            self.pass(self.one, self.other).await?;
            self.pass(self.other, self.one).await?;
            look().await
        })
        .await;
        for page in self.ends() {
            let errors: Vec<String> = read(page, "plainPeer.errors").await?;
            ensure!(errors.is_empty(), "{}: {errors:?}", page.name());
        }
        found
    }

    async fn pass(&self, from: &Page, to: &Page) -> Result<()> {
        let messages: Vec<String> = read(from, "plainPeer.take()").await?;
        to.script("plainPeer.receive(arguments[0])", vec![json!(messages)])
            .await
    }

    /// Both ends are connected, and no offer waits for its answer.
    pub async fn connected(&self) -> Result<()> {
        self.until("both ends are connected", async || {
            let mut is_settled = true;
            for page in self.ends() {
                let state = "plainPeer.connection.connectionState === 'connected' && \
                             plainPeer.connection.signalingState === 'stable'";
                is_settled &= read::<bool>(page, state).await?;
            }
            Ok(is_settled.then_some(()))
        })
        .await
    }
}

/// The value of an expression in the page.
pub async fn read<T: DeserializeOwned>(page: &Page, expression: &str) -> Result<T> {
    page.script(&format!("return {expression}"), vec![]).await
}

/// Opens data channels of these kinds, or takes them. `binary_type` is that of received messages.
pub async fn use_channels(
    page: &Page,
    kinds: &serde_json::Value,
    opens: bool,
    binary_type: &str,
) -> Result<()> {
    let arguments = vec![kinds.clone(), json!(opens), json!(binary_type)];
    page.script(CHANNEL_KINDS, arguments).await
}

/// Gives the transceivers these kinds and directions, in their order.
pub async fn set_directions(page: &Page, wanted: &[(&str, &str)]) -> Result<()> {
    page.script(TRANSCEIVERS, vec![json!(wanted)]).await
}

pub async fn transceivers(page: &Page) -> Result<Vec<TransceiverState>> {
    let driver = page.driver();
    let states = driver.execute_async(TRANSCEIVER_STATES, vec![]).await?;
    Ok(states.convert()?)
}
