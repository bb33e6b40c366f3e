//! Limits of an address whose members are on other nodes.

use std::{net::SocketAddr, time::Duration};

use signal_protocol::{ClientMessage, ErrorCode, ServerMessage};
use signal_server::Config;
use tokio::net::TcpStream;
use tokio_tungstenite::{client_async, tungstenite::client::IntoClientRequest};

use crate::{
    client::{Client, join, join_with_proof, resuming, within},
    person::Person,
    redis::Redis,
};

const JOINS: u32 = 3;

/// As in a rolling restart: all members behind one router resume on another node at once.
#[tokio::test(flavor = "multi_thread")]
async fn resume_on_another_node_is_exempt_from_limits() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let one = redis.node().await;
    let two = redis.node_with(|config| config.join_rate = JOINS).await;
    let mut people = Vec::new();
    for number in 0..3 * JOINS {
        people.push(Person::join(one.address, "r", &format!("person {number}")).await);
    }
    for (number, person) in people.iter_mut().enumerate() {
        let name = format!("person {number}");
        assert!(person.resume(two.address, "r", &name).await, "{name}");
    }
    // The resumes did not count against the address.
    let mut guests = Vec::new();
    for number in 0..JOINS {
        let guest = Person::try_join(two.address, "new", &format!("guest {number}")).await;
        guests.push(guest.unwrap());
    }
    let refused = Person::try_join(two.address, "new", "one too many").await;
    assert_eq!(refused.err(), Some(ErrorCode::RateLimited));
    // Members of other nodes resume even now. A join with an invalid token is refused.
    let back = &mut people[0];
    assert!(back.resume(one.address, "r", "person 0").await);
    assert!(back.resume(two.address, "r", "person 0").await);
    let mut false_token = Client::connect(two.address).await;
    let token = signal_protocol::ResumeToken::new("made up");
    false_token.send(&resuming("new", "eve", &token)).await;
    assert_eq!(false_token.hear_error_code().await, ErrorCode::RateLimited);
    // The members that joined before see who is in the room.
    assert_eq!(guests.len(), JOINS as usize);
}

/// A client behind a trusted proxy.
async fn client_from(relay: SocketAddr, address: &str) -> Client {
    let stream = TcpStream::connect(relay).await.unwrap();
    let mut request = format!("ws://{relay}/ws").into_client_request().unwrap();
    let headers = request.headers_mut();
    headers.insert("x-forwarded-for", address.parse().unwrap());
    let (socket, _) = within(client_async(request, stream)).await.unwrap();
    Client { socket }
}

fn behind_a_proxy(config: &mut Config) {
    config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
}

#[tokio::test(flavor = "multi_thread")]
async fn sockets_of_one_network_fill_no_room_through_two_nodes() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let nodes = [
        redis.node_with(behind_a_proxy).await,
        redis.node_with(behind_a_proxy).await,
    ];
    for (room, addresses, expect) in [
        ("one", "198.51.100.7", 8),
        ("site", "2001:db8:0:1{}::7", 8),
        ("organization", "198.51.100.{}", 10),
    ] {
        let mut inside = Vec::new();
        for (number, node) in (0..12).zip(nodes.iter().cycle()) {
            let address = addresses.replace("{}", &(10 + number).to_string());
            let mut client = client_from(node.address, &address).await;
            client.send(&join(room, &format!("eve {number}"))).await;
            match client.receive().await {
                ServerMessage::RoomJoined(_) => inside.push(client),
                ServerMessage::Error(error) => assert_eq!(error.code, ErrorCode::RoomFull),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(inside.len(), expect, "{addresses}");
        let mut guest = client_from(nodes[1].address, "203.0.113.9").await;
        guest.join(room, "guest").await;
        // Another member can take the place of one that left.
        let mut left = inside.swap_remove(0);
        left.send(&ClientMessage::RoomLeave).await;
        while left.receive().await != ServerMessage::RoomLeft {}
        let mut again = client_from(nodes[0].address, &addresses.replace("{}", "10")).await;
        again.join(room, "ann").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_passcodes_of_one_network_are_slowed_on_two_nodes() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let nodes = [
        redis.node_with(behind_a_proxy).await,
        redis.node_with(behind_a_proxy).await,
    ];
    let mut ann = client_from(nodes[0].address, "203.0.113.9").await;
    ann.send(&join_with_proof("r", "ann", "right")).await;
    ann.hear_joined().await;
    let mut wrong = 0;
    for (number, node) in (0..40).zip(nodes.iter().cycle()) {
        // A home has a /56, and can use another /64 for each guess.
        let mut eve = client_from(node.address, &format!("2001:db8:0:1{number:02}::7")).await;
        eve.send(&join_with_proof("r", "eve", "wrong")).await;
        match eve.hear_error_code().await {
            ErrorCode::WrongPasscode => wrong += 1,
            code => assert_eq!(code, ErrorCode::RateLimited),
        }
    }
    // Twice the limit of one address, and what came back meanwhile.
    assert!((20..30).contains(&wrong), "{wrong}");
}

/// The receiver's node tells the sender's node, which tells the sender.
#[tokio::test(flavor = "multi_thread")]
async fn flood_to_a_remote_member_is_reported_to_its_sender() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    // It reads nothing meanwhile, however long the test takes.
    let late = |config: &mut Config| {
        config.stall = Duration::from_secs(600);
        config.silence = Duration::from_secs(600);
    };
    let (one, two) = (redis.node_with(late).await, redis.node().await);
    let mut slow = Client::connect_narrow(one.address).await;
    let to = slow.join("r", "slow").await.myself.id;
    let mut carl = Client::connect(one.address).await;
    let carls = carl.join("r", "carl").await;
    let mut eve = Client::connect(two.address).await;
    eve.join("r", "eve").await;
    carl.hear_user_joined().await;
    let mut refused = 0;
    for _ in 0..300 {
        eve.call(&to, &"x".repeat(60_000)).await;
        eve.send(&ClientMessage::Ping).await;
        loop {
            match eve.receive().await {
                ServerMessage::Pong => break,
                ServerMessage::Error(error) => {
                    assert_eq!(error.code, ErrorCode::RateLimited);
                    assert_eq!(error.about.as_deref(), Some("user:call"));
                    refused += 1;
                }
                other => panic!("{other:?}"),
            }
        }
    }
    assert!(refused > 0, "nothing was told");
    // What comes after the flood from node to node: the flood has arrived.
    eve.call(&carls.myself.id, "the last").await;
    assert_eq!(carl.hear_delivered().await.1, "the last");
    let mut bob = Client::connect(one.address).await;
    bob.join("r", "bob").await;
    bob.call(&to, "still here").await;
    loop {
        if let ServerMessage::Delivered(delivered) = slow.receive().await
            && delivered.payload.to_text().unwrap() == "still here"
        {
            break;
        }
    }
    slow.receive_nothing().await;
}
