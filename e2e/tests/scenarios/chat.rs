//! Messages of the chat between a window and a browser.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use e2e::{
    media_stats,
    page::{Page, Role},
    test_env::{run_beside_another, run_test},
    user_actions, wait,
};
use thirtyfour::Key;

use crate::{ANA, window_and_browser};

#[tokio::test]
async fn chat_has_one_order_in_window_and_browser() -> Result<()> {
    run_test("chat", async |env| {
        let (relay, ana, ben) = window_and_browser(env, &[]).await?;

        // In the room, by the relay.
        ana.button("Chat").await?;
        ben.button("Chat").await?;
        send(&ana, "first <b>message</b>").await?;
        ben.says("first <b>message</b>").await?;
        ana.says("Delivered").await?;
        send(&ben, "second").await?;
        ana.says("second").await?;
        ana.button("Close chat").await?;
        ben.button("Close chat").await?;

        // In the call, by the connection.
        user_actions::call(&ana, &ben).await?;
        ana.button("Chat").await?;
        ben.button("Chat").await?;
        send(&ana, "third").await?;
        ben.says("third").await?;

        // The panels are tabs of one.
        ana.press(Role::Tab, "People").await?;
        ana.sees(Role::Heading, "People").await?;
        ana.press(Role::Tab, "Chat").await?;
        ana.sees(Role::Log, "Messages").await?;

        // A reload keeps the messages.
        ben.reload().await?;
        user_actions::in_call(&ben).await?;
        ben.button("Chat").await?;
        ben.says("third").await?;
        media_stats::video_plays(&ben, ANA).await?;

        // Without the relay as well.
        env.expect_console("ERR_CONNECTION_REFUSED");
        relay.stop().await?;
        send(&ana, "fourth").await?;
        ben.says("fourth").await?;
        relay.revive().await?;
        in_order(&ana).await?;
        in_order(&ben).await
    })
    .await
}

async fn send(page: &Page, text: &str) -> Result<()> {
    page.fill("Message", text).await?;
    page.button("Send").await
}

/// Each message once, in the order of sending.
async fn in_order(page: &Page) -> Result<()> {
    let messages = page.text(Role::Log, "Messages").await?;
    let places: Vec<_> = ["first", "second", "third", "fourth"]
        .iter()
        .map(|text| messages.match_indices(text).map(|(at, _)| at).collect())
        .collect::<Vec<Vec<_>>>();
    ensure!(places.iter().all(|found| found.len() == 1), "{messages}");
    ensure!(places.is_sorted(), "{messages}");
    Ok(())
}

const FOCUSED: &str = "
    const focused = document.activeElement;
    return focused?.ariaLabel ?? focused?.innerText?.trim() ?? '';";
/// Messages of the chat get lost on this page's channels from now on.
const LOSE_MESSAGES: &str = "
    window.snugSend = RTCDataChannel.prototype.send;
    RTCDataChannel.prototype.send = function (message) {
      if (this.label === 'talk' && String(message).includes('\"entries\"')) return;
      return window.snugSend.call(this, message);
    };";
const LOSE_NO_MORE: &str = "RTCDataChannel.prototype.send = window.snugSend;";
/// The chat gives up after a minute.
const GIVING_UP: Duration = Duration::from_secs(150);
/// So many steps by Tab, at most.
const MAX_STEPS: usize = 12;

async fn has_focus(page: &Page, name: &str) -> Result<()> {
    wait::until(&format!("{name} has the focus"), async || {
        Ok((page.script::<String>(FOCUSED, vec![]).await? == name).then_some(()))
    })
    .await
}

/// Goes back by Shift and Tab to what has this name.
async fn back_to(page: &Page, name: &str) -> Result<()> {
    let mut passed = vec![];
    for _ in 0..MAX_STEPS {
        let keys = page.driver().action_chain().key_down(Key::Shift);
        keys.send_keys(Key::Tab + "")
            .key_up(Key::Shift)
            .perform()
            .await?;
        let now: String = page.script(FOCUSED, vec![]).await?;
        if now == name {
            return Ok(());
        }
        passed.push(now);
    }
    bail!("{}: no way back to {name}, only {passed:?}", page.name())
}

