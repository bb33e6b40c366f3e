//! An external TURN server: coturn accepts credentials that the relay makes.

use std::net::Ipv4Addr;

use signal_server::{Config, Secret};

use crate::{
    relay::Relay,
    tools::{self, Coturn, Peer, uclient},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn coturn_accepts_credentials_of_the_relay() {
    if !tools::are_installed() {
        return;
    }
    let coturn = Coturn::start("known to both").await;
    let peer = Peer::start(Ipv4Addr::LOCALHOST.into()).await;
    let relay_with_secret = |secret: &str| {
        let mut config = Config::default();
        config.turn.urls = vec![format!("turn:{}?transport=udp", coturn.address)];
        config.turn.secret = Some(Secret::new(secret));
        Relay::serve(config)
    };
    let relay = relay_with_secret("known to both").await;
    let member = relay.join("ann").await;
    assert_eq!(member.ice_ttl, 3600);
    assert_eq!(
        member.ice_servers[0].urls,
        [format!("turn:{}?transport=udp", coturn.address)]
    );
    let output = uclient(
        &["-n", "20"],
        &member.credentials(),
        coturn.address,
        peer.address,
    )
    .await;
    assert!(
        output.contains("tot_send_msgs=20, tot_recv_msgs=20"),
        "{output}"
    );

    let stranger = relay_with_secret("not known to it").await;
    let member = stranger.join("bob").await;
    let output = uclient(
        &["-n", "20"],
        &member.credentials(),
        coturn.address,
        peer.address,
    )
    .await;
    assert!(!output.contains("tot_recv_msgs=20"), "{output}");
    assert!(output.contains("Cannot complete Allocation"), "{output}");
}
