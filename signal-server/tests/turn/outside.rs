//! Another TURN server: coturn takes the credentials that we make for it.

use std::net::Ipv4Addr;

use signal_server::{Config, Secret};

use crate::{
    relay::Relay,
    tools::{self, Coturn, Peer, uclient},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn coturn_takes_what_members_are_given() {
    if !tools::are_there() {
        return;
    }
    let coturn = Coturn::start("known to both").await;
    let peer = Peer::start(Ipv4Addr::LOCALHOST.into()).await;
    let offered = |secret: &str| {
        let mut config = Config::default();
        config.turn.urls = vec![format!("turn:{}?transport=udp", coturn.address)];
        config.turn.secret = Some(Secret::new(secret));
        Relay::serve(config)
    };
    let relay = offered("known to both").await;
    let member = relay.join("ann").await;
    assert_eq!(member.ice_ttl, 3600);
    assert_eq!(
        member.ice_servers[0].urls,
        [format!("turn:{}?transport=udp", coturn.address)]
    );
    let said = uclient(
        &["-n", "20"],
        &member.credentials(),
        coturn.address,
        peer.address,
    )
    .await;
    assert!(
        said.contains("tot_send_msgs=20, tot_recv_msgs=20"),
        "{said}"
    );

    let stranger = offered("not known to it").await;
    let member = stranger.join("bob").await;
    let said = uclient(
        &["-n", "20"],
        &member.credentials(),
        coturn.address,
        peer.address,
    )
    .await;
    assert!(!said.contains("tot_recv_msgs=20"), "{said}");
    assert!(said.contains("Cannot complete Allocation"), "{said}");
}
