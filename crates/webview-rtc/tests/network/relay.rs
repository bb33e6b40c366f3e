//! Relayed candidates by coturn: packets in both directions through two relays.

use webview_rtc::{
    network::{CandidateKind, Options, RelayTransport},
    wire::request::IceTransportPolicy,
};

use crate::{
    coturn::Coturn,
    listener::{Listener, carry, configuration, connect},
};

/// Two networks that know only this server connect over every address family that it relays.
async fn check(coturn: &Coturn, url: String, by: RelayTransport) {
    let relay = configuration(
        IceTransportPolicy::Relay,
        std::slice::from_ref(&url),
        "word",
    );
    let options = Options {
        extra_roots: vec![coturn.root.clone()],
    };
    let mut here = Listener::start_with(&relay, options.clone());
    let mut there = Listener::start_with(&relay, options);
    let (ours, theirs) = (here.gather(&relay).await, there.gather(&relay).await);
    assert_eq!(ours.errors, []);
    for candidate in &ours.candidates {
        let CandidateKind::Relayed {
            by: told,
            url: from,
            local,
        } = &candidate.kind
        else {
            panic!("{candidate:?}");
        };
        assert_eq!((*told, from), (by, &url));
        assert!(local.ip().is_loopback());
    }
    let (mut ours, mut theirs) = (ours.relayed(), theirs.relayed());
    ours.sort();
    theirs.sort();
    assert_eq!(ours.len(), 2, "one of each family: {ours:?}");
    for (from, to) in ours.into_iter().zip(theirs) {
        assert_eq!(from.is_ipv4(), to.is_ipv4());
        connect(&mut here, from, &mut there, to).await;
        connect(&mut there, to, &mut here, from).await;
        // Sizes around TURN's padding, and a full packet.
        for size in [1, 2, 3, 4, 5, 1200] {
            carry(&here, from, &mut there, to, size).await;
            carry(&there, to, &mut here, from, size).await;
        }
    }
}

#[tokio::test]
async fn packets_pass_over_udp() {
    let coturn = Coturn::start(&[]).await;
    check(&coturn, coturn.by_udp("127.0.0.1"), RelayTransport::Udp).await;
    check(&coturn, coturn.by_udp("[::1]"), RelayTransport::Udp).await;
}

#[tokio::test]
async fn packets_pass_over_tcp() {
    let coturn = Coturn::start(&[]).await;
    check(&coturn, coturn.by_tcp("127.0.0.1"), RelayTransport::Tcp).await;
    check(&coturn, coturn.by_tcp("[::1]"), RelayTransport::Tcp).await;
}

#[tokio::test]
async fn packets_pass_over_tls() {
    let coturn = Coturn::start(&[]).await;
    check(&coturn, coturn.by_tls("localhost"), RelayTransport::Tls).await;
    check(&coturn, coturn.by_tls("[::1]"), RelayTransport::Tls).await;
}

#[tokio::test]
async fn burst_over_tcp_arrives_in_order() {
    let coturn = Coturn::start(&[]).await;
    let relay = configuration(
        IceTransportPolicy::Relay,
        &[coturn.by_tcp("127.0.0.1")],
        "word",
    );
    let (mut here, mut there) = (Listener::start(&relay), Listener::start(&relay));
    let from = here.gather(&relay).await.relayed()[0];
    let to = there.gather(&relay).await.relayed();
    let to = *to.iter().find(|to| to.is_ipv4() == from.is_ipv4()).unwrap();
    connect(&mut here, from, &mut there, to).await;
    // Fewer than any queue on the path holds.
    for at in 0..40_u8 {
        here.send(from, to, &vec![at; 1000 + usize::from(at)]);
    }
    let mut next = 0;
    while next < 40 {
        let (_, _, bytes) = there.receive().await;
        if bytes.len() >= 1000 {
            assert_eq!(bytes, vec![next; 1000 + usize::from(next)]);
            next += 1;
        }
    }
}

#[tokio::test]
async fn gathering_again_keeps_the_relay() {
    let coturn = Coturn::start(&["--user-quota=1"]).await;
    let relay = configuration(
        IceTransportPolicy::Relay,
        &[coturn.by_udp("127.0.0.1")],
        "word",
    );
    let mut network = Listener::start(&relay);
    let first = network.gather(&relay).await;
    let second = network.gather(&relay).await;
    assert!(!first.candidates.is_empty());
    assert_eq!(first.candidates, second.candidates);
}
