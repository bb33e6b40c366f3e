//! Lifetime, limits and end of an allocation.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, UdpSocket},
    time::{Instant, sleep_until},
};

use crate::{
    relay::{Relay, within},
    tools::Echo,
    udp_client::{UdpClient, peer_check},
};

const LOOPBACK: Ipv4Addr = Ipv4Addr::LOCALHOST;

async fn allocate_with_channel(
    relay: &Relay,
    credentials: (String, String),
    peer: &Echo,
) -> (UdpClient, SocketAddr) {
    let mut client = UdpClient::new(relay.turn(LOOPBACK), credentials).await;
    let relayed = client.allocate().await.unwrap();
    client.channel(peer.address).await.unwrap();
    client.check().await;
    client.send(b"hello").await;
    assert_eq!(client.receive().await, b"hello");
    (client, relayed)
}

/// Both clients send an ICE check and answer the other's.
async fn exchange_checks(one: &UdpClient, other: &UdpClient) {
    tokio::join!(one.check(), other.answer_check());
    tokio::join!(other.check(), one.answer_check());
}

async fn answers_a_check(client: &UdpClient, peer: &UdpSocket) {
    let answering = async {
        let mut buffer = [0; 2000];
        let (length, from) = peer.recv_from(&mut buffer).await.unwrap();
        let answer = peer_check().answer(&buffer[..length]).unwrap();
        peer.send_to(&answer, from).await.unwrap();
    };
    tokio::join!(client.check(), within(answering));
}

/// Waits until the port is free. The relay does not report the release of a port.
async fn wait_for_free_port(relayed: SocketAddr) {
    let trying = async {
        let mut again = Instant::now();
        while UdpSocket::bind(relayed).await.is_err() {
            again += Duration::from_millis(20);
            sleep_until(again).await;
        }
    };
    within(trying).await;
}

#[tokio::test]
async fn release_frees_the_port() {
    let relay = Relay::start(|_| ()).await;
    let member = relay.join("ann").await;
    let echo = Echo::start(LOOPBACK.into()).await;
    let (mut client, relayed) = allocate_with_channel(&relay, member.credentials(), &echo).await;
    client.refresh(0).await.unwrap();
    wait_for_free_port(relayed).await;
    assert_eq!(client.refresh(600).await, Err(437));
}

#[tokio::test]
async fn expiry_frees_the_port() {
    let relay = Relay::start(|_| ()).await;
    let member = relay.join("ann").await;
    let echo = Echo::start(LOOPBACK.into()).await;
    let (mut client, relayed) = allocate_with_channel(&relay, member.credentials(), &echo).await;
    client.refresh(1).await.unwrap();
    wait_for_free_port(relayed).await;
    assert_eq!(client.channel(echo.address).await, Err(437));
}

#[tokio::test]
async fn allocation_ends_when_its_member_leaves() {
    let relay = Relay::start(|_| ()).await;
    let mut member = relay.join("ann").await;
    let echo = Echo::start(LOOPBACK.into()).await;
    let credentials = member.credentials();
    let (mut client, relayed) = allocate_with_channel(&relay, credentials.clone(), &echo).await;
    member.leave().await;
    wait_for_free_port(relayed).await;
    assert_eq!(client.refresh(600).await, Err(401));
    let mut other = UdpClient::new(relay.turn(LOOPBACK), credentials).await;
    assert_eq!(other.allocate().await, Err(401));
}

#[tokio::test]
async fn lost_member_keeps_its_call_without_new_allocations() {
    let relay = Relay::start(|config| config.grace = Duration::ZERO).await;
    let mut witness = relay.join("bob").await;
    let member = relay.join("ann").await;
    let echo = Echo::start(LOOPBACK.into()).await;
    let credentials = member.credentials();
    let (mut client, _) = allocate_with_channel(&relay, credentials.clone(), &echo).await;
    // The witness receives the join, then the loss.
    drop(member);
    witness.receive().await;
    witness.receive().await;
    client.send(b"still here").await;
    assert_eq!(client.receive().await, b"still here");
    client.refresh(600).await.unwrap();
    let mut other = UdpClient::new(relay.turn(LOOPBACK), credentials).await;
    assert_eq!(other.allocate().await, Err(401));
}

#[tokio::test]
async fn allocations_of_a_member_are_limited() {
    let relay = Relay::start(|config| config.turn.allocations = 2).await;
    let member = relay.join("ann").await;
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut client = UdpClient::new(relay.turn(LOOPBACK), member.credentials()).await;
        client.allocate().await.unwrap();
        held.push(client);
    }
    let mut third = UdpClient::new(relay.turn(LOOPBACK), member.credentials()).await;
    assert_eq!(third.allocate().await, Err(486));
    let other = relay.join("bob").await;
    third.set_credentials(other.credentials());
    third.allocate().await.unwrap();
}

