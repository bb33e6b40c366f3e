//! The lobby: errors are shown beside their fields, typed text is never lost, and people without
//! devices can join.

use anyhow::{Result, ensure};
use e2e::{
    chromium::{Computer, Devices, Permission},
    media_stats,
    page::{Page, Role},
    test_env::run_beside_another,
    user_actions,
};
use thirtyfour::Key;

use crate::{ANA, BEN};

#[tokio::test]
async fn invalid_email_and_room_are_shown_at_their_fields() -> Result<()> {
    run_beside_another("lobby-wrong", async |env| {
        let relay = env.relay(&[]).await?;
        let ana = env.browser("ana").await?;
        ana.open(&relay.web()).await?;
        ana.fill("Email", "ana").await?;
        ana.fill("Room number", "room/42").await?;
        ana.button("Join room").await?;
        is_described(&ana, "Email").await?;
        is_described(&ana, "Room number").await?;
        ana.holds("Email", "ana").await?;
        ana.holds("Room number", "room/42").await?;
        user_actions::join(&ana, ANA, "42").await
    })
    .await
}

#[tokio::test]
async fn empty_lobby_shows_what_is_missing() -> Result<()> {
    run_beside_another("lobby-empty", async |env| {
        let relay = env.relay(&[]).await?;
        let ana = env.browser("ana").await?;
        ana.open(&relay.web()).await?;
        ana.button("Join room").await?;
        is_described(&ana, "Email").await?;
        ana.sees(Role::Heading, "Join a room").await
    })
    .await
}

