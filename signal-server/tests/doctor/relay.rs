//! A relay for the doctor, the report, and how a test finds an outcome in it.
//!
//! Every wait has a deadline.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener as StdListener, UdpSocket},
    ops::RangeInclusive,
    time::Duration,
};

use relay_doctor::{Cause, Finding, MAX_DURATION, Options, Outcome, Report, Step, examine};
use signal_protocol::RelayAddress;
use signal_server::Config;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::authority::Authority;

/// Longer than the doctor takes at most.
const DEADLINE: Duration = Duration::from_secs(40);

pub(crate) async fn within<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, work)
        .await
        .expect("nothing came within the deadline")
}

pub(crate) struct Relay {
    pub(crate) address: SocketAddr,
    shutdown: CancellationToken,
}

impl Relay {
    /// On 127.0.0.1, with a page.
    pub(crate) async fn start(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::default();
        change(&mut config);
        if !(config.turn.listen.is_empty() && config.turn.listen_tls.is_empty()) {
            config.turn.ports = port_range();
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        tokio::spawn(signal_server::serve(listener, config, shutdown.clone()));
        Self { address, shutdown }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

/// TURN by UDP, TCP and TLS, with the authority's certificate.
pub(crate) fn with_turn(config: &mut Config, authority: &Authority) {
    config.tls = authority.files("localhost");
    config.turn.listen = vec![(Ipv4Addr::LOCALHOST, free_port()).into()];
    config.turn.listen_tls = vec![(Ipv4Addr::LOCALHOST, free_port()).into()];
}

pub(crate) async fn look_at(url: &str) -> Report {
    look_at_with(url, Vec::new()).await
}

pub(crate) async fn look_at_with(url: &str, extra_roots: Vec<Vec<u8>>) -> Report {
    let address = RelayAddress::parse(url).unwrap();
    let mut streamed = Vec::new();
    let tell = |finding: &Finding| streamed.push(finding.clone());
    let report = within(sendable(examine(&address, Options { extra_roots }, tell))).await;
    assert_eq!(
        report.findings, streamed,
        "findings are streamed as they are reported"
    );
    let failed = |finding: &Finding| finding.outcome == Outcome::Failed;
    assert_eq!(report.well, !report.findings.iter().any(failed));
    report
}

/// A program can run the doctor as a task.
fn sendable<T>(work: impl Future<Output = T> + Send) -> impl Future<Output = T> + Send {
    work
}

/// Checks that the report has this outcome and these words. Each fault must have a remedy.
pub(crate) fn check(report: &Report, step: Step, outcome: Outcome, cause: Cause, words: &[&str]) {
    let matches = |finding: &&Finding| finding.step == step && finding.cause == Some(cause);
    let Some(finding) = report.findings.iter().find(matches) else {
        panic!("no {cause:?} at {step:?} in {report:#?}");
    };
    assert_eq!(finding.outcome, outcome, "{finding}");
    assert!(finding.remedy.is_some(), "{finding}");
    let line = finding.to_string();
    for word in words {
        assert!(line.contains(word), "no {word:?} in {line}");
    }
}

/// Checks that the doctor failed at this step and stopped there, and that all steps before it
/// passed.
pub(crate) fn check_stopped(report: &Report, step: Step, cause: Cause, words: &[&str]) {
    check(report, step, Outcome::Failed, cause, words);
    let (last, before) = report.findings.split_last().unwrap();
    assert_eq!(last.step, step, "{report:#?}");
    for finding in before {
        assert_ne!(finding.outcome, Outcome::Failed, "{finding}");
    }
}

pub(crate) fn outcomes(report: &Report, step: Step) -> Vec<Outcome> {
    let findings = report.findings.iter();
    findings
        .filter(|finding| finding.step == step)
        .map(|finding| finding.outcome)
        .collect()
}

/// A port that is free for UDP and TCP, outside of every relayed port range.
pub(crate) fn free_port() -> u16 {
    loop {
        let port = rand::random_range(20_000..30_000);
        let free = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
            && StdListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
        if free {
            return port;
        }
    }
}

/// A random range below the ephemeral ports, so that parallel tests rarely collide.
pub(crate) fn port_range() -> RangeInclusive<u16> {
    let first = 10_000 + rand::random_range(0..40) * 250;
    first..=first + 249
}

#[test]
fn doctor_finishes_before_the_deadline() {
    assert!(MAX_DURATION < Duration::from_secs(30) && MAX_DURATION < DEADLINE);
}
