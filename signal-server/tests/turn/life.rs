//! How long an allocation lives, what it may do, and what ends it.

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
    asking::{Asking, peer_check},
    relay::{Relay, within},
    tools::Echo,
};

const HERE: Ipv4Addr = Ipv4Addr::LOCALHOST;

async fn relaying(
    relay: &Relay,
    credentials: (String, String),
    peer: &Echo,
) -> (Asking, SocketAddr) {
    let mut asking = Asking::new(relay.turn(HERE), credentials).await;
    let relayed = asking.allocate().await.unwrap();
    asking.channel(peer.address).await.unwrap();
    asking.check().await;
    asking.send(b"hello").await;
    assert_eq!(asking.hear().await, b"hello");
    (asking, relayed)
}

/// Both check and both answer, as ICE has it.
async fn agree(one: &Asking, other: &Asking) {
    tokio::join!(one.check(), other.answer_check());
    tokio::join!(other.check(), one.answer_check());
}

async fn answers_a_check(asking: &Asking, peer: &UdpSocket) {
    let answering = async {
        let mut buffer = [0; 2000];
        let (length, from) = peer.recv_from(&mut buffer).await.unwrap();
        let answer = peer_check().answer(&buffer[..length]).unwrap();
        peer.send_to(&answer, from).await.unwrap();
    };
    tokio::join!(asking.check(), within(answering));
}

/// Waits until the port can be had, as nothing tells when it is given back.
async fn is_given_back(relayed: SocketAddr) {
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
async fn a_release_gives_the_port_back() {
    let relay = Relay::start(|_| ()).await;
    let member = relay.join("ann").await;
    let echo = Echo::start(HERE.into()).await;
    let (mut asking, relayed) = relaying(&relay, member.credentials(), &echo).await;
    asking.refresh(0).await.unwrap();
    is_given_back(relayed).await;
    assert_eq!(asking.refresh(600).await, Err(437));
}

#[tokio::test]
async fn a_lifetime_that_is_over_gives_the_port_back() {
    let relay = Relay::start(|_| ()).await;
    let member = relay.join("ann").await;
    let echo = Echo::start(HERE.into()).await;
    let (mut asking, relayed) = relaying(&relay, member.credentials(), &echo).await;
    asking.refresh(1).await.unwrap();
    is_given_back(relayed).await;
    assert_eq!(asking.channel(echo.address).await, Err(437));
}

#[tokio::test]
async fn what_a_member_relays_ends_when_it_leaves() {
    let relay = Relay::start(|_| ()).await;
    let mut member = relay.join("ann").await;
    let echo = Echo::start(HERE.into()).await;
    let credentials = member.credentials();
    let (mut asking, relayed) = relaying(&relay, credentials.clone(), &echo).await;
    member.leave().await;
    is_given_back(relayed).await;
    assert_eq!(asking.refresh(600).await, Err(401));
    let mut other = Asking::new(relay.turn(HERE), credentials).await;
    assert_eq!(other.allocate().await, Err(401));
}

#[tokio::test]
async fn a_lost_member_keeps_its_call_and_gets_nothing_new() {
    let relay = Relay::start(|config| config.grace = Duration::ZERO).await;
    let mut witness = relay.join("bob").await;
    let member = relay.join("ann").await;
    let echo = Echo::start(HERE.into()).await;
    let credentials = member.credentials();
    let (mut asking, _) = relaying(&relay, credentials.clone(), &echo).await;
    // Told of the joining first, then of the loss: by then the relay knows.
    drop(member);
    witness.hear().await;
    witness.hear().await;
    asking.send(b"still here").await;
    assert_eq!(asking.hear().await, b"still here");
    asking.refresh(600).await.unwrap();
    let mut other = Asking::new(relay.turn(HERE), credentials).await;
    assert_eq!(other.allocate().await, Err(401));
}

#[tokio::test]
async fn a_member_holds_so_many_allocations_and_no_more() {
    let relay = Relay::start(|config| config.turn.allocations = 2).await;
    let member = relay.join("ann").await;
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut asking = Asking::new(relay.turn(HERE), member.credentials()).await;
        asking.allocate().await.unwrap();
        held.push(asking);
    }
    let mut third = Asking::new(relay.turn(HERE), member.credentials()).await;
    assert_eq!(third.allocate().await, Err(486));
    let other = relay.join("bob").await;
    third.with(other.credentials());
    third.allocate().await.unwrap();
}

