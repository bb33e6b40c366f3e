//! Real Chromium with synthetic cameras and microphones, one browser with its own profile for each
//! person.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::{Capabilities, WebDriver};

use crate::{
    fake_camera::{self, Palette},
    net_namespace::Place,
    page::{self, Page},
    process::Process,
    programs,
};

const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// The devices and permissions of a browser.
#[derive(Debug, Clone, Copy)]
pub struct Computer {
    pub devices: Devices,
    pub permission: Permission,
    pub width: u32,
    pub height: u32,
    /// Whether every request is recorded, for [`requests`].
    pub notes_requests: bool,
    /// The key of a server that is trusted without an authority.
    pub trusts: Option<ServerKey>,
}

/// The SHA-256 of a public key, as in a pin of RFC 7469 (2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerKey(pub [u8; 32]);

/// Cameras and microphones.
#[derive(Debug, Clone, Copy)]
pub enum Devices {
    /// Synthetic microphones, and this many synthetic cameras with this many frames per second.
    Synthetic { cameras: u8, rate: u8 },
    /// A camera that shows a film of this person, for pictures in documents.
    Film(Palette),
    /// No synthetic ones: on a computer without devices, none at all.
    None,
    /// None, and a real screen, that of `DISPLAY`, which is what it shares when it is asked.
    Screen,
}

/// The answer to the browser's question about devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    Granted,
    Denied,
}

impl Devices {
    /// This many synthetic cameras, slow enough for several browsers on a small machine.
    pub fn cameras(cameras: u8) -> Self {
        Self::Synthetic { cameras, rate: 10 }
    }
}

impl Default for Computer {
    fn default() -> Self {
        Self {
            devices: Devices::cameras(1),
            permission: Permission::Granted,
            width: 1280,
            height: 800,
            notes_requests: false,
            trusts: None,
        }
    }
}

/// The driver that starts browsers.
#[derive(Debug)]
pub struct Driver {
    address: String,
    folder: PathBuf,
    process: Process,
    /// Browsers leave temporary files when they are ended; removed after them. Not in `folder`,
    /// since the paths of sockets must be short.
    _temporary: TempDir,
}

impl Driver {
    /// `name` is the log's name. Each driver prints its port there. One of some thousand drivers
    /// starts and never prints it, so it is ended and another one is started.
    pub async fn start(
        name: &str,
        place: &Place,
        folder: &Path,
        variables: &[(String, String)],
    ) -> Result<Self> {
        let log = |attempt: &str| folder.join(format!("{name}-chromedriver{attempt}.log"));
        match Self::start_once(&log(""), place, folder, variables).await {
            Ok(driver) => Ok(driver),
            Err(first) => Self::start_once(&log("-again"), place, folder, variables)
                .await
                .with_context(|| format!("a second one after: {first:#}")),
        }
    }

    async fn start_once(
        log: &Path,
        place: &Place,
        folder: &Path,
        variables: &[(String, String)],
    ) -> Result<Self> {
        let mut program = place.command(&programs::chromedriver()?);
        program
            .args(["--port=0", "--log-level=WARNING"])
            .current_dir(folder);
        if let Place::Side(_) = place {
            // Another computer connects from another address.
            program.args(["--allowed-ips=", "--allowed-origins=*"]);
        }
        let temporary = TempDir::with_prefix("snug-e2e-")?;
        program.env("TMPDIR", temporary.path());
        program.envs(variables.iter().map(|(name, value)| (name, value)));
        let process = Process::start(&program, log)?;
        let port = process
            .printed("chromedriver says its port", |line| {
                let (_, port) = line.split_once("started successfully on port ")?;
                port.trim_end_matches('.').parse::<u16>().ok()
            })
            .await?;
        Ok(Self {
            address: format!("http://{}:{port}", place.address()),
            folder: folder.to_owned(),
            process,
            _temporary: temporary,
        })
    }

    /// A browser with an empty page.
    pub async fn browser(&self, name: &str, computer: Computer) -> Result<Page> {
        self.browser_of(name, computer, None).await
    }

    /// A browser that keeps its data in this folder, for the next one with the same.
    pub(crate) async fn browser_of(
        &self,
        name: &str,
        computer: Computer,
        profile: Option<&Path>,
    ) -> Result<Page> {
        if let Devices::Film(palette) = computer.devices {
            // Chromium looks for the file where its driver was started.
            fake_camera::write(&self.folder.join(format!("{name}.y4m")), &palette)?;
        }
        let driver = WebDriver::builder(&self.address, capabilities(name, computer, profile)?)
            .request_timeout(ANSWER_TIMEOUT)
            .await
            .context("Chromium did not start")?;
        driver
            .cdp()
            .page()
            .add_script_to_evaluate_on_new_document(page::PROBE)
            .await?;
        Ok(Page::new(name, driver, self.process.id()))
    }
}

