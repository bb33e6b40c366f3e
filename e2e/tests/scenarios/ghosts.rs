//! Who is really there: killed browsers, a closed tab and a broken line, on one node and on two.

use std::time::Duration;

use anyhow::{Result, ensure};
use e2e::{
    media_stats,
    nodes::Nodes,
    page::{Page, Role},
    proxy::Proxy,
    test_env::{TestEnv, run_test},
    user_actions::{call, in_call, join_both, out_of_call},
    wait,
};
use tempfile::TempDir;
use tokio::task::LocalSet;

use crate::{ANA, BEN, CONNECTION_REFUSED};

/// Once both are back, their lists are right within this time.
const MAX_TIME_TO_AGREE: Duration = Duration::from_secs(1);
/// In seconds, the defaults of the relay's `--lost-notice` and `--away-grace`.
const LOST_NOTICE: f64 = 2.0;
const AWAY_GRACE: f64 = 5.0;
/// In seconds, until a page on a busy computer shows what its relay has said. Less than until the
/// long grace is over.
const TIME_TO_SHOW: f64 = 10.0;
/// Chromium writes a page's storage to the disk some seconds after a change.
const STORAGE_DELAY: Duration = Duration::from_secs(6);
const LOST: &str = "Connection lost";
const IN_CALL: &str = "In a call";
/// A browser's console error for a socket whose line breaks.
const SOCKET_FAILED: &str = "WebSocket connection to";

/// Notes whether the page rings from now on.
pub(crate) const WATCH_FOR_RING: &str = "
    window.snugRang = false;
    const look = () => {
      const dialogs = [...document.querySelectorAll('[role=dialog], [role=alertdialog], dialog')];
      window.snugRang ||= dialogs.some((dialog) => dialog.textContent.includes('Accept'));
    };
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
";

/// The relay as pages reach it.
struct Address {
    web: String,
    port: u16,
}

async fn on_one_node(
    name: &str,
    test: impl AsyncFnOnce(&TestEnv, &Address) -> Result<()>,
) -> Result<()> {
    let play = run_test(name, async |env| {
        let relay = env.relay(&[]).await?;
        let address = Address {
            web: relay.web(),
            port: relay.port(),
        };
        test(env, &address).await
    });
    LocalSet::new().run_until(play).await
}

#[tokio::test]
async fn killed_browsers_in_a_call_come_back_once() -> Result<()> {
    on_one_node("ghosts-killed", async |env, address| {
        killed_browsers_come_back_once(env, address, "42").await
    })
    .await
}

#[tokio::test]
async fn person_with_a_closed_tab_is_gone_after_five_seconds() -> Result<()> {
    on_one_node("ghosts-closed-tab", async |env, address| {
        closed_tab_is_gone(env, address, "42").await
    })
    .await
}

#[tokio::test]
async fn person_with_a_broken_line_is_lost_and_back_without_ring() -> Result<()> {
    on_one_node("ghosts-broken-line", async |env, address| {
        broken_line_is_lost_and_back(env, address, "42").await
    })
    .await
}

#[tokio::test]
async fn two_nodes_know_who_is_really_there() -> Result<()> {
    let play = run_test("ghosts-two-nodes", async |env| {
        // The nodes end before the pages do.
        env.expect_console(CONNECTION_REFUSED);
        let nodes = Nodes::start(env).await?;
        let address = Address {
            web: nodes.web(),
            port: nodes.port(),
        };
        killed_browsers_come_back_once(env, &address, "1").await?;
        closed_tab_is_gone(env, &address, "2").await?;
        broken_line_is_lost_and_back(env, &address, "3").await
    });
    LocalSet::new().run_until(play).await
}