/// Half a second's worth passes at once, then the rate.
#[tokio::test]
async fn what_exceeds_the_bandwidth_is_dropped() {
    for total in [0, 1] {
        let relay = Relay::start(|config| {
            config.turn.member_megabits = 1 - total;
            config.turn.total_megabits = total;
        })
        .await;
        let member = relay.join("ann").await;
        let peer = UdpSocket::bind((HERE, 0)).await.unwrap();
        let mut asking = Asking::new(relay.turn(HERE), member.credentials()).await;
        asking.allocate().await.unwrap();
        asking.channel(peer.local_addr().unwrap()).await.unwrap();
        answers_a_check(&asking, &peer).await;
        // 1 Mbit of payload at once, of which half may pass.
        let start = std::time::Instant::now();
        for _ in 0..125 {
            asking.send(&[7; 1000]).await;
        }
        // Answered after all those were handled: one task reads them in order.
        asking.refresh(600).await.unwrap();
        let meanwhile = start.elapsed();
        let mut buffer = [0; 2000];
        let mut passed = 0;
        while peer.try_recv(&mut buffer).is_ok() {
            passed += 1;
        }
        let most = 62 + meanwhile.as_millis() / 8 + 1;
        assert!((60..=most).contains(&passed), "{passed} of at most {most}");
    }
}

#[tokio::test]
async fn a_peer_that_is_not_allowed_is_refused() {
    let relay = Relay::start(|config| config.turn.allow_peers.clear()).await;
    let member = relay.join("ann").await;
    let mut asking = Asking::new(relay.turn(HERE), member.credentials()).await;
    asking.allocate().await.unwrap();
    for peer in ["10.0.0.1:1000", "169.254.169.254:80", "127.0.0.2:1000"] {
        let peer: SocketAddr = peer.parse().unwrap();
        assert_eq!(asking.permit(peer).await, Err(403), "{peer}");
        assert_eq!(asking.channel(peer).await, Err(403), "{peer}");
    }
    // The relay's own port for signaling.
    assert_eq!(asking.channel(relay.address).await, Err(403));
}

#[tokio::test]
async fn two_members_behind_the_relay_reach_each_other() {
    let relay = Relay::start(|config| config.turn.allow_peers.clear()).await;
    let (ann, bob) = (relay.join("ann").await, relay.join("bob").await);
    let mut one = Asking::new(relay.turn(HERE), ann.credentials()).await;
    let mut other = Asking::new(relay.turn(HERE), bob.credentials()).await;
    let (at_one, at_other) = (
        one.allocate().await.unwrap(),
        other.allocate().await.unwrap(),
    );
    one.channel(at_other).await.unwrap();
    other.channel(at_one).await.unwrap();
    agree(&one, &other).await;
    one.send(b"from one").await;
    assert_eq!(other.hear().await, b"from one");
    other.send(b"from the other").await;
    assert_eq!(one.hear().await, b"from the other");
}

/// Peers are told the public address, and two members behind it still reach each other.
#[tokio::test]
async fn a_mapped_public_address_is_told_and_understood() {
    let public: IpAddr = [198, 51, 100, 7].into();
    let relay = Relay::start(|config| {
        config.turn.allow_peers.clear();
        config.turn.public_ips = vec![public];
        config.turn.host = Some("127.0.0.1".to_owned());
    })
    .await;
    let (ann, bob) = (relay.join("ann").await, relay.join("bob").await);
    let mut one = Asking::new(relay.turn(HERE), ann.credentials()).await;
    let mut other = Asking::new(relay.turn(HERE), bob.credentials()).await;
    let (at_one, at_other) = (
        one.allocate().await.unwrap(),
        other.allocate().await.unwrap(),
    );
    assert_eq!((at_one.ip(), at_other.ip()), (public, public));
    one.channel(at_other).await.unwrap();
    other.channel(at_one).await.unwrap();
    agree(&one, &other).await;
    one.send(b"round the corner").await;
    assert_eq!(other.hear().await, b"round the corner");
}

#[tokio::test]
async fn a_shutdown_ends_everything_in_time() {
    let mut relay = Relay::start(|_| ()).await;
    let member = relay.join("ann").await;
    let echo = Echo::start(HERE.into()).await;
    let (_asking, relayed) = relaying(&relay, member.credentials(), &echo).await;
    let mut idle = TcpStream::connect(relay.turn(HERE)).await.unwrap();
    drop(member);
    relay.shutdown.cancel();
    let running = relay.running.take().unwrap();
    within(running).await.unwrap().unwrap();
    is_given_back(relayed).await;
    let mut rest = Vec::new();
    // Closed or reset: it is over.
    let _ = within(idle.read_to_end(&mut rest)).await;
}

#[tokio::test]
async fn another_protocol_on_the_port_is_put_out() {
    let relay = Relay::start(|_| ()).await;
    let _member = relay.join("ann").await;
    let mut stream = TcpStream::connect(relay.turn(HERE)).await.unwrap();
    stream.write_all(&[0xff; 64]).await.unwrap();
    let mut rest = Vec::new();
    let _ = within(stream.read_to_end(&mut rest)).await;
    assert!(rest.is_empty());
}
