//! Traffic that the TURN server relays, refuses and drops.

use std::net::{Ipv4Addr, SocketAddr};

use signal_protocol::RoomJoined;
use signal_server::Config;
use tokio::net::{TcpStream, UdpSocket};

use super::watched::{Moves, Watched, free_address};
use crate::{
    client::Client,
    udp_client::{CHANNEL, UdpClient, peer_check},
};

/// One more than an address may have.
const CONNECTIONS: usize = 257;
const PORTS: u16 = 16;

pub(crate) async fn run() -> Moves {
    let (relayed, refused, member, total) =
        tokio::join!(relayed(), refused(), too_much(1, 0), too_much(0, 1));
    Moves::all([relayed, refused, member, total])
}

struct Turn {
    watched: Watched,
    server: SocketAddr,
}

impl Turn {
    async fn start(change: impl FnOnce(&mut Config)) -> Self {
        let server = free_address();
        let watched = Watched::start(|config| {
            config.turn.listen = vec![server];
            // Below all other ports here, so that parallel tests rarely collide.
            let first = 5000 + rand::random_range(0..300) * PORTS;
            config.turn.ports = first..=first + PORTS - 1;
            config.turn.allow_peers = vec!["127.0.0.0/8".parse().unwrap()];
            change(config);
        })
        .await;
        Self { watched, server }
    }

    async fn member(&self) -> (Client, RoomJoined) {
        self.watched.relay.join("r", "ann").await
    }

    async fn client(&self, joined: &RoomJoined) -> UdpClient {
        self.client_from(1, joined).await
    }

    /// From 127.0.0.`last`.
    async fn client_from(&self, last: u8, joined: &RoomJoined) -> UdpClient {
        let server = joined
            .ice_servers
            .iter()
            .find(|server| server.username.is_some())
            .unwrap();
        let credentials = (
            server.username.clone().unwrap(),
            server.credential.clone().unwrap(),
        );
        let here = Ipv4Addr::new(127, 0, 0, last);
        UdpClient::from(here, self.server, credentials).await
    }
}

async fn relayed() -> Moves {
    let mut turn = Turn::start(|_| ()).await;
    let (_ann, joined) = turn.member().await;
    let peer = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let mut client = turn.client(&joined).await;
    client.bind().await.unwrap();
    let relayed = client.allocate().await.unwrap();
    client.channel(peer.local_addr().unwrap()).await.unwrap();
    client.send(b"before it is asked").await;
    answers_a_check(&client, &peer).await;
    client.send(b"there").await;
    let mut buffer = [0; 100];
    let (length, _) = crate::client::within(peer.recv_from(&mut buffer))
        .await
        .unwrap();
    assert_eq!(&buffer[..length], b"there");
    peer.send_to(b"and back", relayed).await.unwrap();
    assert_eq!(client.receive().await, b"and back");

    // The system refuses to send to a broadcast address.
    let mut to_all = turn.client(&joined).await;
    to_all.allocate().await.unwrap();
    let all = SocketAddr::from((Ipv4Addr::new(127, 255, 255, 255), 9));
    to_all.channel(all).await.unwrap();
    to_all.send(&peer_check().request().1).await;
    // Without an allocation.
    let stranger = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let [high, low] = CHANNEL.to_be_bytes();
    let datagram = [high, low, 0, 1, 7, 0, 0, 0];
    stranger.send_to(&datagram, turn.server).await.unwrap();
    turn.watched
        .look_until_moved(&[
            "snug_turn_dropped_packets_total{reason=\"congestion\"}",
            "snug_turn_dropped_packets_total{reason=\"not-permitted\"}",
        ])
        .await;
    turn.watched.end().await
}

async fn refused() -> Moves {
    let mut turn = Turn::start(|config| config.turn.allocations = usize::from(PORTS) + 1).await;
    let (_ann, joined) = turn.member().await;
    let mut client = turn.client(&joined).await;
    client.allocate().await.unwrap();
    assert_eq!(client.allocate().await, Err(437));
    let metadata = "169.254.169.254:80".parse().unwrap();
    assert_eq!(client.permit(metadata).await, Err(403));
    client.set_credentials(("nobody".to_owned(), "guessed".to_owned()));
    assert_eq!(client.refresh(600).await, Err(401));
    // A member may hold more ports than there are, and each address half of them.
    let mut held = Vec::new();
    for (address, expect) in [(1, 486), (2, 508), (3, 508)] {
        let no_more = loop {
            let mut another = turn.client_from(address, &joined).await;
            match another.allocate().await {
                Ok(_) => held.push(another),
                Err(code) => break code,
            }
        };
        assert_eq!(no_more, expect, "127.0.0.{address}");
    }
    client.socket.send(&[0xff; 20]).await.unwrap();
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(TcpStream::connect(turn.server).await.unwrap());
    }
    turn.watched
        .look_until_moved(&[
            "snug_turn_refused_total{reason=\"malformed\"}",
            "snug_turn_refused_total{reason=\"connections\"}",
        ])
        .await;
    turn.watched.end().await
}

async fn answers_a_check(client: &UdpClient, peer: &UdpSocket) {
    let answering = async {
        let mut buffer = [0; 2000];
        let (length, from) = peer.recv_from(&mut buffer).await.unwrap();
        let answer = peer_check().answer(&buffer[..length]).unwrap();
        peer.send_to(&answer, from).await.unwrap();
    };
    tokio::join!(client.check(), crate::client::within(answering));
}

/// Limits in megabits per second, per member and in total. 0 is no limit.
async fn too_much(member_megabits: u32, total_megabits: u32) -> Moves {
    let turn = Turn::start(|config| {
        config.turn.member_megabits = member_megabits;
        config.turn.total_megabits = total_megabits;
        config.turn.allocations = 1;
    })
    .await;
    let (_ann, joined) = turn.member().await;
    let peer = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let mut client = turn.client(&joined).await;
    client.allocate().await.unwrap();
    let mut second = turn.client(&joined).await;
    assert_eq!(second.allocate().await, Err(486));
    client.channel(peer.local_addr().unwrap()).await.unwrap();
    answers_a_check(&client, &peer).await;
    for _ in 0..125 {
        client.send(&[7; 1000]).await;
    }
    // The relay answers after it has handled all of those, as one task reads them in order.
    client.refresh(600).await.unwrap();
    turn.watched.end().await
}
