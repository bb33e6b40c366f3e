//! A room with a passcode: browsers and a window meet by it in any spelling, a wrong one is said, and
//! the relay's log has nothing of it.

use std::{fs, time::Duration};

use anyhow::{Result, ensure};
use e2e::{
    page::{Page, Role},
    room::{Kind, Person, Room},
    test_env::{run_beside_another, run_test},
    user_actions,
};

use crate::{ANA, BEN};

const CAM: &str = "cam@example.org";
const DAN: &str = "dan@example.org";
const ROOM: &str = "quiet-harbour";
const PASSCODE: &str = "marble canoe ribbon walnut";
/// Two processors encode, send, decode and paint all of it.
const DEADLINE: Duration = Duration::from_secs(120);

/// Fills in the lobby and presses Join.
async fn try_passcode(page: &Page, email: &str, passcode: &str) -> Result<()> {
    page.fill("Email", email).await?;
    page.fill("Room number", ROOM).await?;
    page.button("Add a passcode").await?;
    page.fill("Passcode", passcode).await?;
    page.button("Join room").await
}

async fn join(page: &Page, email: &str, passcode: &str) -> Result<()> {
    try_passcode(page, email, passcode).await?;
    page.sees(Role::Heading, "Private room").await
}

#[tokio::test]
async fn browsers_and_a_window_meet_by_a_passcode() -> Result<()> {
    run_test("passcode-room", async |env| {
        env.set_variable("SNUG_LOG", "trace");
        let relay = env.relay(&[]).await?;
        // A window that logs all of this has no time for the call.
        env.set_variable("SNUG_LOG", "info");
        let ana = env.browser("ana").await?;
        ana.open(&relay.web()).await?;
        join(&ana, ANA, PASSCODE).await?;
        let ben = env.firefox("ben").await?;
        ben.open(&relay.web()).await?;
        join(&ben, BEN, "Marble-Canoe RIBBON-walnut").await?;
        let cam = env.window_at("cam", &relay).await?;
        join(&cam, CAM, "marblecanoeribbonwalnut").await?;

        let people = vec![
            Person::new(Kind::Chromium, ANA, &ana),
            Person::new(Kind::Firefox, BEN, &ben),
            Person::new(Kind::Window, CAM, &cam),
        ];
        let all = Room { people };
        all.everybody_is_listed().await?;

        let dan = env.browser("dan").await?;
        dan.open(&relay.web()).await?;
        try_passcode(&dan, DAN, "marble canoe ribbon chestnut").await?;
        dan.says("have another passcode").await?;
        ana.says("1 wrong passcode was tried").await?;
        dan.fill("Passcode", PASSCODE).await?;
        dan.button("Join room").await?;
        dan.sees(Role::Heading, "Private room").await?;
        user_actions::sees_person(&dan, CAM).await?;
        dan.button("Leave room").await?;

        all.everybody_is_listed().await?;
        all.call().await?;
        all.everybody_is_seen_and_heard(DEADLINE).await?;
        ben.reload().await?;
        user_actions::in_call(&ben).await?;
        all.everybody_is_seen_and_heard(DEADLINE).await?;

        let log = fs::read_to_string(env.folder().join("relay.log"))?;
        ensure!(log.contains("TRACE"), "the log is not the whole one: {log}");
        for word in [ANA, BEN, CAM, DAN, ROOM, "marble", "walnut", "candidate:"] {
            ensure!(!log.contains(word), "the relay's log has {word}");
        }
        for page in [&ana, &cam] {
            let kept: String = page
                .script("return JSON.stringify(localStorage)", vec![])
                .await?;
            ensure!(!kept.contains("marble"), "the settings have the passcode");
            ensure!(!kept.contains(ROOM), "the settings have the room");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn invite_to_a_room_with_a_passcode_asks_for_it() -> Result<()> {
    run_beside_another("passcode-invite", async |env| {
        let relay = env.relay(&[]).await?;
        let ana = env.browser("ana").await?;
        ana.open(&relay.web()).await?;
        join(&ana, ANA, PASSCODE).await?;
        let link = ana.value("Invite link").await?;
        ensure!(!link.contains(ROOM), "the link shows the room: {link}");

        let ben = env.browser("ben").await?;
        ben.open(&link).await?;
        ben.says(&format!("Room {ROOM}, with a passcode")).await?;
        ben.fill("Email", BEN).await?;
        ben.button("Join room").await?;
        ben.says("Enter the passcode that you agreed on").await?;
        ben.fill("Passcode", "no").await?;
        ben.button("Join room").await?;
        ben.says("at least four letters or digits").await?;
        ben.fill("Passcode", PASSCODE).await?;
        ben.button("Join room").await?;
        user_actions::sees_person(&ben, ANA).await?;
        user_actions::sees_person(&ana, BEN).await?;

        // The relay's name of the room is no way around it.
        let dan = env.browser("dan").await?;
        let (address, _) = link.split_once('#').unwrap_or((&link, ""));
        dan.open(address).await?;
        dan.says("is not whole").await
    })
    .await
}

#[tokio::test]
async fn two_who_begin_at_once_meet_in_one_room() -> Result<()> {
    run_beside_another("passcode-at-once", async |env| {
        let relay = env.relay(&[]).await?;
        let (ana, ben) = (env.browser("ana").await?, env.browser("ben").await?);
        for page in [&ana, &ben] {
            page.open(&relay.web()).await?;
        }
        tokio::try_join!(join(&ana, ANA, PASSCODE), join(&ben, BEN, PASSCODE))?;
        user_actions::sees_person(&ana, BEN).await?;
        user_actions::sees_person(&ben, ANA).await?;
        user_actions::call(&ana, &ben).await
    })
    .await
}
