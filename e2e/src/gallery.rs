//! The gallery: every screen of the page in sample states, in a browser, in any size and look.

use std::{net::TcpStream, path::Path, process::Command};

use anyhow::Result;
use serde_json::json;

use crate::{chromium, page::Page, process::Process, programs, test_env::TestEnv, wait};

/// The built gallery, served and open in a browser.
#[derive(Debug)]
pub struct Gallery {
    page: Page,
    address: String,
    screens: Vec<String>,
    _server: Process,
}

/// The appearance of a screen.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// In CSS pixels. A zoom of 200 % halves them.
    pub width: u32,
    pub height: u32,
    pub appearance: Appearance,
    pub direction: Direction,
    pub crowd: Crowd,
    pub colours: Colours,
    pub edges: Edges,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appearance {
    Dark,
    Light,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    LeftToRight,
    RightToLeft,
}

/// The people of a screen (`ui/src/gallery/people.ts`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crowd {
    Usual,
    LongNames,
    /// Right-to-left names, emoji, and people whose names look the same.
    MixedNames,
    /// Names with invisible characters or characters that reverse text. Each one contains `zq`.
    HostileNames,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    Own,
    Forced,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edges {
    Straight,
    /// A phone's camera takes 47 px at the top, its home bar 34 px at the bottom.
    Phone,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            width: 1280,
            height: 800,
            appearance: Appearance::Dark,
            direction: Direction::LeftToRight,
            crowd: Crowd::Usual,
            colours: Colours::Own,
            edges: Edges::Straight,
        }
    }
}

impl Look {
    /// For file names: the differences from the default, and the size.
    #[must_use]
    pub fn name(self) -> String {
        let mut name = match self.appearance {
            Appearance::Dark => "dark".to_owned(),
            Appearance::Light => "light".to_owned(),
        };
        name += &format!("-{}x{}", self.width, self.height);
        name += match self.crowd {
            Crowd::Usual => "",
            Crowd::LongNames => "-long-names",
            Crowd::MixedNames => "-mixed-names",
            Crowd::HostileNames => "-hostile-names",
        };
        name += match self.direction {
            Direction::LeftToRight => "",
            Direction::RightToLeft => "-right-to-left",
        };
        name += match self.colours {
            Colours::Own => "",
            Colours::Forced => "-forced-colours",
        };
        name += match self.edges {
            Edges::Straight => "",
            Edges::Phone => "-phone-edges",
        };
        name
    }

    fn query(self) -> String {
        let appearance = match self.appearance {
            Appearance::Dark => "dark",
            Appearance::Light => "light",
        };
        let direction = match self.direction {
            Direction::LeftToRight => "ltr",
            Direction::RightToLeft => "rtl",
        };
        let people = match self.crowd {
            Crowd::Usual => "usual",
            Crowd::LongNames => "long",
            Crowd::MixedNames => "mixed",
            Crowd::HostileNames => "hostile",
        };
        format!("appearance={appearance}&direction={direction}&people={people}")
    }
}

impl Gallery {
    /// Serves the gallery built in this folder, and opens it.
    pub async fn open(env: &TestEnv, folder: &Path) -> Result<Self> {
        let (address, server) = serve(folder, env.folder()).await?;
        let page = env.browser("gallery").await?;
        page.open(&address).await?;
        let screens = wait::until("the gallery names its screens", async || {
            page.script("return window.galleryScreens ?? null", vec![])
                .await
        })
        .await?;
        Ok(Self {
            page,
            address,
            screens,
            _server: server,
        })
    }

    #[must_use]
    pub fn page(&self) -> &Page {
        &self.page
    }

    #[must_use]
    pub fn screens(&self) -> &[String] {
        &self.screens
    }

    /// Shows a screen, and waits until nothing moves any more.
    pub async fn show(&self, screen: &str, look: Look) -> Result<()> {
        chromium::resize(&self.page, look.width, look.height).await?;
        self.emulate(look).await?;
        let query = look.query();
        self.page
            .open(&format!("{}?screen={screen}&{query}", self.address))
            .await?;
        settle(&self.page).await
    }

    async fn emulate(&self, look: Look) -> Result<()> {
        let cdp = self.page.driver().cdp();
        let forced = match look.colours {
            Colours::Own => "none",
            Colours::Forced => "active",
        };
        let features = json!({ "features": [{ "name": "forced-colors", "value": forced }] });
        cdp.send_raw("Emulation.setEmulatedMedia", features).await?;
        let insets = match look.edges {
            Edges::Straight => json!({}),
            Edges::Phone => json!({ "top": 47, "bottom": 34, "left": 0, "right": 0 }),
        };
        let insets = json!({ "insets": insets });
        cdp.send_raw("Emulation.setSafeAreaInsetsOverride", insets)
            .await?;
        Ok(())
    }
}

async fn serve(gallery: &Path, logs: &Path) -> Result<(String, Process)> {
    let port = programs::free_port()?;
    let ui = programs::top().join("ui");
    let mut program = Command::new("node");
    program
        .arg(ui.join("node_modules/vite/bin/vite.js"))
        .args([
            "preview",
            "--mode",
            "gallery",
            "--host",
            "127.0.0.1",
            "--strictPort",
        ])
        .arg(format!("--port={port}"))
        .arg("--outDir")
        .arg(gallery)
        .current_dir(&ui);
    let process = Process::start(&program, &logs.join("gallery.log"))?;
    wait::until("the gallery is served (see gallery.log)", async || {
        Ok(TcpStream::connect(("127.0.0.1", port)).ok())
    })
    .await?;
    Ok((format!("http://127.0.0.1:{port}/gallery.html"), process))
}

/// Waits until fonts and images are loaded and nothing moves.
async fn settle(page: &Page) -> Result<()> {
    let settled = "
        const videos = [...document.querySelectorAll('video')].filter((video) => video.srcObject);
        const moving = document.getAnimations().some((animation) =>
            animation.playState === 'running' &&
            animation.effect?.getComputedTiming().iterations !== Infinity);
        return document.readyState === 'complete' && document.fonts.status === 'loaded' && !moving &&
            document.querySelector('#root')?.dataset.acted !== undefined &&
            videos.every((video) => video.readyState >= 2 || video.srcObject.getVideoTracks().length === 0)";
    wait::until("the screen has settled", async || {
        Ok(page.script::<bool>(settled, vec![]).await?.then_some(()))
    })
    .await
}
