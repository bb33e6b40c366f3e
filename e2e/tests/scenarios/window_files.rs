//! Files between the app's window and a browser: written by the shell, and over the death of the
//! app.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use e2e::{
    file_transfer::{self, MIB},
    page::Role,
    test_env::run_test,
    usage, user_actions, wait,
};

use crate::{ANA, window_and_browser};

const TIME: Duration = Duration::from_secs(180);
const SIZE: usize = 40 * MIB + 12_345;
const BLOCKS: usize = 41;
const APP_PROCESS: &str = "snug";

/// Blocks whose hash is on the disk.
fn kept_blocks(downloads: &Path) -> Result<usize> {
    let list = fs::read(downloads.join("holiday.bin.part.blocks"))?;
    let start = list.iter().position(|&byte| byte == b'\n');
    let hashes = &list[start.map_or(list.len(), |end| end + 1)..];
    let is_kept = |hash: &&[u8]| hash.iter().any(|&byte| byte != 0);
    Ok(hashes.chunks(32).filter(is_kept).count())
}

#[tokio::test]
async fn killed_window_resumes_a_file_by_one_click() -> Result<()> {
    run_test("window-files", async |env| {
        let downloads = file_transfer::system_downloads(env, "ana")?;
        let (relay, ana, ben) = window_and_browser(env, &["--grace", "3"]).await?;
        user_actions::call(&ben, &ana).await?;
        let source = env.folder().join("holiday.bin");
        file_transfer::write_random(&source, SIZE)?;
        file_transfer::watch_blocks(&ben, None).await?;
        file_transfer::attach(&ben, &source).await?;
        ana.button("Accept").await?;
        wait::until("63 % are on the disk", async || {
            Ok((kept_blocks(&downloads).unwrap_or(0) >= BLOCKS * 63 / 100).then_some(()))
        })
        .await?;
        usage::kill(&ana, APP_PROCESS)?;
        // A call of two is over with one of them.
        user_actions::out_of_call(&ben).await?;
        let ana = env.window_at("ana", &relay).await?;
        user_actions::join(&ana, ANA, "42").await?;
        user_actions::sees_person(&ben, ANA).await?;
        user_actions::call(&ben, &ana).await?;
        file_transfer::open_panel(&ben).await?;
        ben.says("Ana is back").await?;
        // The window asks nothing: its person accepted this file before.
        ben.button("Resume").await?;
        file_transfer::arrived(&downloads, "holiday.bin", &source, TIME).await?;
        file_transfer::open_panel(&ana).await?;
        ana.says("Saved as holiday.bin").await?;
        ben.says("Sent, and proven to be the same there").await?;
        let blocks = file_transfer::sent_blocks(&ben).await?.len();
        ensure!(blocks <= BLOCKS + 2, "{blocks} blocks were sent");
        let names: Vec<_> = fs::read_dir(&downloads)?.flatten().collect();
        ensure!(names.len() == 1, "left over: {names:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn window_sends_a_file_to_a_browser() -> Result<()> {
    run_test("window-files-send", async |env| {
        let (_relay, ana, ben) = window_and_browser(env, &[]).await?;
        user_actions::call(&ana, &ben).await?;
        let source = env.folder().join("holiday.bin");
        file_transfer::write_random(&source, SIZE)?;
        let downloads = env.folder().join("ben-downloads");
        file_transfer::save_downloads_in(&ben, &downloads).await?;
        file_transfer::attach(&ana, &source).await?;
        ben.button("Accept").await?;
        file_transfer::arrived(&downloads, "holiday.bin", &source, TIME).await?;
        ana.says("Sent, and proven to be the same there").await
    })
    .await
}

/// A small file system of its own over this folder. Dropping it removes it.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(folder: &Path, mib: u32) -> Result<Self> {
        let options = format!("size={mib}m");
        run(
            "mount",
            &["-t", "tmpfs", "-o", &options, "tmpfs", text(folder)?],
        )?;
        Ok(Self(folder.to_owned()))
    }

    fn grow(&self, mib: u32) -> Result<()> {
        let options = format!("remount,size={mib}m");
        run("mount", &["-o", &options, text(&self.0)?]).map(drop)
    }

    /// In bytes.
    fn room(&self) -> Result<u64> {
        let found = run("stat", &["-f", "-c", "%a %S", text(&self.0)?])?;
        let numbers = found.split_whitespace().map(str::parse::<u64>);
        Ok(numbers.collect::<Result<Vec<_>, _>>()?.iter().product())
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // The app may still have a file open.
        run("umount", &["-l", self.0.to_str().unwrap_or_default()]).ok();
    }
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("the path is no text")
}

fn run(program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).args(arguments).output()?;
    let error = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{program} {arguments:?}: {error}");
    Ok(String::from_utf8(output.stdout)?)
}

