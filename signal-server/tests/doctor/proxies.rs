//! Proxies that pass on too little.

use relay_doctor::{Cause, Outcome, Report, Step};

use crate::{
    proxy::{Habit, Proxy},
    relay::{Relay, check, check_stopped, free_port, look_at, outcomes},
};

async fn look_through(habit: Habit) -> Report {
    let relay = Relay::start(|_| ()).await;
    let proxy = Proxy::start(relay.address, habit, None).await;
    look_at(&format!("http://{}", proxy.address)).await
}

#[tokio::test]
async fn the_upgrade_is_dropped() {
    let report = look_through(Habit::DropsUpgrade).await;
    check_stopped(
        &report,
        Step::Websocket,
        Cause::UpgradeDropped,
        &["proxy_set_header Upgrade $http_upgrade"],
    );
}

#[tokio::test]
async fn the_host_is_changed() {
    let report = look_through(Habit::ChangesHost).await;
    check_stopped(
        &report,
        Step::Websocket,
        Cause::OriginRefused,
        &["proxy_set_header Host $http_host", "--allow-origin"],
    );
}

#[tokio::test]
async fn name_that_the_relay_does_not_know_is_said() {
    let report = look_through(Habit::ChangesHostToAPublicName).await;
    check_stopped(
        &report,
        Step::Http,
        Cause::HostUnknown,
        &["--host", "proxy_set_header Host $http_host"],
    );
}

#[tokio::test]
async fn the_subprotocol_is_dropped() {
    let report = look_through(Habit::DropsSubprotocol).await;
    check_stopped(
        &report,
        Step::Websocket,
        Cause::SubprotocolDropped,
        &["Sec-WebSocket-Protocol"],
    );
}

#[tokio::test]
async fn the_socket_is_not_passed_on() {
    let report = look_through(Habit::KnowsNoSocket).await;
    check_stopped(
        &report,
        Step::Websocket,
        Cause::NotPassedOn,
        &["/ws", "proxy_pass"],
    );
}

#[tokio::test]
async fn the_socket_is_closed() {
    let report = look_through(Habit::ClosesSockets).await;
    check_stopped(
        &report,
        Step::Websocket,
        Cause::NotHttp,
        &["closed without an answer"],
    );
}

#[tokio::test]
async fn nothing_but_the_socket_is_passed_on() {
    let report = look_through(Habit::KnowsOnlyTheSocket).await;
    check(
        &report,
        Step::Http,
        Outcome::Warning,
        Cause::NotPassedOn,
        &["/healthz"],
    );
    assert_eq!(
        outcomes(&report, Step::Join),
        [Outcome::Well],
        "{report:#?}"
    );
    assert!(report.well);
}

#[tokio::test]
async fn it_leads_elsewhere() {
    let report = look_through(Habit::Redirects).await;
    check_stopped(
        &report,
        Step::Http,
        Cause::Redirected,
        &["https://elsewhere.example/"],
    );
}

#[tokio::test]
async fn the_relay_behind_it_does_not_run() {
    let nobody = ([127, 0, 0, 1], free_port()).into();
    let proxy = Proxy::start(nobody, Habit::PassesAllOn, None).await;
    let report = look_at(&format!("http://{}", proxy.address)).await;
    check_stopped(
        &report,
        Step::Http,
        Cause::BehindProxyAway,
        &["HTTP 502", "127.0.0.1:8787"],
    );
}

#[tokio::test]
async fn everybody_counts_as_the_proxy() {
    let relay = Relay::start(|config| config.sockets_per_address = 1).await;
    let proxy = Proxy::start(relay.address, Habit::PassesAllOn, None).await;
    let url = format!("ws://{}/ws", proxy.address);
    let (held, _) = Box::pin(tokio_tungstenite::connect_async(url))
        .await
        .unwrap();
    let report = look_at(&format!("http://{}", proxy.address)).await;
    check_stopped(
        &report,
        Step::Websocket,
        Cause::TooManySockets,
        &["--trusted-proxy"],
    );
    drop(held);
}