fn capabilities(name: &str, computer: Computer, profile: Option<&Path>) -> Result<Capabilities> {
    let mut arguments = vec![
        format!("--window-size={},{}", computer.width, computer.height),
        "--hide-scrollbars".to_owned(),
    ];
    match computer.devices {
        Devices::Screen => {
            arguments.push("--auto-select-desktop-capture-source=Entire screen".to_owned());
        }
        Devices::Synthetic { .. } | Devices::Film(_) | Devices::None => {
            arguments.push("--headless=new".to_owned());
        }
    }
    if cfg!(target_os = "linux") {
        // Chromium's sandbox does not start for root, the usual user in containers.
        arguments.extend(["--no-sandbox", "--disable-dev-shm-usage"].map(str::to_owned));
    }
    let quiet = [
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-quic",
        // Several browsers share few cores: none of them may be throttled as hidden.
        "--disable-background-timer-throttling",
        "--disable-backgrounding-occluded-windows",
        "--disable-renderer-backgrounding",
        "--autoplay-policy=no-user-gesture-required",
    ];
    arguments.extend(quiet.map(str::to_owned));
    match computer.devices {
        Devices::Synthetic { cameras, rate } => arguments.push(format!(
            "--use-fake-device-for-media-stream=device-count={cameras},fps={rate}"
        )),
        Devices::Film(_) => {
            arguments.push("--use-fake-device-for-media-stream".to_owned());
            arguments.push(format!("--use-file-for-fake-video-capture={name}.y4m"));
        }
        Devices::None | Devices::Screen => {}
    }
    arguments.push(match computer.permission {
        // The fake one chooses no screen.
        Permission::Granted if matches!(computer.devices, Devices::Screen) => {
            "--auto-accept-camera-and-microphone-capture".to_owned()
        }
        Permission::Granted => "--use-fake-ui-for-media-stream".to_owned(),
        Permission::Denied => "--deny-permission-prompts".to_owned(),
    });
    if let Some(folder) = profile {
        arguments.push(format!("--user-data-dir={}", folder.display()));
    }
    if let Some(ServerKey(digest)) = computer.trusts {
        // This pin holds for TURN by TLS as well.
        let pin = BASE64_STANDARD.encode(digest);
        arguments.push(format!("--ignore-certificate-errors-spki-list={pin}"));
    }
    let mut logs = json!({ "browser": "ALL" });
    if computer.notes_requests {
        logs["performance"] = json!("ALL");
    }
    let capabilities = json!({
        "browserName": "chrome",
        "goog:chromeOptions": { "binary": programs::chromium()?, "args": arguments },
        "goog:loggingPrefs": logs,
    });
    let Value::Object(map) = capabilities else {
        unreachable!("an object was written above");
    };
    Ok(Capabilities::from(map))
}

/// Gives the page exactly this many pixels.
pub async fn resize(page: &Page, width: u32, height: u32) -> Result<()> {
    let metrics =
        json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
    page.driver()
        .cdp()
        .send_raw("Emulation.setDeviceMetricsOverride", metrics)
        .await?;
    Ok(())
}

/// Errors on the page's console since the last reading.
pub async fn console_errors(page: &Page) -> Result<Vec<String>> {
    let entries = page.driver().get_log("browser").await?;
    Ok(entries
        .into_iter()
        .filter(|entry| entry.level == "SEVERE")
        .map(|entry| entry.message)
        .collect())
}

/// The URLs of all requests and sockets since the last reading.
pub async fn requests(page: &Page) -> Result<Vec<String>> {
    let mut addresses = vec![];
    for entry in page.driver().get_log("performance").await? {
        let event: Value = serde_json::from_str(&entry.message)?;
        let parameters = &event["message"]["params"];
        let address = match event["message"]["method"].as_str() {
            Some("Network.requestWillBeSent") => &parameters["request"]["url"],
            Some("Network.webSocketCreated") => &parameters["url"],
            Some(_) | None => continue,
        };
        addresses.extend(address.as_str().map(str::to_owned));
    }
    Ok(addresses)
}