#[tokio::test]
async fn as_root_full_disk_is_said_at_once_and_goes_on_with_room() -> Result<()> {
    run_test("window-files-full", async |env| {
        let downloads = file_transfer::system_downloads(env, "ana")?;
        let disk = SmallDisk::mount(&downloads, 20)?;
        let (_relay, ana, ben) = window_and_browser(env, &[]).await?;
        user_actions::call(&ben, &ana).await?;
        let source = env.folder().join("holiday.bin");
        file_transfer::write_random(&source, SIZE)?;
        file_transfer::attach(&ben, &source).await?;
        ana.button("Accept").await?;
        wait::until("the disk is full", async || {
            Ok((disk.room()? < MIB as u64).then_some(()))
        })
        .await?;
        let told = wait::until("it is said", async || {
            let words = ana.words().await?;
            let is_said = words.contains("Your disk is full. Make room and press Resume");
            Ok(is_said.then_some(()))
        });
        let (_, seconds) = wait::timed(told).await?;
        ensure!(seconds < 1.0, "it was said after {seconds:.1} s");
        ben.says("The disk of Ana is full. It goes on when there is room.")
            .await?;
        disk.grow(200)?;
        ana.button("Resume").await?;
        file_transfer::arrived(&downloads, "holiday.bin", &source, TIME).await?;
        ben.says("Sent, and proven to be the same there").await
    })
    .await
}

#[tokio::test]
async fn file_cancelled_by_its_sender_leaves_nothing_in_the_folder() -> Result<()> {
    run_test("window-files-cancelled", async |env| {
        let downloads = file_transfer::system_downloads(env, "ana")?;
        let (_relay, ana, ben) = window_and_browser(env, &[]).await?;
        user_actions::call(&ben, &ana).await?;
        let source = env.folder().join("holiday.bin");
        file_transfer::write_random(&source, SIZE)?;
        file_transfer::attach(&ben, &source).await?;
        ana.button("Accept").await?;
        wait::until("some of it is on the disk", async || {
            Ok((kept_blocks(&downloads).unwrap_or(0) >= 10).then_some(()))
        })
        .await?;
        ben.button("Cancel").await?;
        ana.says("Ben cancelled it.").await?;
        wait::until("nothing of it is left", async || {
            Ok((fs::read_dir(&downloads)?.count() == 0).then_some(()))
        })
        .await
    })
    .await
}

#[tokio::test]
async fn person_chooses_the_folder_in_the_systems_dialog() -> Result<()> {
    run_test("window-files-folder", async |env| {
        let downloads = file_transfer::system_downloads(env, "ana")?;
        let chosen = env.folder().join("chosen");
        fs::create_dir_all(&chosen)?;
        let (relay, ana, ben) = window_and_browser(env, &[]).await?;
        user_actions::call(&ben, &ana).await?;
        file_transfer::open_panel(&ana).await?;
        ana.says(text(&downloads)?).await?;
        let before = env.titles_beside(&ana)?.len();
        ana.button("Choose another folder").await?;
        wait::until("the dialog is there", async || {
            Ok((env.titles_beside(&ana)?.len() > before).then_some(()))
        })
        .await?;
        env.type_line_beside(&ana, text(&chosen)?)?;
        ana.says(text(&chosen)?).await?;

        let source = env.folder().join("small.txt");
        file_transfer::write_random(&source, 5)?;
        file_transfer::attach(&ben, &source).await?;
        ana.button("Accept").await?;
        file_transfer::arrived(&chosen, "small.txt", &source, TIME).await?;
        ensure!(fs::read_dir(&downloads)?.count() == 0);

        // Also after a restart, until the person takes it back.
        env.close_window(&ana).await?;
        let ana = env.window_at("ana", &relay).await?;
        ana.button("Settings").await?;
        ana.press(Role::Tab, "Files").await?;
        ana.says(text(&chosen)?).await?;
        ana.button("Use Downloads").await?;
        ana.says(text(&downloads)?).await
    })
    .await
}
