//! Files between two browsers in a call: whole, damaged on the way, and over a reload.

use std::{fs, path::PathBuf, time::Duration};

use anyhow::{Result, ensure};
use e2e::{
    file_transfer::{self, MIB},
    page::Page,
    test_env::{TestEnv, run_beside_another},
    user_actions, wait,
};

const TIME: Duration = Duration::from_secs(180);
/// Not a whole number of blocks.
const SIZE: usize = 64 * MIB + 12_345;

/// Ana offers a file, and Ben accepts it. `damaged` is a block that changes on its way. Returns the
/// file and the folder of Ben's downloads.
async fn ben_accepts_a_file(
    env: &TestEnv,
    ana: &Page,
    ben: &Page,
    damaged: Option<u32>,
) -> Result<(PathBuf, PathBuf)> {
    let source = env.folder().join("holiday.bin");
    file_transfer::write_random(&source, SIZE)?;
    let downloads = env.folder().join("ben-downloads");
    file_transfer::save_downloads_in(ben, &downloads).await?;
    file_transfer::watch_blocks(ana, damaged).await?;
    file_transfer::attach(ana, &source).await?;
    ben.says("Ana offers you a file: holiday.bin").await?;
    ben.button("Accept").await?;
    Ok((source, downloads))
}

#[tokio::test]
async fn file_arrives_and_a_damaged_block_comes_again() -> Result<()> {
    run_beside_another("files", async |env| {
        let (_relay, ana, ben) = crate::ana_calls_ben(env, &[]).await?;
        let (source, downloads) = ben_accepts_a_file(env, &ana, &ben, Some(17)).await?;
        file_transfer::arrived(&downloads, "holiday.bin", &source, TIME).await?;
        ana.says("Sent, and proven to be the same there").await?;
        ben.says("Received as holiday.bin").await?;
        let mut blocks = file_transfer::sent_blocks(&ana).await?;
        blocks.sort_unstable();
        let mut expected: Vec<u32> = (0..65).chain([17]).collect();
        expected.sort_unstable();
        ensure!(blocks == expected, "sent were {blocks:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn reload_of_the_receiver_sends_two_blocks_again_at_most() -> Result<()> {
    run_beside_another("files-reload", async |env| {
        let (_relay, ana, ben) = crate::ana_calls_ben(env, &[]).await?;
        let (source, downloads) = ben_accepts_a_file(env, &ana, &ben, None).await?;
        wait::until(
            "about 63 % are sent, and the time left is shown",
            async || {
                let is_shown = ana.words().await?.contains(" left");
                let blocks = file_transfer::sent_blocks(&ana).await?;
                Ok((is_shown && blocks.len() >= 41).then_some(()))
            },
        )
        .await?;
        ben.reload().await?;
        user_actions::in_call(&ben).await?;
        // Nobody is asked again.
        file_transfer::arrived(&downloads, "holiday.bin", &source, TIME).await?;
        let blocks = file_transfer::sent_blocks(&ana).await?;
        ensure!(blocks.len() <= 65 + 2, "{} blocks were sent", blocks.len());
        Ok(())
    })
    .await
}

#[tokio::test]
async fn person_can_refuse_one_file_and_all_files() -> Result<()> {
    run_beside_another("files-refused", async |env| {
        let (_relay, ana, ben) = crate::ana_calls_ben(env, &[]).await?;
        let source = env.folder().join("small.txt");
        file_transfer::write_random(&source, 5)?;
        file_transfer::attach(&ana, &source).await?;
        ben.button("Refuse").await?;
        ana.says("Ben refused it.").await?;
        ben.press(e2e::page::Role::Switch, "Receive files").await?;
        file_transfer::attach(&ana, &source).await?;
        ana.says("Ben receives no files.").await?;
        ensure!(
            ben.all(e2e::page::Role::Button, Some("Accept"))
                .await?
                .is_empty()
        );
        Ok(())
    })
    .await
}

/// How many files the page's own store holds.
const STORED: &str = "
    return navigator.storage.getDirectory().then(async (root) => {
      const folder = await root.getDirectoryHandle('received').catch(() => null);
      let found = 0;
      if (folder !== null) for await (const _ of folder.keys()) found += 1;
      return found;
    });";

#[tokio::test]
async fn two_files_at_once_arrive_whole_in_both_directions() -> Result<()> {
    run_beside_another("files-two", async |env| {
        let (_relay, ana, ben) = crate::ana_calls_ben(env, &[]).await?;
        let mut ends = vec![];
        for (sender, receiver, name) in [(&ana, &ben, "photos.zip"), (&ben, &ana, "minutes.zip")] {
            let source = env.folder().join(name);
            file_transfer::write_random(&source, SIZE / 2)?;
            let downloads = env.folder().join(format!("{}-downloads", receiver.name()));
            file_transfer::save_downloads_in(receiver, &downloads).await?;
            file_transfer::watch_blocks(sender, None).await?;
            file_transfer::attach(sender, &source).await?;
            ends.push((sender, receiver, name, source, downloads));
        }
        for (_, receiver, name, ..) in &ends {
            receiver.says(name).await?;
            receiver.button("Accept").await?;
        }
        wait::until("both are on their way", async || {
            let sent = [
                file_transfer::sent_blocks(&ana).await?,
                file_transfer::sent_blocks(&ben).await?,
            ];
            Ok(sent.iter().all(|blocks| !blocks.is_empty()).then_some(()))
        })
        .await?;
        for (sender, receiver, name, source, downloads) in &ends {
            file_transfer::arrived(downloads, name, source, TIME).await?;
            sender.says("Sent, and proven to be the same there").await?;
            receiver.says(&format!("Received as {name}")).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn file_cancelled_by_its_sender_leaves_nothing() -> Result<()> {
    run_beside_another("files-cancelled", async |env| {
        let (_relay, ana, ben) = crate::ana_calls_ben(env, &[]).await?;
        let (_source, downloads) = ben_accepts_a_file(env, &ana, &ben, None).await?;
        wait::until("some blocks are sent", async || {
            let sent = file_transfer::sent_blocks(&ana).await?.len();
            Ok((sent >= 10).then_some(()))
        })
        .await?;
        ana.button("Cancel").await?;
        ana.says("You cancelled it.").await?;
        ben.says("Ana cancelled it.").await?;
        wait::until("nothing of it is left", async || {
            let stored: usize = ben.script(STORED, vec![]).await?;
            Ok((stored == 0).then_some(()))
        })
        .await?;
        ensure!(fs::read_dir(&downloads)?.count() == 0);
        Ok(())
    })
    .await
}
