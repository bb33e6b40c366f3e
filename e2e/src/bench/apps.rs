//! The participants of a measured call. All have the same camera.

use std::fmt;

use anyhow::Result;

use crate::{
    chromium::{self, Computer, Devices},
    net_namespace::Place,
    page::Page,
    relay::Relay,
    test_env::TestEnv,
    window::App,
};

/// One side of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Chromium,
    Window,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Chromium => "Chromium",
            Self::Window => "window",
        })
    }
}

/// Two of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair(pub(super) Kind, pub(super) Kind);

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} – {}", self.0, self.1))
    }
}

impl Kind {
    /// Snug's lobby.
    pub(super) async fn lobby(
        self,
        env: &TestEnv,
        relay: &Relay,
        name: &str,
        place: &Place,
    ) -> Result<Page> {
        match self {
            Self::Chromium => browser(env, name, place, &relay.web()).await,
            Self::Window => {
                let arguments = ["--relay", &relay.address(), "--mock-devices"];
                env.app(name, App::Snug, &arguments, place).await
            }
        }
    }

    /// Gives the page's viewport this many pixels.
    pub(super) async fn resize(self, page: &Page, width: u32, height: u32) -> Result<()> {
        match self {
            Self::Chromium => chromium::resize(page, width, height).await,
            Self::Window => {
                page.driver().set_window_rect(0, 0, width, height).await?;
                Ok(())
            }
        }
    }

    /// An empty page of a relay that serves the example's pages.
    pub(super) async fn empty_page(self, env: &TestEnv, relay: &Relay, name: &str) -> Result<Page> {
        let place = Place::Here;
        match self {
            Self::Chromium => browser(env, name, &place, &relay.web()).await,
            Self::Window => {
                let arguments = ["--mock-devices"];
                env.app(name, App::Example, &arguments, &place).await
            }
        }
    }
}

/// A driver of its own, so that its processor time can be told from the others'.
async fn browser(env: &TestEnv, name: &str, place: &Place, address: &str) -> Result<Page> {
    // As many as the window's mock camera gives.
    let devices = Devices::Synthetic {
        cameras: 1,
        rate: 30,
    };
    let computer = Computer {
        devices,
        ..Computer::default()
    };
    let page = env.browser_at(name, computer, place).await?;
    page.open(address).await?;
    Ok(page)
}