#[tokio::test]
async fn chat_needs_no_pointer_in_window_and_browser() -> Result<()> {
    run_test("chat-keyboard", async |env| {
        let (_relay, ana, ben) = window_and_browser(env, &[]).await?;
        for page in [&ana, &ben] {
            page.keys("c").await?;
            has_focus(page, "Message").await?;
        }
        for (page, other, text) in [(&ana, &ben, "good morning"), (&ben, &ana, "good evening")] {
            page.keys(text).await?;
            page.keys(Key::Enter + "").await?;
            other.says(text).await?;
            // The box is empty, and has the focus for the next one.
            has_focus(page, "Message").await?;
            page.holds("Message", "").await?;
            back_to(page, "Messages").await?;
        }
        for page in [&ana, &ben] {
            page.keys(Key::Tab + "").await?;
            has_focus(page, "Copy all").await?;
            page.keys(Key::Tab + "").await?;
            has_focus(page, "Take back").await?;
            page.keys(Key::Enter + "").await?;
        }
        for page in [&ana, &ben] {
            page.says_no_more("good").await?;
            page.keys(Key::Escape + "").await?;
            page.sees_no(Role::Log, "Messages").await?;
            has_focus(page, "Chat").await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn lost_message_is_sent_again_by_keyboard() -> Result<()> {
    run_beside_another("chat-retry", async |env| {
        let (_relay, ana, ben) = crate::ana_calls_ben(env, &[]).await?;
        for page in [&ana, &ben] {
            page.keys("c").await?;
            has_focus(page, "Message").await?;
        }
        ana.script::<()>(LOSE_MESSAGES, vec![]).await?;
        ana.keys("are you there?").await?;
        ana.keys(Key::Enter + "").await?;
        wait::until_within(GIVING_UP, "it is not delivered", async || {
            let words = ana.words().await?;
            Ok(words.contains("Not delivered to Ben").then_some(()))
        })
        .await?;
        ben.says("No messages yet.").await?;
        ana.script::<()>(LOSE_NO_MORE, vec![]).await?;
        back_to(&ana, "Retry").await?;
        ana.keys(Key::Enter + "").await?;
        ben.says("are you there?").await?;
        ana.says("Delivered").await
    })
    .await
}

#[tokio::test]
async fn link_in_the_app_opens_in_the_systems_browser() -> Result<()> {
    run_test("chat-link", async |env| {
        let opened = env.folder().join("opened");
        let browser = env.folder().join("browser.sh");
        put(
            &browser,
            &format!("#!/bin/sh\necho \"$1\" > {}\n", opened.display()),
        )?;
        fs::set_permissions(&browser, Permissions::from_mode(0o755))?;
        let entry = format!(
            "[Desktop Entry]\nType=Application\nName=Browser\nExec={} %u\n",
            browser.display()
        );
        put(
            &env.folder().join("ana-data/applications/browser.desktop"),
            &entry,
        )?;
        let defaults = "[Default Applications]\nx-scheme-handler/https=browser.desktop\n";
        put(&env.folder().join("ana-config/mimeapps.list"), defaults)?;
        let (_relay, ana, ben) = window_and_browser(env, &[]).await?;
        ana.button("Chat").await?;
        ben.button("Chat").await?;
        send(&ben, "see https://example.org/a?b=c and file:///etc/passwd").await?;
        ana.press(Role::Link, "https://example.org/a?b=c").await?;
        wait::until("the browser is started with the link", async || {
            let found = fs::read_to_string(&opened).unwrap_or_default();
            Ok((found == "https://example.org/a?b=c\n").then_some(()))
        })
        .await?;
        // The window still shows the room.
        ana.says("see").await
    })
    .await
}

fn put(path: &Path, text: &str) -> Result<()> {
    fs::create_dir_all(path.parent().context("no folder")?)?;
    Ok(fs::write(path, text)?)
}
