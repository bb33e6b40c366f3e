//! The doctor finds TURN servers that clients cannot use.

use relay_doctor::{Cause, Outcome, Report, Step};
use signal_server::Secret;
use tokio::net::{TcpListener, UdpSocket};

use crate::{
    relay::{Relay, check, free_port, look_at, outcomes},
    tools::{self, Coturn},
};

async fn look_with(url: String, secret: &str) -> Report {
    let relay = Relay::start(|config| {
        config.turn.urls = vec![url];
        config.turn.secret = Some(Secret::new(secret));
    })
    .await;
    let report = look_at(&relay.url()).await;
    assert_eq!(
        outcomes(&report, Step::Join),
        [Outcome::Well],
        "{report:#?}"
    );
    report
}

#[tokio::test]
async fn closed_udp_port_of_turn_is_found() {
    let port = free_port();
    let report = look_with(format!("turn:127.0.0.1:{port}?transport=udp"), "any secret").await;
    let flag = format!("--turn '127.0.0.1:{port}'");
    check(
        &report,
        Step::Turn,
        Outcome::Failed,
        Cause::Refused,
        &[&flag, "UDP"],
    );
    assert!(!report.well);
}

#[tokio::test]
async fn firewall_before_turn_over_udp_is_found() {
    let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let report = look_with(format!("turn:127.0.0.1:{port}?transport=udp"), "any secret").await;
    let rule = format!("ufw allow {port}/udp");
    check(
        &report,
        Step::Turn,
        Outcome::Failed,
        Cause::NoAnswer,
        &[&rule],
    );
}

#[tokio::test]
async fn closed_tcp_and_tls_ports_of_turn_are_found() {
    let port = free_port();
    let report = look_with(format!("turn:127.0.0.1:{port}?transport=tcp"), "any secret").await;
    check(
        &report,
        Step::Turn,
        Outcome::Failed,
        Cause::Refused,
        &["--turn '", "TCP"],
    );
    let report = look_with(format!("turns:127.0.0.1:{port}"), "any secret").await;
    check(
        &report,
        Step::Turn,
        Outcome::Failed,
        Cause::Refused,
        &["--turn-tls '"],
    );
}

#[tokio::test]
async fn turn_port_of_another_program_is_found() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let report = look_with(format!("turn:127.0.0.1:{port}?transport=tcp"), "any secret").await;
    check(
        &report,
        Step::Turn,
        Outcome::Failed,
        Cause::TurnRefused,
        &["another program"],
    );
    let relay = Relay::start(|_| ()).await;
    let url = format!("turns:{}", relay.address);
    let report = look_with(url, "any secret").await;
    check(
        &report,
        Step::Turn,
        Outcome::Failed,
        Cause::NoTls,
        &["--turn-tls"],
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn coturn_works_with_the_relays_secret_only() {
    if !tools::are_installed() {
        return;
    }
    let coturn = Coturn::start("known to both").await;
    let url = |by: &str| format!("turn:{}?transport={by}", coturn.address);
    for by in ["udp", "tcp"] {
        let report = look_with(url(by), "known to both").await;
        assert_eq!(
            outcomes(&report, Step::Turn),
            [Outcome::Well],
            "{report:#?}"
        );
        assert_eq!(
            outcomes(&report, Step::Packet),
            [Outcome::Well],
            "{report:#?}"
        );
        let report = look_with(url(by), "not known to it").await;
        check(
            &report,
            Step::Turn,
            Outcome::Failed,
            Cause::CredentialsRefused,
            &["--turn-secret", "static-auth-secret"],
        );
    }
}

#[tokio::test]
async fn quota_of_one_allocation_is_found() {
    let relay = Relay::start(|config| {
        config.turn.listen = vec![([127, 0, 0, 1], free_port()).into()];
        config.turn.allocations = 1;
    })
    .await;
    let report = look_at(&relay.url()).await;
    check(
        &report,
        Step::Packet,
        Outcome::Failed,
        Cause::QuotaReached,
        &["--turn-allocations"],
    );
}
