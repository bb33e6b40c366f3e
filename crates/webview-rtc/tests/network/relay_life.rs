//! A relay in use for longer than one lifetime of its allocation, its loss, and its release.

use std::time::{Duration, Instant};

use tokio::{task::yield_now, time::interval};
use webview_rtc::{network::NetworkEvent, wire::request::IceTransportPolicy};

use crate::{
    coturn::Coturn,
    listener::{Listener, carry, configuration, connect},
};

#[tokio::test]
async fn short_lifetime_and_stale_nonce_do_not_end_a_call() {
    let coturn = Coturn::start(&["--max-allocate-lifetime=3", "--stale-nonce=2"]).await;
    let relay = configuration(
        IceTransportPolicy::Relay,
        &[coturn.by_udp("127.0.0.1")],
        "word",
    );
    let (mut here, mut there) = (Listener::start(&relay), Listener::start(&relay));
    let from = here.gather(&relay).await.relayed()[0];
    let to = there.gather(&relay).await.relayed();
    let to = *to.iter().find(|to| to.is_ipv4() == from.is_ipv4()).unwrap();
    connect(&mut here, from, &mut there, to).await;
    connect(&mut there, to, &mut here, from).await;
    // Three lifetimes of packets, as in a talk. A lost allocation fails the next packet.
    let begin = Instant::now();
    let mut pace = interval(Duration::from_millis(20));
    while begin.elapsed() < Duration::from_secs(9) {
        pace.tick().await;
        carry(&here, from, &mut there, to, 160).await;
        carry(&there, to, &mut here, from, 160).await;
    }
}

#[tokio::test]
async fn dropped_network_releases_its_allocations() {
    let mut coturn = Coturn::start(&[]).await;
    for url in [coturn.by_udp("127.0.0.1"), coturn.by_tcp("127.0.0.1")] {
        let relay = configuration(IceTransportPolicy::Relay, &[url], "word");
        let mut network = Listener::start(&relay);
        assert!(!network.gather(&relay).await.candidates.is_empty());
        coturn.says("new, realm=<test.local>").await;
        network.end().await;
        let said = coturn.says("lifetime=0").await;
        assert!(said.contains("refreshed"), "{said}");
    }
}

#[tokio::test]
async fn network_dropped_while_gathering_leaves_no_allocation() {
    let mut coturn = Coturn::start(&[]).await;
    let relay = configuration(
        IceTransportPolicy::Relay,
        &[coturn.by_udp("127.0.0.1")],
        "word",
    );
    // Dropped at different points of the exchange. The longer waits reach the answer of a server
    // that a busy computer delays.
    for turns in (0..40).chain((40..8_000).step_by(400)) {
        let network = Listener::start(&relay);
        network.network.gather(relay.clone());
        for _ in 0..turns {
            yield_now().await;
        }
        network.end().await;
    }
    let log = coturn.end().await;
    let count = |words: &str| log.iter().filter(|line| line.contains(words)).count();
    assert!(count("new, realm=<test.local>") > 0);
    assert_eq!(count("lifetime=0"), count("new, realm=<test.local>"));
}

#[tokio::test]
async fn end_of_the_server_is_a_lost_relay() {
    let mut coturn = Coturn::start(&[]).await;
    let relay = configuration(
        IceTransportPolicy::Relay,
        &[coturn.by_tcp("127.0.0.1")],
        "word",
    );
    let mut network = Listener::start(&relay);
    let mut relayed = network.gather(&relay).await.relayed();
    coturn.end().await;
    let mut lost = vec![];
    while lost.len() < relayed.len() {
        match network.next().await {
            NetworkEvent::Lost(address) => lost.push(address),
            other => panic!("{other:?}"),
        }
    }
    relayed.sort();
    lost.sort();
    assert_eq!(lost, relayed);
    // The next gathering asks again, and reports that there is no server.
    let gathered = network.gather(&relay).await;
    assert_eq!(gathered.errors[0].1, 701);
}
