//! What a member tries to do with the relay that it is not for.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use tokio::net::UdpSocket;

use crate::{
    asking::{Asking, peer_check},
    relay::{Relay, within},
    tools::Echo,
};

const HERE: Ipv4Addr = Ipv4Addr::LOCALHOST;
const ELSEWHERE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
/// Of the relay's own, in these tests.
const PORTS: usize = 250;

/// The attack as it was: join, take all there is, drop the socket, again.
#[tokio::test]
async fn one_address_does_not_use_up_the_relayed_ports() {
    let relay = Relay::start(|_| ()).await;
    let mut held = Vec::new();
    for number in 0..10 {
        let member = relay.join(&format!("eve {number}")).await;
        loop {
            let mut asking = Asking::new(relay.turn(HERE), member.credentials()).await;
            match asking.allocate().await {
                Ok(_) => held.push(asking),
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
        let mut asking = Asking::from(ELSEWHERE, relay.turn(HERE), credentials).await;
        asking.allocate().await.unwrap();
        others.push(asking);
    }
}

/// In its grace already: what is idle goes, and what carries a call stays.
#[tokio::test]
async fn lost_member_keeps_only_allocations_that_carry_traffic() {
    let relay = Relay::start(|config| config.grace = Duration::from_secs(60)).await;
    let member = relay.join("ann").await;
    let echo = Echo::start(HERE.into()).await;
    let mut idle = Asking::new(relay.turn(HERE), member.credentials()).await;
    let idle_port = idle.allocate().await.unwrap();
    let mut busy = Asking::new(relay.turn(HERE), member.credentials()).await;
    busy.allocate().await.unwrap();
    busy.channel(echo.address).await.unwrap();
    busy.check().await;
    drop(member);
    within(async {
        while UdpSocket::bind(idle_port).await.is_err() {
            busy.send(b"media").await;
            assert_eq!(busy.hear().await, b"media");
        }
    })
    .await;
    busy.refresh(600).await.unwrap();
    assert_eq!(idle.refresh(600).await, Err(437));
}

/// No proxy to services that never asked for it: a DNS server, say.
#[tokio::test]
async fn service_that_knows_no_ice_gets_checks_and_nothing_else() {
    let relay = Relay::start(|_| ()).await;
    let member = relay.join("eve").await;
    let service = UdpSocket::bind((HERE, 0)).await.unwrap();
    let mut asking = Asking::new(relay.turn(HERE), member.credentials()).await;
    let relayed = asking.allocate().await.unwrap();
    asking.channel(service.local_addr().unwrap()).await.unwrap();
    let query = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x00\x00\x01\x00\x01";
    let is_still_closed = async |asking: &mut Asking, answers: &[u8]| {
        let (_, check) = peer_check().request();
        service.send_to(answers, relayed).await.unwrap();
        assert_eq!(asking.hear().await, answers, "what a peer sends is relayed");
        asking.send(query).await;
        asking.send(&check).await;
        assert_eq!(next(&service).await, check, "behind {answers:?}");
    };
    let (_, check) = peer_check().request();
    let mut refusal = check.clone();
    refusal[2] |= 0x80;
    for answers in [b"unasked".as_slice(), &check, &refusal, query] {
        is_still_closed(&mut asking, answers).await;
    }
    // Until it answers as ICE has it.
    let answer = peer_check().answer(&check).unwrap();
    service.send_to(&answer, relayed).await.unwrap();
    assert_eq!(asking.hear().await, answer);
    asking.send(query).await;
    assert_eq!(next(&service).await, query);
}

async fn next(service: &UdpSocket) -> Vec<u8> {
    let mut buffer = vec![0; 2000];
    let (length, _): (usize, SocketAddr) = within(service.recv_from(&mut buffer)).await.unwrap();
    buffer.truncate(length);
    buffer
}
