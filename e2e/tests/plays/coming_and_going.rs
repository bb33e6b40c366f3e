//! Leaving the room, closing the page, reloading it.

use anyhow::Result;
use e2e::{
    figures,
    page::Role,
    stage::play,
    visit::{in_call, out_of_call, sees_person},
};

use crate::{ANA, BEN, ana_and_ben, ana_calls_ben};

#[tokio::test]
async fn leaving_the_room_ends_the_call_and_empties_the_list() -> Result<()> {
    play("leave-room", async |stage| {
        let (_relay, ana, ben) = ana_calls_ben(stage, &[]).await?;
        figures::picture_runs(&ana, BEN).await?;
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
    play("closed-page", async |stage| {
        // The relay keeps the place of a lost person for a while; a second is enough here.
        let (_relay, ana, ben) = ana_calls_ben(stage, &["--grace", "1"]).await?;
        figures::picture_runs(&ana, BEN).await?;
        stage.close_browser(&ben).await?;
        out_of_call(&ana).await?;
        ana.says("You are alone in room 42").await
    })
    .await
}

#[tokio::test]
async fn a_reloaded_page_comes_back_into_the_call_by_itself() -> Result<()> {
    play("reload", async |stage| {
        let (_relay, ana, ben) = ana_calls_ben(stage, &[]).await?;
        figures::person_comes_through(&ana, BEN).await?;
        ben.reload().await?;
        in_call(&ben).await?;
        in_call(&ana).await?;
        figures::person_comes_through(&ben, ANA).await?;
        figures::person_comes_through(&ana, BEN).await
    })
    .await
}

#[tokio::test]
async fn a_page_reloaded_in_the_room_is_in_the_room_again() -> Result<()> {
    play("reload-room", async |stage| {
        let (_relay, ana, ben) = ana_and_ben(stage, &[]).await?;
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
