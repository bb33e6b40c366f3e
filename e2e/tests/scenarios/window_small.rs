//! The app's small window above others, during a call.

use anyhow::Result;
use e2e::{media_stats, page::Page, test_env::run_test, user_actions, wait};

use crate::{BEN, window_and_browser};

/// CSS pixels of the page.
async fn size_of(page: &Page) -> Result<(u32, u32)> {
    let size = "return [innerWidth, innerHeight]";
    page.script(size, vec![]).await
}

#[tokio::test]
async fn small_window_shows_the_call_and_ends_with_it() -> Result<()> {
    run_test("window-small", async |env| {
        let (_relay, ana, ben) = window_and_browser(env, &[]).await?;
        user_actions::call(&ana, &ben).await?;
        let ordinary = size_of(&ana).await?;
        let is_small = async || {
            let (width, height) = size_of(&ana).await?;
            Ok((width < 340 && height < 260).then_some(()))
        };
        let is_ordinary = async || Ok((size_of(&ana).await? == ordinary).then_some(()));

        ana.button("More").await?;
        ana.button("Small window on top").await?;
        wait::until("the window is small", is_small).await?;
        media_stats::video_plays(&ana, BEN).await?;
        ana.button("Back to the whole window").await?;
        wait::until("the window is as before", is_ordinary).await?;

        ana.button("More").await?;
        ana.button("Small window on top").await?;
        wait::until("the window is small again", is_small).await?;
        ana.button("Leave call").await?;
        wait::until("the room has a whole window", is_ordinary).await
    })
    .await
}
