//! A relay fails during a call: the call goes on, and the room recovers.

use anyhow::Result;
use e2e::{media_stats, page::Role, test_env::run_beside_another, user_actions::in_call};

use crate::{ANA, BEN, CONNECTION_REFUSED, ana_calls_ben, ben_leaves_the_call};

#[tokio::test]
async fn call_survives_its_relay_and_ends_properly() -> Result<()> {
    run_beside_another("relay-restarted", async |env| {
        env.expect_console(CONNECTION_REFUSED);
        let (relay, ana, ben) = ana_calls_ben(env, &[]).await?;
        media_stats::person_is_seen_and_heard(&ana, BEN).await?;
        relay.kill();
        media_stats::person_is_seen_and_heard(&ana, BEN).await?;
        media_stats::person_is_seen_and_heard(&ben, ANA).await?;
        relay.revive().await?;
        media_stats::video_plays(&ana, BEN).await?;
        in_call(&ana).await?;
        in_call(&ben).await?;
        ben_leaves_the_call(&ana, &ben).await
    })
    .await
}

#[tokio::test]
async fn lobby_joins_once_a_silent_relay_answers_again() -> Result<()> {
    run_beside_another("relay-gone", async |env| {
        env.expect_console(CONNECTION_REFUSED);
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
            // The page may try again by itself or ask the person to.
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
