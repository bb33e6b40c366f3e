//! The lobby: what is wrong is said in place, nothing typed is lost, and missing devices keep
//! nobody out.

use anyhow::{Result, ensure};
use e2e::{
    chromium::{Computer, Devices, Permission},
    figures,
    page::{Page, Role},
    stage::play,
    visit,
};

use crate::{ANA, BEN};

#[tokio::test]
async fn a_wrong_email_and_room_are_said_beside_their_fields() -> Result<()> {
    play("lobby-wrong", async |stage| {
        let relay = stage.relay(&[]).await?;
        let ana = stage.browser("ana").await?;
        ana.open(&relay.web()).await?;
        ana.fill("Email", "ana").await?;
        ana.fill("Room number", "room 42!").await?;
        ana.button("Join room").await?;
        is_described(&ana, "Email").await?;
        is_described(&ana, "Room number").await?;
        ana.holds("Email", "ana").await?;
        ana.holds("Room number", "room 42!").await?;
        visit::join(&ana, ANA, "42").await
    })
    .await
}

#[tokio::test]
async fn an_empty_lobby_says_what_is_missing() -> Result<()> {
    play("lobby-empty", async |stage| {
        let relay = stage.relay(&[]).await?;
        let ana = stage.browser("ana").await?;
        ana.open(&relay.web()).await?;
        ana.button("Join room").await?;
        is_described(&ana, "Email").await?;
        ana.sees(Role::Heading, "Join a room").await
    })
    .await
}

#[tokio::test]
async fn an_invite_link_fills_in_the_room() -> Result<()> {
    play("invite-link", async |stage| {
        let relay = stage.relay(&[]).await?;
        let ana = stage.browser("ana").await?;
        ana.open(&format!("{}/r/42", relay.web())).await?;
        ana.holds("Room number", "42").await?;
        ana.fill("Email", ANA).await?;
        ana.button("Join room").await?;
        ana.says("You are alone in room 42").await?;
        ana.sees(Role::Button, "Copy invite").await?;
        ensure!(
            ana.everything()
                .await?
                .contains(&format!("{}/r/42", relay.web())),
            "the invite link is not shown"
        );
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_was_typed_is_there_the_next_time() -> Result<()> {
    play("lobby-remembers", async |stage| {
        let relay = stage.relay(&[]).await?;
        let ana = stage.browser("ana").await?;
        visit::visit(&ana, &relay, ANA, "42").await?;
        ana.button("Leave room").await?;
        ana.sees(Role::Heading, "Join a room").await?;
        ana.open(&relay.web()).await?;
        ana.holds("Email", ANA).await?;
        ana.holds("Room number", "42").await
    })
    .await
}

#[tokio::test]
async fn a_denied_permission_is_said_and_keeps_nobody_out() -> Result<()> {
    play("lobby-denied", async |stage| {
        let relay = stage.relay(&[]).await?;
        let denied = Computer {
            permission: Permission::Denied,
            ..Computer::default()
        };
        let ana = stage.browser_on("ana", denied).await?;
        let ben = stage.browser("ben").await?;
        ana.open(&relay.web()).await?;
        ana.says("may not use the camera").await?;
        visit::meet(&relay, [(&ana, ANA), (&ben, BEN)], "42").await?;
        visit::call(&ana, &ben).await?;
        figures::person_comes_through(&ana, BEN).await
    })
    .await
}

#[tokio::test]
async fn without_a_camera_one_is_heard_but_not_seen() -> Result<()> {
    play("lobby-no-camera", async |stage| {
        let relay = stage.relay(&[]).await?;
        let blind = Computer {
            devices: Devices::cameras(0),
            ..Computer::default()
        };
        let ana = stage.browser_on("ana", blind).await?;
        let ben = stage.browser("ben").await?;
        ana.open(&relay.web()).await?;
        ana.says("No camera was found").await?;
        visit::meet(&relay, [(&ana, ANA), (&ben, BEN)], "42").await?;
        visit::call(&ana, &ben).await?;
        figures::person_comes_through(&ana, BEN).await?;
        figures::sound_runs(&ben, ANA).await
    })
    .await
}

#[tokio::test]
async fn without_a_microphone_it_is_said_and_others_are_heard() -> Result<()> {
    play("lobby-no-microphone", async |stage| {
        let relay = stage.relay(&[]).await?;
        let bare = Computer {
            devices: Devices::None,
            ..Computer::default()
        };
        let ana = stage.browser_on("ana", bare).await?;
        let ben = stage.browser("ben").await?;
        ana.open(&relay.web()).await?;
        ana.says("No microphone was found").await?;
        visit::meet(&relay, [(&ana, ANA), (&ben, BEN)], "42").await?;
        visit::call(&ben, &ana).await?;
        figures::person_comes_through(&ana, BEN).await
    })
    .await
}

/// Waits until something is said about this field, beside it.
async fn is_described(page: &Page, field: &str) -> Result<()> {
    let what = format!("{field} has a problem beside it");
    e2e::wait::until(&what, async || {
        let invalid = page.is_invalid(field).await?;
        let description = page.description(field).await?;
        Ok((invalid && description.ends_with('.')).then_some(()))
    })
    .await
}
