//! Host candidates: real sockets of this machine.

use std::{net::UdpSocket, time::Duration};

use tokio::{task::yield_now, time::timeout};
use webview_rtc::{network::CandidateKind, wire::request::IceTransportPolicy};

use crate::listener::{Listener, carry, configuration};

#[tokio::test]
async fn two_networks_exchange_packets() {
    let all = configuration(IceTransportPolicy::All, &[], "");
    let (mut here, mut there) = (Listener::start(&all), Listener::start(&all));
    let (ours, theirs) = (here.gather(&all).await, there.gather(&all).await);
    assert!(!ours.candidates.is_empty());
    assert!(ours.errors.is_empty());
    for (from, to) in ours.hosts().into_iter().zip(theirs.hosts()) {
        carry(&here, from, &mut there, to, 1).await;
        carry(&there, to, &mut here, from, 1200).await;
    }
    assert_eq!(here.network.dropped_packets(), 0);
}

#[tokio::test]
async fn gathering_again_keeps_the_sockets() {
    let all = configuration(IceTransportPolicy::All, &[], "");
    let mut network = Listener::start(&all);
    let first = network.gather(&all).await;
    let second = network.gather(&all).await;
    assert_eq!(first.candidates, second.candidates);
}

#[tokio::test]
async fn relay_policy_opens_no_host_path() {
    let relay = configuration(IceTransportPolicy::Relay, &[], "");
    let mut network = Listener::start(&relay);
    let gathered = network.gather(&relay).await;
    assert!(gathered.candidates.is_empty());
}

#[tokio::test]
async fn last_of_two_gatherings_completes_only() {
    let all = configuration(IceTransportPolicy::All, &[], "");
    let relay = configuration(IceTransportPolicy::Relay, &[], "");
    let mut network = Listener::start(&all);
    network.network.gather(all.clone());
    let gathered = network.gather(&relay).await;
    assert!(gathered.candidates.is_empty());
}

#[tokio::test]
async fn sockets_close_with_the_network() {
    let all = configuration(IceTransportPolicy::All, &[], "");
    let mut network = Listener::start(&all);
    let gathered = network.gather(&all).await;
    let first = &gathered.candidates[0];
    assert_eq!(first.kind, CandidateKind::Host);
    assert!(UdpSocket::bind(first.address).is_err());
    network.end().await;
    UdpSocket::bind(first.address).expect("its port is free");
}

#[tokio::test]
async fn unread_packets_are_dropped_and_counted() {
    let all = configuration(IceTransportPolicy::All, &[], "");
    let (mut here, mut there) = (Listener::start(&all), Listener::start(&all));
    let from = here.gather(&all).await.hosts()[0];
    let to = there.gather(&all).await.hosts()[0];
    let dropped = async {
        while there.network.dropped_packets() == 0 {
            here.send(from, to, &[1; 100]);
            yield_now().await;
        }
    };
    timeout(Duration::from_secs(5), dropped)
        .await
        .expect("a full queue drops");
    // It continues when packets are read again.
    assert_eq!(there.receive().await.2, [1; 100]);
}
