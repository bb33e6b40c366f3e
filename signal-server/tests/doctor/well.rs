//! The doctor passes relays that work.

use relay_doctor::{Cause, Outcome, Step};
use signal_server::PageSource;

use crate::{
    authority::Authority,
    proxy::{Behaviour, Proxy},
    relay::{Relay, check, look_at, look_at_with, outcomes, with_turn},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn relay_with_tls_and_turn_over_every_transport_passes() {
    let authority = Authority::new();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "<p>Snug").unwrap();
    let relay = Relay::start(|config| {
        with_turn(config, &authority);
        config.page = PageSource::Directory(folder.path().to_owned());
    })
    .await;
    let url = format!("https://localhost:{}", relay.address.port());
    let report = look_at_with(&url, authority.roots()).await;
    assert!(report.well, "{report:#?}");
    for step in [
        Step::Name,
        Step::Tls,
        Step::Http,
        Step::Page,
        Step::Websocket,
        Step::Join,
    ] {
        assert_eq!(
            outcomes(&report, step),
            [Outcome::Well],
            "{step:?}: {report:#?}"
        );
    }
    let turn = |text: &str| {
        let of = |finding: &&relay_doctor::Finding| {
            finding.outcome == Outcome::Well && finding.text.contains(text)
        };
        report.findings.iter().filter(of).count()
    };
    // An allocation, and a packet through it and back.
    assert_eq!(turn("?transport=udp"), 2, "{report:#?}");
    assert_eq!(
        turn("turn:localhost") - turn("?transport=udp"),
        2,
        "{report:#?}"
    );
    assert_eq!(turn("turns:localhost"), 2, "{report:#?}");
    assert!(outcomes(&report, Step::Stun).contains(&Outcome::Well));
    // Loopback addresses cannot be peers, so the doctor cannot test the relayed ports from here.
    assert_eq!(outcomes(&report, Step::Ports), [Outcome::Skipped]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn packet_passes_through_open_ports() {
    let authority = Authority::new();
    let relay = Relay::start(|config| {
        with_turn(config, &authority);
        config.turn.allow_peers = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    let url = format!("https://localhost:{}", relay.address.port());
    let report = look_at_with(&url, authority.roots()).await;
    assert_eq!(
        outcomes(&report, Step::Ports),
        [Outcome::Well],
        "{report:#?}"
    );
}

#[tokio::test]
async fn relay_without_turn_and_page_has_two_warnings() {
    let relay = Relay::start(|_| ()).await;
    let report = look_at(&relay.url()).await;
    assert!(report.well, "{report:#?}");
    check(
        &report,
        Step::Turn,
        Outcome::Warning,
        Cause::NoTurn,
        &["--turn '0.0.0.0:3478'", "--turn-tls"],
    );
    check(
        &report,
        Step::Page,
        Outcome::Warning,
        Cause::NoPage,
        &["--web-root"],
    );
    assert!(
        report.to_string().contains("works, with 2 warnings"),
        "{report}"
    );
}

#[tokio::test]
async fn proxy_that_forwards_everything_passes() {
    let relay = Relay::start(|_| ()).await;
    let proxy = Proxy::start(relay.address, Behaviour::ForwardsEverything, None).await;
    let report = look_at(&format!("http://{}", proxy.address)).await;
    assert!(report.well, "{report:#?}");
    assert_eq!(outcomes(&report, Step::Join), [Outcome::Well]);
}
