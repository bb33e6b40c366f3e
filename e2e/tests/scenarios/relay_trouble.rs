//! A relay that dies in the middle of a call: the call goes on, the room heals.

use anyhow::Result;
use e2e::{media_stats, page::Role, test_env::run_test, user_actions::in_call};

use crate::{ANA, BEN, NOBODY_THERE, ana_calls_ben, ben_leaves_the_call};

#[tokio::test]
async fn a_call_outlives_its_relay_and_ends_properly_afterwards() -> Result<()> {
    run_test("relay-restarted", async |env| {
        env.expect_console(NOBODY_THERE);
        let (relay, ana, ben) = ana_calls_ben(env, &[]).await?;
        media_stats::person_comes_through(&ana, BEN).await?;
        relay.kill();
        media_stats::person_comes_through(&ana, BEN).await?;
        media_stats::person_comes_through(&ben, ANA).await?;
        relay.revive().await?;
        media_stats::picture_runs(&ana, BEN).await?;
        in_call(&ana).await?;
        in_call(&ben).await?;
        ben_leaves_the_call(&ana, &ben).await
    })
    .await
}

#[tokio::test]
async fn lobby_joins_once_a_silent_relay_answers_again() -> Result<()> {
    run_test("relay-gone", async |env| {
        env.expect_console(NOBODY_THERE);
        let relay = env.relay(&[]).await?;
        let ana = env.browser("ana").await?;
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
