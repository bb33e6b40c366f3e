//! Calls of the app's window that have no other way than a TURN server: coturn, by UDP and by TCP.

use anyhow::Result;
use e2e::{
    figures, path,
    stage::{Stage, play},
    turn::{By, TurnServer},
    visit,
};

use crate::{ANA, BEN};

/// What calls Ana's window.
#[derive(Debug, Clone, Copy)]
enum Caller {
    Browser,
    Window,
}

#[tokio::test]
async fn a_browser_and_a_window_meet_at_a_turn_server_by_udp() -> Result<()> {
    play("relay-browser-udp", async |stage| {
        meet(stage, Caller::Browser, By::Udp).await
    })
    .await
}

#[tokio::test]
async fn a_browser_and_a_window_meet_at_a_turn_server_by_tcp() -> Result<()> {
    play("relay-browser-tcp", async |stage| {
        meet(stage, Caller::Browser, By::Tcp).await
    })
    .await
}

#[tokio::test]
async fn two_windows_meet_at_a_turn_server_by_udp() -> Result<()> {
    play("relay-windows-udp", async |stage| {
        meet(stage, Caller::Window, By::Udp).await
    })
    .await
}

#[tokio::test]
async fn two_windows_meet_at_a_turn_server_by_tcp() -> Result<()> {
    play("relay-windows-tcp", async |stage| {
        meet(stage, Caller::Window, By::Tcp).await
    })
    .await
}

async fn meet(stage: &Stage, caller: Caller, by: By) -> Result<()> {
    let turn = TurnServer::start(stage.folder()).await?;
    let relay = stage.relay(&["--ice-server", &turn.option(by)]).await?;
    let ana = stage.window_at("ana", &relay).await?;
    let ben = match caller {
        Caller::Browser => {
            let ben = stage.browser("ben").await?;
            ben.open(&relay.web()).await?;
            ben
        }
        Caller::Window => stage.window_at("ben", &relay).await?,
    };
    path::only_relayed(&ana).await?;
    path::only_relayed(&ben).await?;
    visit::join_both([(&ana, ANA), (&ben, BEN)], "42").await?;
    visit::call(&ben, &ana).await?;
    figures::person_comes_through(&ana, BEN).await?;
    figures::person_comes_through(&ben, ANA).await?;
    path::is_relayed(&ana, by).await?;
    path::is_relayed(&ben, by).await
}
