//! Abuse of the TURN server by a member.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use tokio::net::UdpSocket;

use crate::{
    relay::{Relay, within},
    tools::Echo,
    udp_client::{UdpClient, peer_check},
};

const LOOPBACK: Ipv4Addr = Ipv4Addr::LOCALHOST;
const OTHER_LOOPBACK: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
/// Relayed ports of each relay in these tests.
const PORTS: usize = 250;

/// The attack: join, allocate up to the quota, drop the socket, repeat.
#[tokio::test]
async fn one_address_cannot_use_up_the_relayed_ports() {
    let relay = Relay::start(|_| ()).await;
    let mut held = Vec::new();
    for number in 0..10 {
        let member = relay.join(&format!("eve {number}")).await;
        loop {
            let mut client = UdpClient::new(relay.turn(LOOPBACK), member.credentials()).await;
            match client.allocate().await {
                Ok(_) => held.push(client),
                Err(code) => {
                    assert_eq!(code, 486);
                    break;
                }
            }
        }
        drop(member);
    }
    assert!((8..PORTS / 5).contains(&held.len()), "{}", held.len());
    let member = relay.join("ann").await;
    let mut others = Vec::new();
    for _ in 0..20 {
        let credentials = member.credentials();
        let mut client = UdpClient::from(OTHER_LOOPBACK, relay.turn(LOOPBACK), credentials).await;
        client.allocate().await.unwrap();
        others.push(client);
    }
}

/// During the grace period an idle allocation ends, and one that carries a call stays.
#[tokio::test]
async fn lost_member_keeps_only_allocations_that_carry_traffic() {
    let relay = Relay::start(|config| config.grace = Duration::from_secs(60)).await;
    let member = relay.join("ann").await;
    let echo = Echo::start(LOOPBACK.into()).await;
    let mut idle = UdpClient::new(relay.turn(LOOPBACK), member.credentials()).await;
    let idle_port = idle.allocate().await.unwrap();
    let mut busy = UdpClient::new(relay.turn(LOOPBACK), member.credentials()).await;
    busy.allocate().await.unwrap();
    busy.channel(echo.address).await.unwrap();
    busy.check().await;
    drop(member);
    within(async {
        while UdpSocket::bind(idle_port).await.is_err() {
            busy.send(b"media").await;
            assert_eq!(busy.receive().await, b"media");
        }
    })
    .await;
    busy.refresh(600).await.unwrap();
    assert_eq!(idle.refresh(600).await, Err(437));
}

/// The relay is no proxy to services without ICE, for example a DNS server.
#[tokio::test]
async fn service_without_ice_gets_only_checks() {
    let relay = Relay::start(|_| ()).await;
    let member = relay.join("eve").await;
    let service = UdpSocket::bind((LOOPBACK, 0)).await.unwrap();
    let mut client = UdpClient::new(relay.turn(LOOPBACK), member.credentials()).await;
    let relayed = client.allocate().await.unwrap();
    client.channel(service.local_addr().unwrap()).await.unwrap();
    let query = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x00\x00\x01\x00\x01";
    let is_still_closed = async |client: &mut UdpClient, answers: &[u8]| {
        let (_, check) = peer_check().request();
        service.send_to(answers, relayed).await.unwrap();
        assert_eq!(
            client.receive().await,
            answers,
            "what a peer sends is relayed"
        );
        client.send(query).await;
        client.send(&check).await;
        assert_eq!(next(&service).await, check, "behind {answers:?}");
    };
    let (_, check) = peer_check().request();
    let mut refusal = check.clone();
    refusal[2] |= 0x80;
    for answers in [b"unasked".as_slice(), &check, &refusal, query] {
        is_still_closed(&mut client, answers).await;
    }
    // After an ICE response, the relay forwards everything.
    let answer = peer_check().answer(&check).unwrap();
    service.send_to(&answer, relayed).await.unwrap();
    assert_eq!(client.receive().await, answer);
    client.send(query).await;
    assert_eq!(next(&service).await, query);
}

async fn next(service: &UdpSocket) -> Vec<u8> {
    let mut buffer = vec![0; 2000];
    let (length, _): (usize, SocketAddr) = within(service.recv_from(&mut buffer)).await.unwrap();
    buffer.truncate(length);
    buffer
}
