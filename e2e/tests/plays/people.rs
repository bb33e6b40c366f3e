//! More than two people, two of one name, and a room that is full.

use anyhow::Result;
use e2e::{
    chromium::Computer,
    figures,
    page::Role,
    stage::play,
    visit::{self, in_call, sees_person},
};

use crate::{ANA, BEN, CAM, ana_and_ben, ana_calls_ben};

#[tokio::test]
async fn a_third_person_sees_the_running_call_and_joins_it() -> Result<()> {
    play("third-person", async |stage| {
        let (relay, ana, ben) = ana_calls_ben(stage, &[]).await?;
        figures::picture_runs(&ana, BEN).await?;
        let small = Computer {
            width: 720,
            height: 520,
            ..Computer::default()
        };
        let cam = stage.browser_on("cam", small).await?;
        visit::visit(&cam, &relay, CAM, "42").await?;
        sees_person(&cam, ANA).await?;
        sees_person(&cam, BEN).await?;
        cam.says("in a call. Press Call to join it").await?;
        cam.button("Call").await?;
        in_call(&cam).await?;
        for (page, others) in [(&ana, [BEN, CAM]), (&ben, [ANA, CAM]), (&cam, [ANA, BEN])] {
            for other in others {
                figures::person_comes_through(page, other).await?;
            }
        }
        cam.button("Leave call").await?;
        ana.sees_no(Role::Video, CAM).await?;
        figures::picture_runs(&ana, BEN).await?;
        figures::picture_runs(&ben, ANA).await
    })
    .await
}

#[tokio::test]
async fn two_people_with_one_email_can_call_each_other() -> Result<()> {
    play("one-email", async |stage| {
        let relay = stage.relay(&[]).await?;
        let first = stage.browser("first").await?;
        let second = stage.browser("second").await?;
        visit::meet(&relay, [(&first, ANA), (&second, ANA)], "42").await?;
        visit::call(&first, &second).await?;
        figures::person_comes_through(&first, ANA).await?;
        figures::person_comes_through(&second, ANA).await
    })
    .await
}

#[tokio::test]
async fn a_full_room_is_said_in_the_lobby_and_keeps_what_was_typed() -> Result<()> {
    play("room-full", async |stage| {
        let (relay, _ana, ben) = ana_and_ben(stage, &["--room-size", "2"]).await?;
        let cam = stage.browser("cam").await?;
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