/// Both are killed in a call and come back with their devices within the grace: each sees the other
/// once, as somebody who can be called, and Call rings the one who is there.
async fn killed_browsers_come_back_once(
    env: &TestEnv,
    Address { web, .. }: &Address,
    room: &str,
) -> Result<()> {
    let [at_ana, at_ben] = [TempDir::new()?, TempDir::new()?];
    let meet = async |again: &str| -> Result<[Page; 2]> {
        let name = |person: &str| format!("{person}-{room}-{again}");
        let ana = env.browser_of(&name("ana"), at_ana.path()).await?;
        let ben = env.browser_of(&name("ben"), at_ben.path()).await?;
        for page in [&ana, &ben] {
            page.open(web).await?;
        }
        join_both([(&ana, ANA), (&ben, BEN)], room).await?;
        Ok([ana, ben])
    };

    let [ana, ben] = meet("before").await?;
    call(&ana, &ben).await?;
    media_stats::video_plays(&ana, BEN).await?;
    wait::measure_for(STORAGE_DELAY).await;
    env.kill_browser(&ana)?;
    env.kill_browser(&ben)?;

    let [ana, ben] = meet("after").await?;
    wait::until_within(MAX_TIME_TO_AGREE, "nobody is a ghost", async || {
        is_there_once(&ana, BEN).await?;
        is_there_once(&ben, ANA).await?;
        Ok(Some(()))
    })
    .await?;
    call(&ana, &ben).await?;
    media_stats::person_is_seen_and_heard(&ana, BEN).await?;
    media_stats::person_is_seen_and_heard(&ben, ANA).await?;
    env.close_browser(&ana).await?;
    env.close_browser(&ben).await
}

/// In the list of the room, not lost and not in a call.
async fn is_there_once(page: &Page, email: &str) -> Result<()> {
    let entries = page.text(Role::List, "People").await?;
    let is_right = entries.matches(email).count() == 1
        && !entries.contains(LOST)
        && !entries.contains(IN_CALL);
    ensure!(is_right, "{} sees {entries:?}", page.name());
    Ok(())
}

async fn closed_tab_is_gone(
    env: &TestEnv,
    Address { web, .. }: &Address,
    room: &str,
) -> Result<()> {
    let [ana, ben] = in_a_call(env, web, web, room).await?;
    let tab = ben.driver().window().await?;
    let other_tab = ben.driver().new_tab().await?;
    ben.driver().switch_to_window(tab).await?;
    let closed = wait::clock();
    ben.driver().close_window().await?;
    ben.driver().switch_to_window(other_tab).await?;
    out_of_call(&ana).await?;
    ana.says(&format!("You are alone in room {room}")).await?;
    let gone = (wait::clock() - closed) / 1_000.0;
    ensure!(
        (AWAY_GRACE..AWAY_GRACE + TIME_TO_SHOW).contains(&gone),
        "Ben was gone after {gone:.1} s"
    );
    env.close_browser(&ana).await?;
    env.close_browser(&ben).await
}

/// The call goes on meanwhile.
async fn broken_line_is_lost_and_back(
    env: &TestEnv,
    Address { web, port }: &Address,
    room: &str,
) -> Result<()> {
    env.expect_console(SOCKET_FAILED);
    let line = Proxy::start(*port).await?;
    let [ana, ben] = in_a_call(env, web, &line.web(), room).await?;
    ana.button("People").await?;
    ana.reads(Role::List, "People", BEN).await?;
    for page in [&ana, &ben] {
        page.script::<()>(WATCH_FOR_RING, vec![]).await?;
    }
    let cut = wait::clock();
    line.cut();
    ana.reads(Role::List, "People", LOST).await?;
    let lost = (wait::clock() - cut) / 1_000.0;
    ensure!(
        (LOST_NOTICE..LOST_NOTICE + TIME_TO_SHOW).contains(&lost),
        "Ben was shown as lost after {lost:.1} s"
    );
    media_stats::video_plays(&ana, BEN).await?;
    line.mend();
    wait::until("Ben is not lost any more", async || {
        let entries = ana.text(Role::List, "People").await?;
        Ok((entries.contains(BEN) && !entries.contains(LOST)).then_some(()))
    })
    .await?;
    for (page, other) in [(&ana, BEN), (&ben, ANA)] {
        in_call(page).await?;
        media_stats::person_is_seen_and_heard(page, other).await?;
        let rang: bool = page.script("return window.snugRang", vec![]).await?;
        ensure!(!rang, "{} rang", page.name());
    }
    env.close_browser(&ben).await?;
    env.close_browser(&ana).await
}

/// Ana's and Ben's browsers, whose pages come from these addresses.
async fn in_a_call(env: &TestEnv, at_ana: &str, at_ben: &str, room: &str) -> Result<[Page; 2]> {
    let ana = env.browser(&format!("ana-{room}")).await?;
    let ben = env.browser(&format!("ben-{room}")).await?;
    ana.open(at_ana).await?;
    ben.open(at_ben).await?;
    join_both([(&ana, ANA), (&ben, BEN)], room).await?;
    call(&ana, &ben).await?;
    media_stats::video_plays(&ana, BEN).await?;
    media_stats::video_plays(&ben, ANA).await?;
    Ok([ana, ben])
}
