//! Firefox is a guest like any other: calls with Chromium and with the app's window, in both
//! directions of calling.

use anyhow::Result;
use e2e::{
    media_stats,
    page::Page,
    relay::Relay,
    test_env::{TestEnv, run_test},
    user_actions,
};

use crate::{ANA, BEN, ben_leaves_the_call};

/// Ana calls Ben and Ben calls Ana. Both see and hear each other each time.
async fn both_call(ana: &Page, ben: &Page) -> Result<()> {
    for (caller, callee) in [(ana, ben), (ben, ana)] {
        user_actions::call(caller, callee).await?;
        media_stats::person_is_seen_and_heard(ana, BEN).await?;
        media_stats::person_is_seen_and_heard(ben, ANA).await?;
        ben_leaves_the_call(ana, ben).await?;
    }
    Ok(())
}

/// Ben, in Firefox, in the room where Ana is.
async fn ben_joins(env: &TestEnv, relay: &Relay, ana: &Page) -> Result<Page> {
    let ben = env.firefox("ben").await?;
    user_actions::visit(&ben, relay, BEN, "42").await?;
    user_actions::sees_person(ana, BEN).await?;
    user_actions::sees_person(&ben, ANA).await?;
    Ok(ben)
}

#[tokio::test]
async fn firefox_and_chromium_call_each_other() -> Result<()> {
    run_test("firefox-chromium", async |env| {
        let relay = env.relay(&[]).await?;
        let ana = env.browser("ana").await?;
        user_actions::visit(&ana, &relay, ANA, "42").await?;
        let ben = ben_joins(env, &relay, &ana).await?;
        both_call(&ana, &ben).await
    })
    .await
}

#[tokio::test]
async fn firefox_and_the_window_call_each_other() -> Result<()> {
    run_test("firefox-window", async |env| {
        let relay = env.relay(&[]).await?;
        let ana = env.window_at("ana", &relay).await?;
        user_actions::join(&ana, ANA, "42").await?;
        let ben = ben_joins(env, &relay, &ana).await?;
        both_call(&ana, &ben).await
    })
    .await
}

#[tokio::test]
async fn reloaded_firefox_returns_to_its_call() -> Result<()> {
    run_test("firefox-reload", async |env| {
        let relay = env.relay(&[]).await?;
        let ana = env.browser("ana").await?;
        user_actions::visit(&ana, &relay, ANA, "42").await?;
        let ben = ben_joins(env, &relay, &ana).await?;
        user_actions::call(&ana, &ben).await?;
        media_stats::person_is_seen_and_heard(&ana, BEN).await?;
        ben.reload().await?;
        user_actions::in_call(&ben).await?;
        media_stats::person_is_seen_and_heard(&ben, ANA).await?;
        media_stats::person_is_seen_and_heard(&ana, BEN).await
    })
    .await
}
