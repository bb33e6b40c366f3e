//! coturn's client and coturn's peer, and we between them: nothing may be lost, by any way in.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use signal_server::PeerConsent;

use crate::{
    relay::Relay,
    tools::{self, Peer, uclient},
};

const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);
const MESSAGES: u32 = 200;

enum By {
    Plain,
    Tls,
}

async fn check(flags: &[&str], by: By, server: IpAddr, peer: IpAddr) {
    if !tools::are_there() {
        return;
    }
    // Neither of the two knows ICE.
    let relay = Relay::start(|config| config.turn.consent = PeerConsent::Waived).await;
    let member = relay.join("ann").await;
    let peer = Peer::start(peer).await;
    let mut at = relay.turn(server);
    match by {
        By::Plain => {}
        By::Tls => at.set_port(relay.tls_port),
    }
    let count = MESSAGES.to_string();
    let flags = [flags, &["-n", &count, "-m", "4", "-z", "5"]].concat();
    let said = uclient(&flags, &member.credentials(), at, peer.address).await;
    let expect = format!("tot_send_msgs={0}, tot_recv_msgs={0}", MESSAGES * 4);
    assert!(said.contains(&expect), "{flags:?}: {said}");
    assert!(said.contains("Total lost packets 0 (0.000000%)"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn udp() {
    check(&["-l", "1200"], By::Plain, V4, V4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn udp_by_indications() {
    check(&["-s", "-l", "1199"], By::Plain, V4, V4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn udp_with_padding_and_more_requests_than_are_needed() {
    check(&["-D", "-G", "-l", "173"], By::Plain, V4, V4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn udp_in_ipv6() {
    check(&["-x"], By::Plain, V6, V6).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn udp_from_ipv4_to_ipv6_by_indications() {
    check(&["-x", "-s"], By::Plain, V4, V6).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tcp() {
    check(&["-t", "-l", "1201"], By::Plain, V4, V4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tcp_by_indications_in_ipv6() {
    check(&["-t", "-s", "-x", "-l", "77"], By::Plain, V6, V6).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls() {
    check(&["-t", "-S", "-l", "1202"], By::Tls, V4, V4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_from_ipv6_to_ipv4() {
    check(&["-t", "-S", "-X"], By::Tls, V6, V4).await;
}
