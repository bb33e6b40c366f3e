//! Leaving the room, closing the page, reloading it.

use anyhow::Result;
use e2e::{
    media_stats,
    page::Role,
    test_env::run_beside_another,
    user_actions::{in_call, out_of_call, sees_person},
};

use crate::{ANA, BEN, ana_and_ben, ana_calls_ben};

#[tokio::test]
async fn leave_ends_the_call_and_empties_the_list() -> Result<()> {
    run_beside_another("leave-room", async |env| {
        let (_relay, ana, ben) = ana_calls_ben(env, &[]).await?;
        media_stats::video_plays(&ana, BEN).await?;
        ben.button("Leave call").await?;
        ben.button("Leave room").await?;
        ben.sees(Role::Heading, "Join a room").await?;
        out_of_call(&ana).await?;
        ana.says("You are alone in room 42").await
    })
    .await
}

#[tokio::test]
async fn closed_page_leaves_call_and_room() -> Result<()> {
    run_beside_another("closed-page", async |env| {
        // The relay keeps a lost member for the grace. One second is enough here.
        let (_relay, ana, ben) = ana_calls_ben(env, &["--grace", "1"]).await?;
        media_stats::video_plays(&ana, BEN).await?;
        env.close_browser(&ben).await?;
        out_of_call(&ana).await?;
        ana.says("You are alone in room 42").await
    })
    .await
}

#[tokio::test]
async fn reloaded_page_returns_to_its_call() -> Result<()> {
    run_beside_another("reload", async |env| {
        let (_relay, ana, ben) = ana_calls_ben(env, &[]).await?;
        media_stats::person_is_seen_and_heard(&ana, BEN).await?;
        ben.reload().await?;
        in_call(&ben).await?;
        in_call(&ana).await?;
        media_stats::person_is_seen_and_heard(&ben, ANA).await?;
        media_stats::person_is_seen_and_heard(&ana, BEN).await
    })
    .await
}

#[tokio::test]
async fn reloaded_page_returns_to_its_room() -> Result<()> {
    run_beside_another("reload-room", async |env| {
        let (_relay, ana, ben) = ana_and_ben(env, &[]).await?;
        ben.reload().await?;
        ben.sees(Role::Heading, "Room 42").await?;
        sees_person(&ben, ANA).await?;
        sees_person(&ana, BEN).await?;
        let entries = ana.text(Role::List, "People").await?;
        assert_eq!(entries.matches(BEN).count(), 1, "{entries}");
        Ok(())
    })
    .await
}
