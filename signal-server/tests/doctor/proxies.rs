//! The doctor finds proxies that forward too little.

use relay_doctor::{Cause, Outcome, Report, Step};

use crate::{
    proxy::{Behaviour, Proxy},
    relay::{Relay, check, check_stopped, free_port, look_at, outcomes},
};

async fn look_through(behaviour: Behaviour) -> Report {
    let relay = Relay::start(|_| ()).await;
    let proxy = Proxy::start(relay.address, behaviour, None).await;
    look_at(&format!("http://{}", proxy.address)).await
}

#[tokio::test]
async fn proxy_that_drops_the_upgrade_is_found() {
    let report = look_through(Behaviour::DropsUpgrade).await;
    check_stopped(
        &report,
        Step::Websocket,
        Cause::UpgradeDropped,
        &["proxy_set_header Upgrade $http_upgrade"],
    );
}

#[tokio::test]
async fn proxy_that_changes_the_host_is_found() {
    let report = look_through(Behaviour::ChangesHost).await;
    check_stopped(
        &report,
        Step::Websocket,
        Cause::OriginRefused,
        &["proxy_set_header Host $http_host", "--allow-origin"],
    );
}

#[tokio::test]
async fn name_unknown_to_the_relay_is_found() {
    let report = look_through(Behaviour::ChangesHostToAPublicName).await;
    check_stopped(
        &report,
        Step::Http,
        Cause::HostUnknown,
        &["--host", "proxy_set_header Host $http_host"],
    );
}

#[tokio::test]
async fn proxy_that_drops_the_subprotocol_is_found() {
    let report = look_through(Behaviour::DropsSubprotocol).await;
    check_stopped(
        &report,
        Step::Websocket,
        Cause::SubprotocolDropped,
        &["Sec-WebSocket-Protocol"],
    );
}

#[tokio::test]
async fn proxy_that_forwards_no_socket_is_found() {
    let report = look_through(Behaviour::ForwardsNoSocket).await;
    check_stopped(
        &report,
        Step::Websocket,
        Cause::NotPassedOn,
        &["/ws", "proxy_pass"],
    );
}

#[tokio::test]
async fn proxy_that_closes_the_socket_is_found() {
    let report = look_through(Behaviour::ClosesSockets).await;
    check_stopped(
        &report,
        Step::Websocket,
        Cause::NotHttp,
        &["closed without an answer"],
    );
}

#[tokio::test]
async fn proxy_that_forwards_only_the_socket_is_found() {
    let report = look_through(Behaviour::ForwardsOnlyTheSocket).await;
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
async fn redirect_to_another_host_is_found() {
    let report = look_through(Behaviour::Redirects).await;
    check_stopped(
        &report,
        Step::Http,
        Cause::Redirected,
        &["https://other.example/"],
    );
}

#[tokio::test]
async fn proxy_without_its_relay_is_found() {
    let nobody = ([127, 0, 0, 1], free_port()).into();
    let proxy = Proxy::start(nobody, Behaviour::ForwardsEverything, None).await;
    let report = look_at(&format!("http://{}", proxy.address)).await;
    check_stopped(
        &report,
        Step::Http,
        Cause::BehindProxyAway,
        &["HTTP 502", "127.0.0.1:8787"],
    );
}

#[tokio::test]
async fn proxy_that_the_relay_does_not_trust_is_found() {
    let relay = Relay::start(|config| config.sockets_per_address = 1).await;
    let proxy = Proxy::start(relay.address, Behaviour::ForwardsEverything, None).await;
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
