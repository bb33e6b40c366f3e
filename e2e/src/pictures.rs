//! Pictures of every screen: of the gallery, which shows the real views in states made by hand,
//! in two sizes, dark and light.

use std::{fs, net::TcpStream, path::Path, process::Command};

use anyhow::Result;

use crate::{chromium, page::Page, process::Process, programs, stage::Stage, wait};

const SIZES: [(u32, u32); 2] = [(1280, 800), (720, 520)];
const APPEARANCES: [&str; 2] = ["dark", "light"];

/// Takes them all from a built gallery; gives how many there are.
pub async fn of_gallery(gallery: &Path, folder: &Path) -> Result<usize> {
    let stage = Stage::build("screenshots").await?;
    let outcome = take(&stage, gallery, folder).await;
    stage.strike().await;
    outcome
}

async fn take(stage: &Stage, gallery: &Path, folder: &Path) -> Result<usize> {
    let (address, _server) = serve(gallery, stage.folder()).await?;
    let page = stage.browser("gallery").await?;
    page.open(&address).await?;
    let screens: Vec<String> = wait::until("the gallery names its screens", async || {
        page.script("return window.galleryScreens ?? null", vec![])
            .await
    })
    .await?;
    fs::create_dir_all(folder)?;
    let mut taken = 0;
    for screen in &screens {
        for appearance in APPEARANCES {
            for (width, height) in SIZES {
                chromium::resize(&page, width, height).await?;
                page.open(&format!(
                    "{address}?screen={screen}&appearance={appearance}"
                ))
                .await?;
                settle(&page).await?;
                let file = format!("{screen}-{appearance}-{width}x{height}.png");
                page.picture(&folder.join(file)).await?;
                taken += 1;
            }
        }
    }
    Ok(taken)
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

/// Waits until letters and pictures are there and nothing moves in.
async fn settle(page: &Page) -> Result<()> {
    let settled = "
        const videos = [...document.querySelectorAll('video')].filter((video) => video.srcObject);
        const moving = document.getAnimations().some((animation) =>
            animation.playState === 'running' &&
            animation.effect?.getComputedTiming().iterations !== Infinity);
        return document.readyState === 'complete' && document.fonts.status === 'loaded' && !moving &&
            document.querySelector('#root')?.childElementCount > 0 &&
            videos.every((video) => video.readyState >= 2 || video.srcObject.getVideoTracks().length === 0)";
    wait::until("the screen has settled", async || {
        Ok(page.script::<bool>(settled, vec![]).await?.then_some(()))
    })
    .await
}
