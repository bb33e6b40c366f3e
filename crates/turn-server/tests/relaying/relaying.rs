//! What goes from a client to a peer and back.

use turn_client::{Bindings, Input};
use turn_server::PeerConsent;

use crate::support::{By, Peer, Server, loopback, within};

async fn check(by: By) {
    let server = Server::start(|_| ());
    let peer = Peer::start().await;
    let mut client = server.allocate(by, "ann").await;
    client.check(&peer).await;
    let large = vec![7; 1400];
    for payload in [&b"hello"[..], b"", &large] {
        client.send(peer.address, payload);
        assert_eq!(client.receive().await, (peer.address, payload.to_vec()));
    }
    client.connection.release().await;
    server.turn.stop().await;
    let counters = server.turn.counters();
    for direction in [&counters.to_peers, &counters.to_members] {
        assert_eq!(direction.packets.get(), 4, "{by:?}");
    }
    assert_eq!(counters.allocations.get(), 1);
    assert_eq!(counters.allocations_open.get(), 0);
}

#[tokio::test]
async fn packet_goes_to_the_peer_and_back_by_udp() {
    check(By::Udp).await;
}

#[tokio::test]
async fn packet_goes_to_the_peer_and_back_by_tcp() {
    check(By::Tcp).await;
}

#[tokio::test]
async fn packet_goes_to_the_peer_and_back_by_tls() {
    check(By::Tls).await;
}

#[tokio::test]
async fn two_members_reach_each_other_by_their_relayed_addresses() {
    let server = Server::start(|config| config.consent = PeerConsent::Waived);
    let mut ann = server.allocate(By::Udp, "ann").await;
    let mut bob = server.allocate(By::Tcp, "bob").await;
    // A permission is needed on both sides.
    ann.send(bob.relayed, b"from ann");
    bob.send(ann.relayed, b"from bob");
    let (ann_address, bob_address) = (ann.relayed, bob.relayed);
    // Whichever channel was bound first may have dropped what came before its permission.
    tokio::select! {
        (from, bytes) = ann.receive() => {
            assert_eq!((from, &bytes[..]), (bob_address, &b"from bob"[..]));
        }
        (from, bytes) = bob.receive() => {
            assert_eq!((from, &bytes[..]), (ann_address, &b"from ann"[..]));
        }
    }
}

#[tokio::test]
async fn binding_response_has_the_mapped_address() {
    let server = Server::start(|_| ());
    let address = server.turn.plain_addresses()[0];
    let socket = turn_client::udp::bound(loopback(0)).unwrap();
    let local = socket.local_addr().unwrap();
    let now = turn_server::Now::read().instant;
    let mut bindings = Bindings::new(local, now);
    let request = bindings.ask(address, (), now);
    socket.send_to(&request, address).await.unwrap();
    let mut buffer = [0; 1500];
    let (length, from) = within(socket.recv_from(&mut buffer)).await.unwrap();
    let input = bindings.handle_input(from, &buffer[..length], now);
    assert_eq!(input, Input::Taken);
    assert_eq!(bindings.poll_answer(now), Some(((), Ok(local))));
    assert_eq!(server.turn.counters().bindings.get(), 1);
}
