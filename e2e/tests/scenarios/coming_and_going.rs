//! Leaving the room, closing the page, reloading it.

use anyhow::Result;
use e2e::{
    media_stats,
    page::Role,
    test_env::run_test,
    user_actions::{in_call, out_of_call, sees_person},
};

use crate::{ANA, BEN, ana_and_ben, ana_calls_ben};

#[tokio::test]
async fn leaving_the_room_ends_the_call_and_empties_the_list() -> Result<()> {
    run_test("leave-room", async |env| {
        let (_relay, ana, ben) = ana_calls_ben(env, &[]).await?;
        media_stats::picture_runs(&ana, BEN).await?;
        ben.button("Leave call").await?;
        ben.button("Leave room").await?;
        ben.sees(Role::Heading, "Join a room").await?;
        out_of_call(&ana).await?;
        ana.says("You are alone in room 42").await
    })
    .await
}

#[tokio::test]
async fn a_person_whose_page_is_closed_in_a_call_is_gone() -> Result<()> {
    run_test("closed-page", async |env| {
        // The relay keeps the place of a lost person for a while; a second is enough here.
        let (_relay, ana, ben) = ana_calls_ben(env, &["--grace", "1"]).await?;
        media_stats::picture_runs(&ana, BEN).await?;
        env.close_browser(&ben).await?;
        out_of_call(&ana).await?;
        ana.says("You are alone in room 42").await
    })
    .await
}

#[tokio::test]
async fn a_reloaded_page_comes_back_into_the_call_by_itself() -> Result<()> {
    run_test("reload", async |env| {
        let (_relay, ana, ben) = ana_calls_ben(env, &[]).await?;
        media_stats::person_comes_through(&ana, BEN).await?;
        ben.reload().await?;
        in_call(&ben).await?;
        in_call(&ana).await?;
        media_stats::person_comes_through(&ben, ANA).await?;
        media_stats::person_comes_through(&ana, BEN).await
    })
    .await
}

#[tokio::test]
async fn a_page_reloaded_in_the_room_is_in_the_room_again() -> Result<()> {
    run_test("reload-room", async |env| {
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
