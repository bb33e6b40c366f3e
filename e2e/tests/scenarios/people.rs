//! More than two people, two people with one name, and a full room.

use anyhow::Result;
use e2e::{
    chromium::Computer,
    media_stats,
    page::Role,
    test_env::run_beside_another,
    user_actions::{self, in_call, sees_person},
};

use crate::{ANA, BEN, CAM, ana_and_ben, ana_calls_ben};

#[tokio::test]
async fn third_person_joins_the_running_call() -> Result<()> {
    run_beside_another("third-person", async |env| {
        let (relay, ana, ben) = ana_calls_ben(env, &[]).await?;
        media_stats::video_plays(&ana, BEN).await?;
        let small = Computer {
            width: 720,
            height: 520,
            ..Computer::default()
        };
        let cam = env.browser_on("cam", small).await?;
        user_actions::visit(&cam, &relay, CAM, "42").await?;
        sees_person(&cam, ANA).await?;
        sees_person(&cam, BEN).await?;
        cam.says("in a call. Press Call to join it").await?;
        cam.button("Call").await?;
        in_call(&cam).await?;
        for (page, others) in [(&ana, [BEN, CAM]), (&ben, [ANA, CAM]), (&cam, [ANA, BEN])] {
            for other in others {
                media_stats::person_is_seen_and_heard(page, other).await?;
            }
        }
        cam.button("Leave call").await?;
        ana.sees_no(Role::Video, CAM).await?;
        media_stats::video_plays(&ana, BEN).await?;
        media_stats::video_plays(&ben, ANA).await
    })
    .await
}

#[tokio::test]
async fn two_people_with_one_email_can_call_each_other() -> Result<()> {
    run_beside_another("one-email", async |env| {
        let relay = env.relay(&[]).await?;
        let first = env.browser("first").await?;
        let second = env.browser("second").await?;
        user_actions::meet(&relay, [(&first, ANA), (&second, ANA)], "42").await?;
        user_actions::call(&first, &second).await?;
        media_stats::person_is_seen_and_heard(&first, ANA).await?;
        media_stats::person_is_seen_and_heard(&second, ANA).await
    })
    .await
}

#[tokio::test]
async fn full_room_is_shown_and_typed_values_stay() -> Result<()> {
    run_beside_another("room-full", async |env| {
        let (relay, _ana, ben) = ana_and_ben(env, &["--room-size", "2"]).await?;
        let cam = env.browser("cam").await?;
        cam.open(&relay.web()).await?;
        cam.fill("Email", CAM).await?;
        cam.fill("Room number", "42").await?;
        cam.button("Join room").await?;
        cam.says("full").await?;
        cam.holds("Email", CAM).await?;
        cam.holds("Room number", "42").await?;
        ben.button("Leave room").await?;
        ben.sees(Role::Heading, "Join a room").await?;
        cam.button("Join room").await?;
        sees_person(&cam, ANA).await
    })
    .await
}
