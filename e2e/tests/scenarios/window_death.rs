//! A process that dies in a call ends its own side of the call, and nothing else.

use anyhow::Result;
use e2e::{media_stats, page::Role, test_env::run_test, usage, user_actions, wait};

use crate::{ANA, window_and_browser};

/// The kernel keeps the first fifteen letters.
const PAGE_PROCESS: &str = "WebKitWebProces";
const APP_PROCESS: &str = "snug";

#[tokio::test]
async fn crashed_page_returns_to_its_call() -> Result<()> {
    run_test("window-page-dies", async |env| {
        let (_relay, ana, ben) = window_and_browser(env, &[]).await?;
        user_actions::call(&ana, &ben).await?;
        media_stats::video_plays(&ben, ANA).await?;
        let before = usage::read_of(APP_PROCESS)?;
        usage::kill(&ana, PAGE_PROCESS)?;
        ben.says("Reconnecting to").await?;
        media_stats::video_plays(&ben, ANA).await?;
        let what = "the app is the same, and has let go of the first connection";
        wait::until(what, async || {
            let now = usage::read_of(APP_PROCESS)?;
            // The number of files is no measure: the engine opens the system's memory statistics
            // after a crash.
            let has_let_go = now.threads <= before.threads && now.sockets <= before.sockets;
            Ok((now.processes == 1 && has_let_go).then_some(()))
        })
        .await?;
        ben.button("Leave call").await?;
        user_actions::out_of_call(&ben).await
    })
    .await
}

#[tokio::test]
async fn killed_app_leaves_call_and_room() -> Result<()> {
    run_test("window-app-dies", async |env| {
        let (_relay, ana, ben) = window_and_browser(env, &["--grace", "3"]).await?;
        user_actions::call(&ben, &ana).await?;
        media_stats::video_plays(&ben, ANA).await?;
        usage::kill(&ana, APP_PROCESS)?;
        ben.says("You are alone in room 42").await?;
        user_actions::out_of_call(&ben).await?;
        ben.sees(Role::Heading, "Room 42").await
    })
    .await
}
