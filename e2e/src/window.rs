//! The real app in a real window of the system's web engine, started by the engine's own driver.
//! Each window has its own screen, so closing one closes no other; or it is on a Wayland desktop.

use std::{net::TcpStream, path::Path, process::Command, rc::Rc, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use thirtyfour::{Capabilities, WebDriver};

use crate::{
    display::Display,
    net_namespace::Place,
    page::{self, Page},
    process::Process,
    programs, wait,
    wayland_desktop::Desktop,
};

const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// One of the apps of this checkout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum App {
    Snug,
    /// The plugin's own app, which knows nothing of Snug.
    Example,
}

impl App {
    fn program(self) -> &'static str {
        match self {
            Self::Snug => "snug",
            Self::Example => "webrtc-example",
        }
    }
}

#[derive(Debug)]
pub struct Window {
    page: Page,
    // A driver holds one session, so each window has its own.
    _driver: Process,
    screen: Screen,
}

/// Where a window is to be shown.
#[derive(Debug)]
pub(crate) enum Shown {
    /// On a screen of its own of X11.
    Alone {
        size: (u16, u16),
    },
    OnDesktop(Rc<Desktop>),
}

/// Where a window is shown.
#[derive(Debug)]
enum Screen {
    X11(Display),
    /// With its message bus.
    Wayland(Rc<Desktop>),
}

impl Screen {
    fn prepare(&self, program: &mut Command) {
        match self {
            Self::X11(display) => {
                program
                    .env("DISPLAY", display.name())
                    // Otherwise a bus would be started for the display and outlive it.
                    .env("DBUS_SESSION_BUS_ADDRESS", "disabled:")
                    .env_remove("WAYLAND_DISPLAY");
            }
            Self::Wayland(desktop) => {
                program.envs(desktop.variables()).env_remove("DISPLAY");
            }
        }
    }

    fn x11(&self) -> Result<&Display> {
        match self {
            Self::X11(display) => Ok(display),
            Self::Wayland(_) => bail!("that window is not on X11"),
        }
    }
}

impl Window {
    pub(crate) async fn open(
        name: &str,
        app: App,
        arguments: &[&str],
        place: &Place,
        folder: &Path,
        variables: &[(String, String)],
        shown: Shown,
    ) -> Result<Self> {
        let screen = match shown {
            Shown::OnDesktop(desktop) => Screen::Wayland(desktop),
            Shown::Alone { size } => {
                let log = folder.join(format!("{name}-display.log"));
                Screen::X11(Display::sized(&log, size).await?)
            }
        };
        let port = programs::free_port()?;
        let mut program = place.command(&programs::linux("WebKitWebDriver")?);
        screen.prepare(&mut program);
        program
            .arg(format!("--host={}", place.address()))
            .arg(format!("--port={port}"))
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            // The engine's files outside of the app's data folder must not outlive the test.
            .env("XDG_DATA_HOME", folder.join(format!("{name}-data")))
            .env("XDG_CACHE_HOME", folder.join(format!("{name}-cache")))
            .env("XDG_CONFIG_HOME", folder.join(format!("{name}-config")));
        let driver = Process::start(&program, &folder.join(format!("{name}-window.log")))?;
        wait::until("WebKitWebDriver listens", async || {
            Ok(TcpStream::connect((place.address(), port)).ok())
        })
        .await?;
        let capabilities = json!({
            "webkitgtk:browserOptions": { "binary": programs::ours(app.program())?, "args": arguments },
        });
        let Value::Object(map) = capabilities else {
            unreachable!("an object was written above");
        };
        let driver_address = format!("http://{}:{port}", place.address());
        let session = WebDriver::builder(driver_address, Capabilities::from(map))
            .request_timeout(ANSWER_TIMEOUT)
            .await
            .context("the app's window did not open")?;
        let page = Page::new(name, session, driver.id());
        // The engine's driver cannot run a script before the page begins. The page has no
        // connections before the plugin has defined them.
        wait::until("the app's page has connections", async || {
            let is_there =
                "return location.protocol === 'tauri:' && typeof RTCPeerConnection === 'function'";
            Ok(page.script::<bool>(is_there, vec![]).await?.then_some(()))
        })
        .await?;
        page.script::<()>(page::PROBE, vec![]).await?;
        Ok(Self {
            page,
            _driver: driver,
            screen,
        })
    }

    pub(crate) fn page(&self) -> &Page {
        &self.page
    }

    /// The screen that it is on.
    pub(crate) fn display(&self) -> Result<&Display> {
        self.screen.x11()
    }

    /// Presses the window's cross, and waits until the window and its app are gone.
    pub(crate) async fn close(self) -> Result<()> {
        // The driver must not wait for a session that ends in another way.
        self.page.driver().clone().leak().ok();
        let display = self.screen.x11()?;
        ensure!(display.close_windows()? > 0, "no window is open");
        wait::until("the window is gone", async || {
            Ok((display.close_windows()? == 0).then_some(()))
        })
        .await
    }

    /// Ends everything at once, like a power cut.
    pub(crate) fn end(self) {
        self.page.driver().clone().leak().ok();
    }
}
