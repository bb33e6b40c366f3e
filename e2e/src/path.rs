//! The path of a call's media, from the page's own statistics.

use anyhow::{Result, ensure};
use serde::Deserialize;

use crate::{page::Page, turn::By, wait};

const PATH: &str = include_str!("page/path.js");

/// The path of one connection, seen from its own end.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Path {
    /// `host`, `srflx`, `prflx`, `relay` (RFC 8839, 5.1).
    pub local: String,
    pub remote: String,
    /// The transport from here to the TURN server: `udp`, `tcp`, `tls`; `None` without one.
    pub relay_protocol: Option<String>,
}

/// Makes every later connection of the page use a TURN server.
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

/// Checks that the page's media is relayed at both ends, over this transport from here.
///
/// # Errors
/// It is not.
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
