//! What is refused and dropped, and that it is counted.

use std::num::NonZeroU64;

use turn_client::Output;

use crate::support::{By, Peer, Server, within};

#[tokio::test]
async fn peer_without_consent_gets_only_checks() {
    let server = Server::start(|_| ());
    let peer = Peer::start().await;
    let mut client = server.allocate(By::Tcp, "ann").await;
    client.send(peer.address, b"dropped");
    // The first answer is that of the check: TCP keeps the order.
    client.check(&peer).await;
    assert_eq!(server.turn.counters().dropped.no_consent.get(), 1);
    client.send(peer.address, b"relayed");
    assert_eq!(client.receive().await.1, b"relayed");
}

#[tokio::test]
async fn private_peer_is_refused() {
    let server = Server::start(|_| ());
    let mut client = server.allocate(By::Udp, "ann").await;
    let metadata = "169.254.169.254:80".parse().unwrap();
    client.send(metadata, b"GET /");
    match within(client.connection.next()).await.unwrap() {
        Output::PeerRefused { peer, failure } => {
            assert_eq!((peer, failure.code), (metadata, 403));
        }
        other => panic!("unexpected: {other:?}"),
    }
    assert_eq!(server.turn.counters().refused.peer.get(), 1);
}

#[tokio::test]
async fn quota_of_a_member_is_given_back() {
    let server = Server::start(|config| config.max_allocations = 1);
    let held = server.allocate(By::Tcp, "ann").await;
    let refused = server.allocate_with(By::Tcp, server.issue("ann")).await;
    assert_eq!(refused.err().map(|failure| failure.code), Some(486));
    assert_eq!(server.turn.counters().refused.quota.get(), 1);
    server.allocate(By::Tcp, "bob").await;
    held.connection.release().await;
    // The release is answered before the task of the allocation ends.
    let again = async {
        while server
            .allocate_with(By::Tcp, server.issue("ann"))
            .await
            .is_err()
        {}
    };
    within(again).await;
}

#[tokio::test]
async fn datagrams_over_the_bandwidth_are_dropped() {
    let server = Server::start(|config| config.member_bits_per_second = NonZeroU64::new(80_000));
    let peer = Peer::start().await;
    let mut client = server.allocate(By::Tcp, "ann").await;
    client.check(&peer).await;
    // Ten seconds' worth.
    for _ in 0..100 {
        client.send(peer.address, &[7; 1000]);
    }
    // Answered after all those were handled: one task reads them in order.
    client.connection.release().await;
    let dropped = &server.turn.counters().dropped;
    assert!(dropped.member_bandwidth.get() > 0);
    assert_eq!(dropped.total_bandwidth.get(), 0);
}
