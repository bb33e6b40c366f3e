//! Calls of the app's window whose only path is a TURN server: coturn, by UDP and by TCP.

use anyhow::Result;
use e2e::{
    media_stats, path,
    test_env::{TestEnv, run_test},
    turn::{By, TurnServer},
    user_actions,
};

use crate::{ANA, BEN};

/// The caller of Ana's window.
#[derive(Debug, Clone, Copy)]
enum Caller {
    Browser,
    Window,
}

#[tokio::test]
async fn browser_and_window_meet_at_a_turn_server_over_udp() -> Result<()> {
    run_test("relay-browser-udp", async |env| {
        meet(env, Caller::Browser, By::Udp).await
    })
    .await
}

#[tokio::test]
async fn browser_and_window_meet_at_a_turn_server_over_tcp() -> Result<()> {
    run_test("relay-browser-tcp", async |env| {
        meet(env, Caller::Browser, By::Tcp).await
    })
    .await
}

#[tokio::test]
async fn windows_meet_at_a_turn_server_over_udp() -> Result<()> {
    run_test("relay-windows-udp", async |env| {
        meet(env, Caller::Window, By::Udp).await
    })
    .await
}

#[tokio::test]
async fn windows_meet_at_a_turn_server_over_tcp() -> Result<()> {
    run_test("relay-windows-tcp", async |env| {
        meet(env, Caller::Window, By::Tcp).await
    })
    .await
}

async fn meet(env: &TestEnv, caller: Caller, by: By) -> Result<()> {
    let turn = TurnServer::start(env.folder()).await?;
    let relay = env.relay(&["--ice-server", &turn.option(by)]).await?;
    let ana = env.window_at("ana", &relay).await?;
    let ben = match caller {
        Caller::Browser => {
            let ben = env.browser("ben").await?;
            ben.open(&relay.web()).await?;
            ben
        }
        Caller::Window => env.window_at("ben", &relay).await?,
    };
    path::only_relayed(&ana).await?;
    path::only_relayed(&ben).await?;
    user_actions::join_both([(&ana, ANA), (&ben, BEN)], "42").await?;
    user_actions::call(&ben, &ana).await?;
    media_stats::person_is_seen_and_heard(&ana, BEN).await?;
    media_stats::person_is_seen_and_heard(&ben, ANA).await?;
    path::is_relayed(&ana, by).await?;
    path::is_relayed(&ben, by).await
}
