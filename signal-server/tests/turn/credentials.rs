//! Whose credentials are taken, and until when; what members are told.

use std::{
    net::Ipv4Addr,
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use ring::hmac;
use signal_protocol::{ClientMessage, ServerMessage};

use crate::{
    asking::Asking,
    relay::{Relay, SECRET},
};

const HERE: Ipv4Addr = Ipv4Addr::LOCALHOST;

/// As the relay makes them, for whom and until when it would not.
fn forged(secret: &str, member: &str, seconds_from_now: i64) -> (String, String) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let expires = i64::try_from(now.as_secs()).unwrap() + seconds_from_now;
    let username = format!("{expires}:{member}");
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
    let password = BASE64_STANDARD.encode(hmac::sign(&key, username.as_bytes()));
    (username, password)
}

#[tokio::test]
async fn a_member_is_told_where_to_relay() {
    let relay = Relay::start(|_| ()).await;
    let mut member = relay.join("ann").await;
    let (port, tls_port) = (relay.turn_port, relay.tls_port);
    let urls: Vec<String> = member
        .ice_servers
        .iter()
        .flat_map(|server| server.urls.clone())
        .collect();
    // It has reached the relay at 127.0.0.1.
    let expect = [
        format!("stun:127.0.0.1:{port}"),
        format!("turn:127.0.0.1:{port}?transport=udp"),
        format!("turn:127.0.0.1:{port}?transport=tcp"),
        format!("turns:127.0.0.1:{tls_port}?transport=tcp"),
    ];
    assert_eq!(urls, expect);
    assert_eq!(member.ice_ttl, 3600);

    member.say(ClientMessage::IceRefresh).await;
    let ServerMessage::IceServers {
        ice_servers,
        ice_ttl,
    } = member.hear().await
    else {
        panic!("no ice:servers");
    };
    assert_eq!(ice_ttl, 3600);
    member.ice_servers = ice_servers;
    let mut asking = Asking::new(relay.turn(HERE), member.credentials()).await;
    asking.bind().await.unwrap();
    let relayed = asking.allocate().await.unwrap();
    assert_eq!(relayed.ip(), HERE);
    assert_eq!(asking.allocate().await, Err(437));
}

#[tokio::test]
async fn expired_foreign_and_forged_credentials_are_refused() {
    let relay = Relay::start(|_| ()).await;
    let member = relay.join("ann").await;
    let (username, password) = member.credentials();
    let id = username.split_once(':').unwrap().1.to_owned();
    let mut asking = Asking::new(relay.turn(HERE), forged(SECRET, &id, -1)).await;
    assert_eq!(asking.allocate().await, Err(401));
    for wrong in [
        forged(SECRET, "nobody", 1000),
        forged("another secret", &id, 1000),
        (username.clone(), "wrong".to_owned()),
        ("ann".to_owned(), password.clone()),
    ] {
        asking.with(wrong.clone());
        assert_eq!(asking.allocate().await, Err(401), "{wrong:?}");
    }
    asking.with(forged(SECRET, &id, 1000));
    asking.allocate().await.unwrap();
}

#[tokio::test]
async fn another_members_credentials_are_no_good_for_an_allocation() {
    let relay = Relay::start(|_| ()).await;
    let (ann, bob) = (relay.join("ann").await, relay.join("bob").await);
    let mut asking = Asking::new(relay.turn(HERE), ann.credentials()).await;
    asking.allocate().await.unwrap();
    asking.with(bob.credentials());
    assert_eq!(asking.refresh(0).await, Err(441));
    asking.with(ann.credentials());
    asking.refresh(0).await.unwrap();
    asking.with(bob.credentials());
    asking.allocate().await.unwrap();
}