/// A burst of half a second passes at once, then the rate.
#[tokio::test]
async fn packets_above_the_bandwidth_limit_are_dropped() {
    for total in [0, 1] {
        let relay = Relay::start(|config| {
            config.turn.member_megabits = 1 - total;
            config.turn.total_megabits = total;
        })
        .await;
        let member = relay.join("ann").await;
        let peer = UdpSocket::bind((LOOPBACK, 0)).await.unwrap();
        let mut client = UdpClient::new(relay.turn(LOOPBACK), member.credentials()).await;
        client.allocate().await.unwrap();
        client.channel(peer.local_addr().unwrap()).await.unwrap();
        answers_a_check(&client, &peer).await;
        // Sends 1 Mbit of payload at once. Half of it passes.
        let start = std::time::Instant::now();
        for _ in 0..125 {
            client.send(&[7; 1000]).await;
        }
        // One task reads in order, so the response follows all packets.
        client.refresh(600).await.unwrap();
        let elapsed = start.elapsed();
        let mut buffer = [0; 2000];
        let mut passed = 0;
        while peer.try_recv(&mut buffer).is_ok() {
            passed += 1;
        }
        let max = 62 + elapsed.as_millis() / 8 + 1;
        assert!((60..=max).contains(&passed), "{passed} of at most {max}");
    }
}

#[tokio::test]
async fn forbidden_peer_is_refused() {
    let relay = Relay::start(|config| config.turn.allow_peers.clear()).await;
    let member = relay.join("ann").await;
    let mut client = UdpClient::new(relay.turn(LOOPBACK), member.credentials()).await;
    client.allocate().await.unwrap();
    for peer in ["10.0.0.1:1000", "169.254.169.254:80", "127.0.0.2:1000"] {
        let peer: SocketAddr = peer.parse().unwrap();
        assert_eq!(client.permit(peer).await, Err(403), "{peer}");
        assert_eq!(client.channel(peer).await, Err(403), "{peer}");
    }
    // The signaling port of the relay.
    assert_eq!(client.channel(relay.address).await, Err(403));
}

#[tokio::test]
async fn two_members_on_the_relay_reach_each_other() {
    let relay = Relay::start(|config| config.turn.allow_peers.clear()).await;
    let (ann, bob) = (relay.join("ann").await, relay.join("bob").await);
    let mut one = UdpClient::new(relay.turn(LOOPBACK), ann.credentials()).await;
    let mut other = UdpClient::new(relay.turn(LOOPBACK), bob.credentials()).await;
    let (at_one, at_other) = (
        one.allocate().await.unwrap(),
        other.allocate().await.unwrap(),
    );
    one.channel(at_other).await.unwrap();
    other.channel(at_one).await.unwrap();
    exchange_checks(&one, &other).await;
    one.send(b"from one").await;
    assert_eq!(other.receive().await, b"from one");
    other.send(b"from the other").await;
    assert_eq!(one.receive().await, b"from the other");
}

/// Peers see the public address, and two members on the relay still reach each other.
#[tokio::test]
async fn public_address_behind_nat_is_used_and_understood() {
    let public: IpAddr = [198, 51, 100, 7].into();
    let relay = Relay::start(|config| {
        config.turn.allow_peers.clear();
        config.turn.public_ips = vec![public];
        config.turn.host = Some("127.0.0.1".to_owned());
    })
    .await;
    let (ann, bob) = (relay.join("ann").await, relay.join("bob").await);
    let mut one = UdpClient::new(relay.turn(LOOPBACK), ann.credentials()).await;
    let mut other = UdpClient::new(relay.turn(LOOPBACK), bob.credentials()).await;
    let (at_one, at_other) = (
        one.allocate().await.unwrap(),
        other.allocate().await.unwrap(),
    );
    assert_eq!((at_one.ip(), at_other.ip()), (public, public));
    one.channel(at_other).await.unwrap();
    other.channel(at_one).await.unwrap();
    exchange_checks(&one, &other).await;
    one.send(b"round the corner").await;
    assert_eq!(other.receive().await, b"round the corner");
}

#[tokio::test]
async fn shutdown_ends_allocations_and_connections() {
    let mut relay = Relay::start(|_| ()).await;
    let member = relay.join("ann").await;
    let echo = Echo::start(LOOPBACK.into()).await;
    let (_client, relayed) = allocate_with_channel(&relay, member.credentials(), &echo).await;
    let mut idle = TcpStream::connect(relay.turn(LOOPBACK)).await.unwrap();
    drop(member);
    relay.shutdown.cancel();
    let running = relay.running.take().unwrap();
    within(running).await.unwrap().unwrap();
    wait_for_free_port(relayed).await;
    let mut rest = Vec::new();
    // The connection is closed or reset.
    let _ = within(idle.read_to_end(&mut rest)).await;
}

#[tokio::test]
async fn connection_with_another_protocol_is_closed() {
    let relay = Relay::start(|_| ()).await;
    let _member = relay.join("ann").await;
    let mut stream = TcpStream::connect(relay.turn(LOOPBACK)).await.unwrap();
    stream.write_all(&[0xff; 64]).await.unwrap();
    let mut rest = Vec::new();
    let _ = within(stream.read_to_end(&mut rest)).await;
    assert!(rest.is_empty());
}
