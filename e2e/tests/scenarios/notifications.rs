//! Events are shown, not only spoken. The title and the address bar show where one is.

use anyhow::{Result, ensure};
use e2e::{
    page::{Page, Role},
    test_env::run_beside_another,
    user_actions::{self, in_call, out_of_call},
    wait,
};
use thirtyfour::Key;

use crate::{BEN, CAM, ana_and_ben, ana_calls_ben};

#[tokio::test]
async fn join_and_leave_are_shown_by_name() -> Result<()> {
    run_beside_another("notifications", async |env| {
        let (relay, ana, ben) = ana_and_ben(env, &[]).await?;
        let cam = env.browser("cam").await?;
        user_actions::visit(&cam, &relay, CAM, "42").await?;
        notified(&ana, "Cam is here.").await?;
        ben.button("Leave room").await?;
        notified(&ana, "Ben has left the room.").await?;
        // It disappears by itself, and contained no email.
        wait::until("the notifications are gone", async || {
            Ok(notifications(&ana).await?.is_empty().then_some(()))
        })
        .await?;
        ana.says_no_more(BEN).await
    })
    .await
}

#[tokio::test]
async fn back_in_a_call_does_not_end_it() -> Result<()> {
    run_beside_another("back-in-call", async |env| {
        let (relay, ana, ben) = ana_calls_ben(env, &[]).await?;
        let room = format!("{}/r/42", relay.web());
        stands_at(&ana, &room).await?;
        ana.driver().back().await?;
        notified(&ana, "You are still in the call.").await?;
        in_call(&ana).await?;
        stands_at(&ana, &room).await?;
        ensure!(
            asks_before_closing(&ana).await?,
            "closing the tab asks nothing"
        );
        ben.button("Leave call").await?;
        out_of_call(&ana).await?;
        ensure!(
            !asks_before_closing(&ana).await?,
            "closing asks without a call"
        );
        ana.driver().back().await?;
        ana.sees(Role::Heading, "Join a room").await?;
        stands_at(&ana, &format!("{}/", relay.web())).await
    })
    .await
}

#[tokio::test]
async fn title_shows_room_and_caller() -> Result<()> {
    run_beside_another("titles", async |env| {
        let (_relay, ana, ben) = ana_and_ben(env, &[]).await?;
        is_titled(&ana, "Room 42 – Snug").await?;
        ana.button("Call").await?;
        is_titled(&ben, "Ana is calling – Room 42 – Snug").await?;
        user_actions::accept(&ben).await?;
        is_titled(&ben, "In a call – Room 42 – Snug").await?;
        ben.button("Leave call").await?;
        out_of_call(&ben).await?;
        ben.button("Leave room").await?;
        is_titled(&ben, "Join a room – Snug").await
    })
    .await
}

#[tokio::test]
async fn key_l_asks_and_a_second_press_leaves() -> Result<()> {
    run_beside_another("stray-l", async |env| {
        let (_relay, ana, ben) = ana_calls_ben(env, &[]).await?;
        ana.keys("l").await?;
        notified(&ana, "Press L again to leave the call.").await?;
        in_call(&ana).await?;
        ana.keys("ll").await?;
        out_of_call(&ana).await?;
        out_of_call(&ben).await
    })
    .await
}

#[tokio::test]
async fn single_keys_switched_off_do_nothing() -> Result<()> {
    run_beside_another("single-keys", async |env| {
        let (_relay, ana, _ben) = ana_calls_ben(env, &[]).await?;
        ana.button("Settings").await?;
        ana.press(Role::Tab, "Shortcuts").await?;
        ana.press(Role::Switch, "Single-key shortcuts").await?;
        ana.keys(Key::Escape).await?;
        ana.sees_no(Role::Dialog, "Settings").await?;
        ana.keys("mvll").await?;
        ana.sees(Role::Button, "Mute microphone").await?;
        ana.sees(Role::Button, "Turn camera off").await?;
        in_call(&ana).await
    })
    .await
}

async fn notified(page: &Page, words: &str) -> Result<()> {
    let what = format!("{}: a notification says “{words}”", page.name());
    wait::until(&what, async || {
        Ok(notifications(page).await?.contains(words).then_some(()))
    })
    .await
}

async fn notifications(page: &Page) -> Result<String> {
    page.script(
        "return document.querySelector('[role=region][aria-label=Notifications]')?.innerText ?? ''",
        vec![],
    )
    .await
}

async fn stands_at(page: &Page, address: &str) -> Result<()> {
    let what = format!("{}: the address bar says {address}", page.name());
    wait::until(&what, async || {
        let at = page.driver().current_url().await?;
        Ok((at.as_str() == address).then_some(()))
    })
    .await
}

async fn is_titled(page: &Page, title: &str) -> Result<()> {
    let what = format!("{}: the title is “{title}”", page.name());
    wait::until(&what, async || {
        Ok((page.driver().title().await? == title).then_some(()))
    })
    .await
}

/// Asks the page as the browser does, without closing anything.
async fn asks_before_closing(page: &Page) -> Result<bool> {
    page.script(
        "return !window.dispatchEvent(new Event('beforeunload', { cancelable: true }))",
        vec![],
    )
    .await
}
