//! Credentials and ICE servers for members: validity, expiry and content.

use std::{
    net::Ipv4Addr,
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use ring::hmac;
use signal_protocol::{ClientMessage, ServerMessage};

use crate::{
    relay::{Relay, SECRET},
    udp_client::UdpClient,
};

const LOOPBACK: Ipv4Addr = Ipv4Addr::LOCALHOST;

/// Credentials in the format of the relay, for any member and expiry.
fn forged(secret: &str, member: &str, seconds_from_now: i64) -> (String, String) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let expires = i64::try_from(now.as_secs()).unwrap() + seconds_from_now;
    let username = format!("{expires}:{member}");
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
    let password = BASE64_STANDARD.encode(hmac::sign(&key, username.as_bytes()));
    (username, password)
}

#[tokio::test]
async fn member_receives_turn_urls() {
    let relay = Relay::start(|_| ()).await;
    let mut member = relay.join("ann").await;
    let (port, tls_port) = (relay.turn_port, relay.tls_port);
    let urls: Vec<String> = member
        .ice_servers
        .iter()
        .flat_map(|server| server.urls.clone())
        .collect();
    // The member used 127.0.0.1 for the relay.
    let expect = [
        format!("stun:127.0.0.1:{port}"),
        format!("turn:127.0.0.1:{port}?transport=udp"),
        format!("turn:127.0.0.1:{port}?transport=tcp"),
        format!("turns:127.0.0.1:{tls_port}?transport=tcp"),
    ];
    assert_eq!(urls, expect);
    assert_eq!(member.ice_ttl, 3600);

    member.send(ClientMessage::IceRefresh).await;
    let ServerMessage::IceServers {
        ice_servers,
        ice_ttl,
    } = member.receive().await
    else {
        panic!("no ice:servers");
    };
    assert_eq!(ice_ttl, 3600);
    member.ice_servers = ice_servers;
    let mut client = UdpClient::new(relay.turn(LOOPBACK), member.credentials()).await;
    client.bind().await.unwrap();
    let relayed = client.allocate().await.unwrap();
    assert_eq!(relayed.ip(), LOOPBACK);
    assert_eq!(client.allocate().await, Err(437));
}

#[tokio::test]
async fn expired_foreign_and_forged_credentials_are_refused() {
    let relay = Relay::start(|_| ()).await;
    let member = relay.join("ann").await;
    let (username, password) = member.credentials();
    let id = username.split_once(':').unwrap().1.to_owned();
    let mut client = UdpClient::new(relay.turn(LOOPBACK), forged(SECRET, &id, -1)).await;
    assert_eq!(client.allocate().await, Err(401));
    for wrong in [
        forged(SECRET, "nobody", 1000),
        forged("another secret", &id, 1000),
        (username.clone(), "wrong".to_owned()),
        ("ann".to_owned(), password.clone()),
    ] {
        client.set_credentials(wrong.clone());
        assert_eq!(client.allocate().await, Err(401), "{wrong:?}");
    }
    client.set_credentials(forged(SECRET, &id, 1000));
    client.allocate().await.unwrap();
}

#[tokio::test]
async fn allocation_refuses_credentials_of_another_member() {
    let relay = Relay::start(|_| ()).await;
    let (ann, bob) = (relay.join("ann").await, relay.join("bob").await);
    let mut client = UdpClient::new(relay.turn(LOOPBACK), ann.credentials()).await;
    client.allocate().await.unwrap();
    client.set_credentials(bob.credentials());
    assert_eq!(client.refresh(0).await, Err(441));
    client.set_credentials(ann.credentials());
    client.refresh(0).await.unwrap();
    client.set_credentials(bob.credentials());
    client.allocate().await.unwrap();
}
