//! Calling, answering, declining, hanging up.

use anyhow::Result;
use e2e::{
    media_stats,
    page::Role,
    test_env::run_beside_another,
    user_actions::{accept, in_call, out_of_call},
};
use serde_json::json;

use crate::{ANA, BEN, ana_and_ben, ana_calls_ben};

#[tokio::test]
async fn video_and_audio_arrive_on_both_sides() -> Result<()> {
    run_beside_another("call", async |env| {
        let (_relay, ana, ben) = ana_calls_ben(env, &[]).await?;
        media_stats::person_is_seen_and_heard(&ana, BEN).await?;
        media_stats::person_is_seen_and_heard(&ben, ANA).await?;
        ana.sees(Role::Video, "Your camera").await?;
        ben.sees(Role::Video, "Your camera").await
    })
    .await
}

#[tokio::test]
async fn declined_call_is_shown_to_the_caller() -> Result<()> {
    run_beside_another("decline", async |env| {
        let (_relay, ana, ben) = ana_and_ben(env, &[]).await?;
        ana.button("Call").await?;
        ben.sees(Role::Dialog, "Incoming call").await?;
        ben.button("Decline").await?;
        ben.sees_no(Role::Dialog, "Incoming call").await?;
        out_of_call(&ana).await?;
        ana.says("declined").await?;
        ana.sees(Role::Button, "Call").await
    })
    .await
}

#[tokio::test]
async fn hang_up_ends_the_call_and_another_can_begin() -> Result<()> {
    run_beside_another("hang-up", async |env| {
        let (_relay, ana, ben) = ana_calls_ben(env, &[]).await?;
        media_stats::video_plays(&ana, BEN).await?;
        ben.button("Leave call").await?;
        out_of_call(&ben).await?;
        out_of_call(&ana).await?;
        ana.sees(Role::Heading, "Room 42").await?;
        ben.button("Call").await?;
        accept(&ana).await?;
        in_call(&ben).await?;
        media_stats::video_plays(&ana, BEN).await?;
        media_stats::video_plays(&ben, ANA).await
    })
    .await
}

#[tokio::test]
async fn cancelled_call_stops_ringing() -> Result<()> {
    run_beside_another("give-up", async |env| {
        let (_relay, ana, ben) = ana_and_ben(env, &[]).await?;
        ana.button("Call").await?;
        ben.sees(Role::Dialog, "Incoming call").await?;
        ana.button("Leave call").await?;
        ben.sees_no(Role::Dialog, "Incoming call").await?;
        ben.sees(Role::Button, "Call").await
    })
    .await
}

#[tokio::test]
async fn crossing_calls_become_one_call() -> Result<()> {
    run_beside_another("crossing-calls", async |env| {
        let (_relay, ana, ben) = ana_and_ben(env, &[]).await?;
        // A driver cannot press two buttons in the same millisecond. The pages' clock can.
        let moment: f64 = ana.script("return Date.now() + 1000", vec![]).await?;
        for page in [&ana, &ben] {
            let button = page.find(Role::Button, "Call").await?.to_json()?;
            let press = "const [button, moment] = arguments;
                setTimeout(() => button.click(), moment - Date.now())";
            page.script::<()>(press, vec![button, json!(moment)])
                .await?;
        }
        // Nobody presses Accept: only calls that cross lead to a call.
        in_call(&ana).await?;
        in_call(&ben).await?;
        media_stats::person_is_seen_and_heard(&ana, BEN).await?;
        media_stats::person_is_seen_and_heard(&ben, ANA).await
    })
    .await
}
