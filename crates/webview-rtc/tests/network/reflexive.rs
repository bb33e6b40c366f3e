//! Server-reflexive candidates, by a STUN server that reports another address, as through a NAT.

use std::net::SocketAddr;

use stun_proto::types::{
    attribute::XorMappedAddress,
    message::{Message, MessageWriteVec},
    prelude::{MessageWrite, MessageWriteExt},
};
use tokio::net::UdpSocket;
use webview_rtc::{
    network::{CandidateKind, NetworkEvent},
    wire::request::IceTransportPolicy,
};

use crate::{
    coturn::Coturn,
    listener::{Listener, configuration},
};

const SEEN: &str = "203.0.113.77:4242";

/// Answers every request except the first one of each client.
async fn answer(socket: UdpSocket) {
    let mut asked = std::collections::HashSet::new();
    let mut buffer = [0; 1500];
    loop {
        let (length, from) = socket.recv_from(&mut buffer).await.unwrap();
        if asked.insert(from) {
            continue;
        }
        let request = Message::from_bytes(&buffer[..length]).unwrap();
        let mut message = Message::builder_success(&request, MessageWriteVec::new());
        let seen: SocketAddr = SEEN.parse().unwrap();
        let mapped = XorMappedAddress::new(seen, request.transaction_id());
        message.add_attribute(&mapped).unwrap();
        socket.send_to(&message.finish(), from).await.unwrap();
    }
}

#[tokio::test]
async fn mapped_address_is_found_despite_a_lost_packet() {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let url = format!("stun:localhost:{}", socket.local_addr().unwrap().port());
    let server = tokio::spawn(answer(socket));
    let all = configuration(IceTransportPolicy::All, std::slice::from_ref(&url), "");
    let mut network = Listener::start(&all);
    let gathered = network.gather(&all).await;
    let hosts = gathered.hosts();
    let reflexive: Vec<_> = gathered
        .candidates
        .iter()
        .filter(|candidate| candidate.address.to_string() == SEEN)
        .collect();
    assert!(!reflexive.is_empty(), "{gathered:?}");
    for candidate in reflexive {
        let CandidateKind::ServerReflexive { base, url: from } = &candidate.kind else {
            panic!("{candidate:?}");
        };
        assert!(hosts.contains(base));
        assert_eq!(*from, url);
    }
    server.abort();
}

#[tokio::test]
async fn mapped_address_equal_to_the_host_is_no_candidate() {
    let coturn = Coturn::start(&[]).await;
    let url = coturn.by_udp("127.0.0.1").replace("turn:", "stun:");
    let url = url.split('?').next().unwrap().to_owned();
    let all = configuration(IceTransportPolicy::All, &[url], "");
    let mut network = Listener::start(&all);
    network.network.gather(all);
    loop {
        match network.next().await {
            NetworkEvent::Candidate(candidate) => assert_eq!(candidate.kind, CandidateKind::Host),
            NetworkEvent::GatheringComplete => break,
            NetworkEvent::CandidateError { code, .. } => assert_eq!(code, 701),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn silent_server_is_unreachable_soon() {
    let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let urls = [
        format!("stun:127.0.0.1:{port}"),
        format!("turn:127.0.0.1:{port}"),
    ];
    let all = configuration(IceTransportPolicy::All, &urls, "word");
    let mut network = Listener::start(&all);
    let gathered = network.gather(&all).await;
    for url in &urls {
        let told = gathered.errors.iter().find(|(from, ..)| from == url);
        let (_, code, address) = told.expect("the page is told");
        assert_eq!(*code, 701);
        assert!(address.is_some());
    }
    assert!(!gathered.hosts().is_empty());
}
