//! Files that people offer each other in a call: made with random content, attached as a person
//! does, and compared by their SHA-256.

use std::{
    fs::{self, File},
    io::{BufWriter, Read, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use ring::{
    digest::{Context as Digest, SHA256},
    rand::{SecureRandom, SystemRandom},
};
use thirtyfour::By;

use crate::{page::Page, test_env::TestEnv, wait};

pub const MIB: usize = 1024 * 1024;
const WATCH_INTERVAL: Duration = Duration::from_millis(500);
pub(crate) const PROVEN: &str = "Sent, and proven to be the same there";
const BLOCKS: &str = include_str!("page/file-blocks.js");

/// Writes a file of this size with random content.
pub fn write_random(path: &Path, size: usize) -> Result<()> {
    let random = SystemRandom::new();
    let mut file = BufWriter::new(File::create(path)?);
    let mut block = vec![0; MIB];
    let mut left = size;
    while left > 0 {
        let length = left.min(MIB);
        random
            .fill(&mut block[..length])
            .ok()
            .context("the system has no random numbers")?;
        file.write_all(&block[..length])?;
        left -= length;
    }
    Ok(file.flush()?)
}

/// The SHA-256 of a file's content.
pub fn digest(path: &Path) -> Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let mut digest = Digest::new(&SHA256);
    let mut block = vec![0; MIB];
    loop {
        let length = file.read(&mut block)?;
        if length == 0 {
            return Ok(digest.finish().as_ref().to_vec());
        }
        digest.update(&block[..length]);
    }
}

/// Opens the panel, unless an offer has opened it already.
pub async fn open_panel(page: &Page) -> Result<()> {
    let is_open = "return document.querySelector('[data-region=panel]') !== null";
    if page.script::<bool>(is_open, vec![]).await? {
        return Ok(());
    }
    page.button("More").await?;
    page.button("Files").await
}

/// Offers a file to everybody in the call.
pub async fn attach(page: &Page, path: &Path) -> Result<()> {
    open_panel(page).await?;
    let path = path.to_str().context("the path is no text")?;
    wait::until("the file can be chosen", async || {
        let inputs = page.driver().find_all(By::Css("input[type=file]")).await?;
        let Some(input) = inputs.into_iter().next() else {
            return Ok(None);
        };
        input.send_keys(path).await?;
        Ok(Some(()))
    })
    .await
}

/// Counts the blocks that this page sends from now on, and flips a bit in one of them.
pub async fn watch_blocks(page: &Page, flip: Option<u32>) -> Result<()> {
    page.script(BLOCKS, vec![flip.into()]).await
}

/// The blocks that the page has sent, each as often as it was sent.
pub async fn sent_blocks(page: &Page) -> Result<Vec<u32>> {
    page.script("return window.sentBlocks", vec![]).await
}

/// Where an app's window and Firefox of this name will save files. The window has to be opened later.
pub fn system_downloads(env: &TestEnv, name: &str) -> Result<PathBuf> {
    let downloads = env.folder().join(format!("{name}-downloads"));
    fs::create_dir_all(&downloads)?;
    let config = env.folder().join(format!("{name}-config"));
    fs::create_dir_all(&config)?;
    let line = format!("XDG_DOWNLOAD_DIR=\"{}\"\n", downloads.display());
    fs::write(config.join("user-dirs.dirs"), line)?;
    Ok(downloads)
}

/// Where this Chromium saves downloads from now on.
pub async fn save_downloads_in(page: &Page, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let behaviour = serde_json::json!({ "behavior": "allow", "downloadPath": folder });
    let cdp = page.driver().cdp();
    cdp.send_raw("Browser.setDownloadBehavior", behaviour)
        .await?;
    Ok(())
}

/// Waits until the folder has this file, whole, and returns its path.
pub async fn arrived(folder: &Path, name: &str, source: &Path, time: Duration) -> Result<PathBuf> {
    let path = folder.join(name);
    let length = source.metadata()?.len();
    wait::until_within(time, "the file is in its folder", async || {
        let found = path.metadata().ok().filter(|found| found.len() == length);
        Ok(found.map(|_| ()))
    })
    .await?;
    ensure!(
        digest(&path)? == digest(source)?,
        "{} is not the file that was sent",
        path.display()
    );
    Ok(path)
}

/// Sends the only file of this name: offers it, accepts it there, and waits until it is the same at
/// the other end. `watch` is called meanwhile. Returns the seconds from the yes until the sender
/// knows that it has arrived.
pub async fn send(
    [sender, receiver]: [&Page; 2],
    source: &Path,
    downloads: &Path,
    limit: Duration,
    mut watch: impl FnMut() -> Result<()>,
) -> Result<f64> {
    attach(sender, source).await?;
    receiver.button("Accept").await?;
    let start = wait::clock();
    while !sender.words().await?.contains(PROVEN) {
        let seconds = (wait::clock() - start) / 1_000.0;
        ensure!(
            seconds < limit.as_secs_f64(),
            "not sent within {seconds:.0} s"
        );
        watch()?;
        wait::measure_for(WATCH_INTERVAL).await;
    }
    let seconds = (wait::clock() - start) / 1_000.0;
    let name = source.file_name().and_then(|name| name.to_str());
    let name = name.context("the name is no text")?;
    arrived(downloads, name, source, limit).await?;
    Ok(seconds)
}
