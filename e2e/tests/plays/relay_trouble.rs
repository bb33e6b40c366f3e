//! A relay that dies in the middle of a call: the call goes on, the room heals.

use anyhow::Result;
use e2e::{figures, page::Role, stage::play, visit::in_call};

use crate::{ANA, BEN, NOBODY_THERE, ana_calls_ben, ben_leaves_the_call};

#[tokio::test]
async fn a_call_outlives_its_relay_and_ends_properly_afterwards() -> Result<()> {
    play("relay-restarted", async |stage| {
        stage.expect_console(NOBODY_THERE);
        let (relay, ana, ben) = ana_calls_ben(stage, &[]).await?;
        figures::person_comes_through(&ana, BEN).await?;
        relay.kill();
        figures::person_comes_through(&ana, BEN).await?;
        figures::person_comes_through(&ben, ANA).await?;
        relay.revive().await?;
        figures::picture_runs(&ana, BEN).await?;
        in_call(&ana).await?;
        in_call(&ben).await?;
        ben_leaves_the_call(&ana, &ben).await
    })
    .await
}

#[tokio::test]
async fn a_lobby_says_that_the_relay_does_not_answer_and_joins_when_it_does() -> Result<()> {
    play("relay-gone", async |stage| {
        stage.expect_console(NOBODY_THERE);
        let relay = stage.relay(&[]).await?;
        let ana = stage.browser("ana").await?;
        ana.open(&relay.web()).await?;
        ana.fill("Email", ANA).await?;
        ana.fill("Room number", "42").await?;
        relay.kill();
        ana.button("Join room").await?;
        ana.says("relay").await?;
        ana.holds("Email", ANA).await?;
        relay.revive().await?;
        e2e::wait::until("the room is there", async || {
            // Whether it tries again by itself or wants to be asked is the page's business.
            if ana.all(Role::Heading, Some("Room 42")).await?.is_empty() {
                for button in ana.all(Role::Button, Some("Join room")).await? {
                    button.click().await.ok();
                }
                return Ok(None);
            }
            Ok(Some(()))
        })
        .await
    })
    .await
}
