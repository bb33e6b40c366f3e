//! The app's window and a browser in one room, through the app's own signaling.

use anyhow::Result;
use e2e::{page::Role, test_env::run_test, user_actions};

use crate::{BEN, window_and_browser};

#[tokio::test]
async fn window_and_browser_see_joins_and_leaves() -> Result<()> {
    run_test("window-and-browser", async |env| {
        let (_relay, ana, ben) = window_and_browser(env, &[]).await?;
        ben.button("Leave room").await?;
        ana.says("You are alone in room 42").await?;
        user_actions::join(&ben, BEN, "42").await?;
        user_actions::sees_person(&ana, BEN).await?;
        ana.button("Leave room").await?;
        ana.sees(Role::Heading, "Join a room").await?;
        ben.says("You are alone in room 42").await
    })
    .await
}

#[tokio::test]
async fn closed_window_leaves_the_room() -> Result<()> {
    run_test("window-closed", async |env| {
        // So long that only an orderly leave can explain what the other side sees in time.
        let (_relay, ana, ben) = window_and_browser(env, &["--grace", "600"]).await?;
        env.close_window(&ana).await?;
        ben.says("You are alone in room 42").await
    })
    .await
}