#[tokio::test]
async fn invite_link_fills_in_the_room() -> Result<()> {
    run_beside_another("invite-link", async |env| {
        let relay = env.relay(&[]).await?;
        let ana = env.browser("ana").await?;
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
async fn invite_of_any_spelling_fills_in_its_room() -> Result<()> {
    run_beside_another("invite-spellings", async |env| {
        let relay = env.relay(&[]).await?;
        let ana = env.browser("ana").await?;
        user_actions::visit(&ana, &relay, ANA, "last-room").await?;
        ana.button("Leave room").await?;
        for (path, room) in [
            ("/r/caf%C3%A9", "cafe"),
            ("/r/a%20b", "a-b"),
            ("/r/42/", "42"),
            ("//r/43", "43"),
            ("/R/Team-1", "Team-1"),
            ("/r/44.", "44"),
            ("/r/%D9%A4%D9%A2?x#y", "42"),
        ] {
            ana.open(&format!("{}{path}", relay.web())).await?;
            ana.holds("Room number", room).await?;
            ensure!(!ana.is_invalid("Room number").await?, "{path} is wrong");
        }
        ana.button("Join room").await?;
        ana.says("You are alone in room 42").await
    })
    .await
}

#[tokio::test]
async fn unreadable_invite_never_falls_back_to_the_last_room() -> Result<()> {
    run_beside_another("invite-unreadable", async |env| {
        let relay = env.relay(&[]).await?;
        let ana = env.browser("ana").await?;
        user_actions::visit(&ana, &relay, ANA, "last-room").await?;
        ana.button("Leave room").await?;
        for (path, sentence) in [
            ("/r/caf%E9", "cannot be read"),
            ("/r/a%2Fb", "cannot be read"),
            ("/r/42/43", "names no room"),
            ("/r/", "names no room"),
            ("/r/42#1.", "private room"),
            ("/r/42#1.a=b", "private room"),
        ] {
            let link = format!("{}{path}", relay.web());
            // From another page, since a link that differs only in its fragment loads nothing.
            ana.open("about:blank").await?;
            ana.open(&link).await?;
            for _ in 0..2 {
                ana.holds("Room number", &link).await?;
                is_described(&ana, "Room number").await?;
                let said = ana.description("Room number").await?;
                ensure!(said.contains(sentence), "{path} is told as: {said}");
                ana.button("Join room").await?;
                ana.sees(Role::Heading, "Join a room").await?;
            }
        }
        ana.enter("Room number", "My Room", "my-room").await?;
        ensure!(!ana.is_invalid("Room number").await?, "it is still wrong");
        ana.button("Join room").await?;
        ana.says("You are alone in room my-room").await
    })
    .await
}

#[tokio::test]
async fn typed_room_is_converted_at_once() -> Result<()> {
    run_beside_another("lobby-typed-rooms", async |env| {
        let relay = env.relay(&[]).await?;
        let ana = env.browser("ana").await?;
        let ben = env.browser("ben").await?;
        ana.open(&relay.web()).await?;
        for (text, shown) in [
            ("Team Meeting", "team-meeting"),
            ("Grüße", "grusse"),
            ("４２", "42"),
            ("٤٢", "42"),
            ("4\u{200b}2", "42"),
            ("42.", "42."),
        ] {
            ana.enter("Room number", text, shown).await?;
        }
        // The field loses the focus: a dot at the end is not part of the name.
        ana.fill("Email", ANA).await?;
        ana.holds("Room number", "42").await?;

        ana.enter("Room number", "Café Team", "cafe-team").await?;
        ana.button("Join room").await?;
        ana.says("You are alone in room cafe-team").await?;
        ben.open(&relay.web()).await?;
        ben.fill("Email", BEN).await?;
        ben.enter("Room number", "CAFE\u{301}  team ", "cafe-team-")
            .await?;
        ben.button("Join room").await?;
        user_actions::sees_person(&ben, ANA).await
    })
    .await
}

#[tokio::test]
async fn caret_stays_where_letters_are_typed() -> Result<()> {
    run_beside_another("lobby-caret", async |env| {
        let relay = env.relay(&[]).await?;
        let ana = env.browser("ana").await?;
        ana.open(&relay.web()).await?;
        ana.fill("Room number", "ab").await?;
        ana.keys(Key::Left + "").await?;
        ana.keys("ß!É ").await?;
        ana.holds("Room number", "ass-e-b").await
    })
    .await
}

#[tokio::test]
async fn pasted_sentence_becomes_the_room_of_its_link() -> Result<()> {
    run_beside_another("lobby-pasted", async |env| {
        let relay = env.relay(&[]).await?;
        let ana = env.browser("ana").await?;
        ana.open(&relay.web()).await?;
        let link = format!("{}/r/Team-1", relay.web());
        let address = relay.web().replace("http://", "");
        for (text, room) in [
            (link.clone(), "Team-1"),
            (format!("Come to {link}, at noon."), "Team-1"),
            (format!("<{link}>"), "Team-1"),
            (format!("{address}/r/42."), "42"),
            (format!("snug://{address}/r/caf%C3%A9"), "cafe"),
        ] {
            paste(&ana, &text).await?;
            ana.holds("Room number", room).await?;
        }
        let elsewhere = "https://relay.example.org/r/42";
        paste(&ana, elsewhere).await?;
        is_described(&ana, "Room number").await?;
        ana.holds("Room number", elsewhere).await
    })
    .await
}

#[tokio::test]
async fn typed_values_are_kept_for_the_next_visit() -> Result<()> {
    run_beside_another("lobby-remembers", async |env| {
        let relay = env.relay(&[]).await?;
        let ana = env.browser("ana").await?;
        user_actions::visit(&ana, &relay, ANA, "42").await?;
        ana.button("Leave room").await?;
        ana.sees(Role::Heading, "Join a room").await?;
        ana.open(&relay.web()).await?;
        ana.holds("Email", ANA).await?;
        ana.holds("Room number", "42").await
    })
    .await
}

#[tokio::test]
async fn denied_permission_is_shown_and_joining_works() -> Result<()> {
    run_beside_another("lobby-denied", async |env| {
        let relay = env.relay(&[]).await?;
        let denied = Computer {
            permission: Permission::Denied,
            ..Computer::default()
        };
        let ana = env.browser_on("ana", denied).await?;
        let ben = env.browser("ben").await?;
        ana.open(&relay.web()).await?;
        ana.says("may not use the camera").await?;
        user_actions::meet(&relay, [(&ana, ANA), (&ben, BEN)], "42").await?;
        user_actions::call(&ana, &ben).await?;
        media_stats::person_is_seen_and_heard(&ana, BEN).await
    })
    .await
}

#[tokio::test]
async fn person_without_a_camera_is_heard() -> Result<()> {
    run_beside_another("lobby-no-camera", async |env| {
        let relay = env.relay(&[]).await?;
        let blind = Computer {
            devices: Devices::cameras(0),
            ..Computer::default()
        };
        let ana = env.browser_on("ana", blind).await?;
        let ben = env.browser("ben").await?;
        ana.open(&relay.web()).await?;
        ana.says("No camera was found").await?;
        user_actions::meet(&relay, [(&ana, ANA), (&ben, BEN)], "42").await?;
        user_actions::call(&ana, &ben).await?;
        media_stats::person_is_seen_and_heard(&ana, BEN).await?;
        media_stats::audio_plays(&ben, ANA).await
    })
    .await
}

#[tokio::test]
async fn missing_microphone_is_shown_and_others_are_heard() -> Result<()> {
    run_beside_another("lobby-no-microphone", async |env| {
        let relay = env.relay(&[]).await?;
        let bare = Computer {
            devices: Devices::None,
            ..Computer::default()
        };
        let ana = env.browser_on("ana", bare).await?;
        let ben = env.browser("ben").await?;
        ana.open(&relay.web()).await?;
        ana.says("No microphone was found").await?;
        user_actions::meet(&relay, [(&ana, ANA), (&ben, BEN)], "42").await?;
        user_actions::call(&ben, &ana).await?;
        media_stats::person_is_seen_and_heard(&ana, BEN).await
    })
    .await
}

/// Replaces the text of the room field at once.
async fn paste(page: &Page, text: &str) -> Result<()> {
    page.fill("Email", text).await?;
    let email = page.find(Role::TextBox, "Email").await?;
    for key in ["a", "c"] {
        email.send_keys(Key::Control + key).await?;
    }
    let room = page.find(Role::TextBox, "Room number").await?;
    for key in ["a", "v"] {
        room.send_keys(Key::Control + key).await?;
    }
    Ok(())
}

/// Waits until this field has a description.
async fn is_described(page: &Page, field: &str) -> Result<()> {
    let what = format!("{field} has a problem beside it");
    e2e::wait::until(&what, async || {
        let invalid = page.is_invalid(field).await?;
        let description = page.description(field).await?;
        Ok((invalid && description.ends_with('.')).then_some(()))
    })
    .await
}
