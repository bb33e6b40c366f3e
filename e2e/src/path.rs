//! The way that a call's media takes, as the page's own statistics tell it.

use anyhow::{Result, ensure};
use serde::Deserialize;

use crate::{page::Page, turn::By, wait};

const PATH: &str = include_str!("page/path.js");

/// One connection's, seen from its own end.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Path {
    /// `host`, `srflx`, `prflx`, `relay` (RFC 8839, 5.1).
    pub local: String,
    pub remote: String,
    /// How the TURN server is reached from here: `udp`, `tcp`, `tls`; none without one.
    pub relay_protocol: Option<String>,
}

/// Has every connection that the page makes from now on go through a TURN server.
pub async fn only_relayed(page: &Page) -> Result<()> {
    page.script("window.snugProbe.policy = 'relay'", vec![])
        .await
}

/// Waits until the page has one connection that is up.
pub async fn of(page: &Page) -> Result<Path> {
    let what = format!("{}: one connection has a path", page.name());
    wait::until(&what, async || {
        let paths: Vec<Path> = page.script(PATH, vec![]).await?;
        Ok(<[Path; 1]>::try_from(paths).ok().map(|[path]| path))
    })
    .await
}

/// Whether the page's media goes through a TURN server at both ends, reached from here in this way.
///
/// # Errors
/// When it does not.
pub async fn is_relayed(page: &Page, by: By) -> Result<()> {
    let path = of(page).await?;
    ensure!(
        path.local == "relay"
            && path.remote == "relay"
            && path.relay_protocol.as_deref() == Some(by.name()),
        "{}'s path is {path:?}",
        page.name()
    );
    Ok(())
}
