//! The relay between coturn's client and coturn's peer: no packet is lost over any transport.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use signal_server::PeerConsent;

use crate::{
    relay::Relay,
    tools::{self, Peer, uclient},
};

const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);
const MESSAGES: u32 = 200;

enum Transport {
    Plain,
    Tls,
}

async fn check(flags: &[&str], transport: Transport, server: IpAddr, peer: IpAddr) {
    if !tools::are_installed() {
        return;
    }
    // coturn's tools do not use ICE.
    let relay = Relay::start(|config| config.turn.consent = PeerConsent::Waived).await;
    let member = relay.join("ann").await;
    let peer = Peer::start(peer).await;
    let mut server_address = relay.turn(server);
    match transport {
        Transport::Plain => {}
        Transport::Tls => server_address.set_port(relay.tls_port),
    }
    let count = MESSAGES.to_string();
    let flags = [flags, &["-n", &count, "-m", "4", "-z", "5"]].concat();
    let output = uclient(&flags, &member.credentials(), server_address, peer.address).await;
    let expect = format!("tot_send_msgs={0}, tot_recv_msgs={0}", MESSAGES * 4);
    assert!(output.contains(&expect), "{flags:?}: {output}");
    assert!(
        output.contains("Total lost packets 0 (0.000000%)"),
        "{output}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn udp_loses_no_packet() {
    check(&["-l", "1200"], Transport::Plain, V4, V4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn udp_with_indications_loses_no_packet() {
    check(&["-s", "-l", "1199"], Transport::Plain, V4, V4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn udp_with_padding_and_extra_requests_loses_no_packet() {
    check(&["-D", "-G", "-l", "173"], Transport::Plain, V4, V4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn udp_over_ipv6_loses_no_packet() {
    check(&["-x"], Transport::Plain, V6, V6).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn udp_from_ipv4_to_ipv6_loses_no_packet() {
    check(&["-x", "-s"], Transport::Plain, V4, V6).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tcp_loses_no_packet() {
    check(&["-t", "-l", "1201"], Transport::Plain, V4, V4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tcp_over_ipv6_loses_no_packet() {
    check(&["-t", "-s", "-x", "-l", "77"], Transport::Plain, V6, V6).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_loses_no_packet() {
    check(&["-t", "-S", "-l", "1202"], Transport::Tls, V4, V4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_from_ipv6_to_ipv4_loses_no_packet() {
    check(&["-t", "-S", "-X"], Transport::Tls, V6, V4).await;
}
