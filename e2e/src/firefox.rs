//! Real Firefox with its synthetic camera and microphone. Each person has a driver and a profile, as
//! a driver holds one session.
//!
//! Invariant: nothing of the browser is replaced. An add-on of the test runs the probe in each page,
//! before the page's own scripts.

use std::{fs, path::Path, time::Duration};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::{Capabilities, WebDriver, extensions::addons::firefox::FirefoxTools};

use crate::{
    net_namespace::Place,
    page::{self, Page},
    process::Process,
    programs,
};

const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);
const MANIFEST: &str = include_str!("firefox/manifest.json");
const ERRORS: &str = include_str!("firefox/errors.js");

/// A running one.
#[derive(Debug)]
pub struct Firefox {
    page: Page,
    _driver: Process,
    /// Its profile. Not in the test's folder, since the paths of sockets must be short.
    _profile: TempDir,
}

impl Firefox {
    /// A browser with an empty page.
    pub(crate) async fn open(
        name: &str,
        place: &Place,
        folder: &Path,
        variables: &[(String, String)],
    ) -> Result<Self> {
        let profile = TempDir::with_prefix("snug-e2e-")?;
        let host = place.address().to_string();
        let mut program = place.command(&programs::geckodriver()?);
        program
            .args(["--host", &host, "--port", "0", "--profile-root"])
            .arg(profile.path())
            .env("TMPDIR", profile.path())
            .envs(variables.iter().map(|(name, value)| (name, value)));
        let driver = Process::start(&program, &folder.join(format!("{name}-geckodriver.log")))?;
        let address = driver
            .printed("geckodriver says its port", |line| {
                let (_, address) = line.split_once("Listening on ")?;
                Some(format!("http://{}", address.trim()))
            })
            .await?;
        let session = WebDriver::builder(
            address,
            capabilities(&folder.join(format!("{name}-downloads")))?,
        )
        .request_timeout(ANSWER_TIMEOUT)
        .await
        .context("Firefox did not start")?;
        let addon = folder.join(format!("{name}-addon"));
        fs::create_dir_all(&addon)?;
        for (file, text) in [
            ("manifest.json", MANIFEST),
            ("probe.js", page::PROBE),
            ("errors.js", ERRORS),
        ] {
            fs::write(addon.join(file), text)?;
        }
        let addon = addon.to_str().context("the folder is no text")?;
        FirefoxTools::new(session.handle().clone())
            .install_addon(addon, Some(true))
            .await?;
        Ok(Self {
            page: Page::new(name, session, driver.id()),
            _driver: driver,
            _profile: profile,
        })
    }

    pub(crate) fn page(&self) -> &Page {
        &self.page
    }
}

/// `downloads`: where it saves files, without asking.
fn capabilities(downloads: &Path) -> Result<Capabilities> {
    let capabilities = json!({
        "browserName": "firefox",
        "moz:firefoxOptions": {
            "binary": programs::firefox()?,
            "args": ["-headless", "--width=1280", "--height=800"],
            "prefs": {
                "media.navigator.streams.fake": true,
                "media.navigator.permission.disabled": true,
                "media.autoplay.default": 0,
                // Browsers and windows on one computer meet at its own addresses.
                "media.peerconnection.ice.loopback": true,
                "media.peerconnection.ice.obfuscate_host_addresses": false,
                "browser.download.dir": downloads,
                "browser.download.folderList": 2,
                // Nothing may be fetched: neither codecs nor studies.
                "media.gmp-manager.updateEnabled": false,
                "app.normandy.enabled": false,
            },
        },
    });
    let Value::Object(map) = capabilities else {
        unreachable!("an object was written above");
    };
    Ok(Capabilities::from(map))
}

/// Errors of the page since it was loaded.
pub(crate) async fn console_errors(page: &Page) -> Result<Vec<String>> {
    page.script("return window.snugErrors ?? []", vec![]).await
}
