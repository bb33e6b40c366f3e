//! Attempts of one member, or one address, to use up what others need.

use std::time::Duration;

use futures_util::SinkExt;
use signal_protocol::{ClientMessage, CloseCode, DirectedKind, ErrorCode, MemberId, ServerMessage};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    client_async,
    tungstenite::{
        Message,
        client::IntoClientRequest,
        protocol::frame::{
            Frame,
            coding::{Data, OpCode},
        },
    },
};

use crate::{
    client::{Client, join, within},
    relay::Relay,
};

/// A client behind a trusted proxy.
async fn client_from(relay: &Relay, address: &str) -> Client {
    let stream = TcpStream::connect(relay.address).await.unwrap();
    let url = format!("ws://{}/ws", relay.address);
    let mut request = url.into_client_request().unwrap();
    let headers = request.headers_mut();
    headers.insert("x-forwarded-for", address.parse().unwrap());
    let (socket, _) = within(client_async(request, stream)).await.unwrap();
    Client { socket }
}

/// Sends these at once, without reading. The relay may close the socket meanwhile.
async fn burst(client: &mut Client, messages: impl IntoIterator<Item = Message>) {
    for message in messages {
        if within(client.socket.send(message)).await.is_err() {
            return;
        }
    }
}

fn call(to: &MemberId, bytes: usize) -> Message {
    let payload = "x".repeat(bytes);
    Message::text(format!(
        r#"{{"type":"user:call","to":"{}","payload":"{payload}"}}"#,
        to.as_str()
    ))
}

/// The attack: the largest burst that a socket may send, in messages of the largest size.
#[tokio::test(flavor = "multi_thread")]
async fn burst_of_large_messages_closes_its_sender_only() {
    let relay = Relay::start(|_| ()).await;
    let mut ann = Client::connect_narrow(relay.address).await;
    let anns = ann.join("r", "ann").await.myself.id;
    let (mut eve, _) = relay.join("r", "eve").await;
    let (mut bob, _) = relay.join("r", "bob").await;
    let flood = (0..200).map(|_| call(&anns, 65_000));
    burst(&mut eve, flood).await;
    let mut refused = 0;
    let code = loop {
        match eve.receive_or_close().await {
            Ok(ServerMessage::Error(error)) => {
                assert_eq!(error.code, ErrorCode::RateLimited);
                assert!(error.retry_after_ms.is_some_and(|wait| wait > 0));
                refused += 1;
            }
            Ok(ServerMessage::UserJoined { .. }) => {}
            Ok(other) => panic!("{other:?}"),
            Err(close) => break close.map(|frame| u16::from(frame.code)),
        }
    };
    // The close frame may be lost with bytes that were still in flight to the relay.
    assert!(code.is_none_or(|code| code == CloseCode::RateExceeded.code()));
    assert!(refused > 0 || code.is_none(), "nothing was refused");
    bob.call(&anns, "still here").await;
    loop {
        match ann.receive().await {
            ServerMessage::Delivered(delivered) => {
                if delivered.payload.to_text().unwrap() == "still here" {
                    break;
                }
            }
            ServerMessage::UserJoined { .. } | ServerMessage::UserLeft { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

/// A receiver that reads late, and senders without a rate limit.
#[tokio::test(flavor = "multi_thread")]
async fn queue_of_a_slow_reader_is_shared_and_it_is_not_closed() {
    let relay = Relay::start(|config| {
        config.message_rate = 0;
        // It reads nothing meanwhile, however long the test takes.
        config.stall = Duration::from_secs(600);
        config.silence = Duration::from_secs(600);
    })
    .await;
    let mut slow = Client::connect_narrow(relay.address).await;
    let to = slow.join("r", "slow").await.myself.id;
    let (mut eve, _) = relay.join("r", "eve").await;
    let (mut bob, _) = relay.join("r", "bob").await;
    eve.hear_user_joined().await;
    let mut refused = 0;
    for _ in 0..500 {
        eve.call(&to, &"x".repeat(60_000)).await;
        eve.send(&ClientMessage::Ping).await;
        match eve.receive().await {
            ServerMessage::Pong => {}
            ServerMessage::Error(error) => {
                assert_eq!(error.code, ErrorCode::RateLimited);
                assert_eq!(
                    error.about.as_deref(),
                    Some(DirectedKind::UserCall.as_str())
                );
                assert!(error.retry_after_ms.is_some_and(|wait| wait > 0));
                refused += 1;
                assert_eq!(eve.receive().await, ServerMessage::Pong);
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(refused > 100, "{refused} were refused");
    // Eve's messages fill the queue. The others are not affected.
    for number in 0..10 {
        bob.call(&to, &number.to_string()).await;
    }
    bob.receive_nothing().await;
    let mut received = Vec::new();
    while received.len() < 10 {
        match slow.receive().await {
            ServerMessage::Delivered(delivered) => {
                let text = delivered.payload.to_text().unwrap();
                received.extend(text.parse::<u32>());
            }
            ServerMessage::UserJoined { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(received, (0..10).collect::<Vec<_>>());
    slow.receive_nothing().await;
    eve.call(&to, "now it reads").await;
    assert_eq!(slow.hear_delivered().await.1, "now it reads");
}

/// A frame of a fragmented message, without content.
fn part(data: Data, is_final: bool) -> Message {
    Message::Frame(Frame::message("", OpCode::Data(data), is_final))
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_without_content_are_counted_and_close_their_socket() {
    let first = || part(Data::Text, false);
    let middle = || part(Data::Continue, false);
    let last = || part(Data::Continue, true);
    for (name, message) in [
        ("empty fragments", middle as fn() -> Message),
        ("pings", || Message::Ping("".into())),
        ("pongs", || Message::Pong("".into())),
        ("empty messages", || Message::text("")),
    ] {
        let relay = Relay::start(|_| ()).await;
        let (mut ann, _) = relay.join("r", "ann").await;
        let mut eve = relay.client().await;
        if name == "empty fragments" {
            eve.send_frame(first()).await;
        }
        burst(&mut eve, (0..5_000).map(|_| message())).await;
        let close = loop {
            match eve.receive_or_close().await {
                Ok(_) => {}
                Err(close) => break close,
            }
        };
        let code = close.map(|frame| u16::from(frame.code));
        assert!(code.is_none_or(|code| code == 4003), "{name}: {code:?}");
        ann.receive_nothing().await;
    }
    // A message in a few fragments counts as a few.
    let relay = Relay::start(|_| ()).await;
    let mut ann = relay.client().await;
    ann.send_frame(first()).await;
    for _ in 0..20 {
        ann.send_frame(middle()).await;
    }
    let text = ClientMessage::Ping.encode();
    let (start, end) = text.split_at(5);
    for (text, is_final) in [(start, false), (end, false)] {
        let text = text.to_owned();
        let frame = Frame::message(text, OpCode::Data(Data::Continue), is_final);
        ann.send_frame(Message::Frame(frame)).await;
    }
    ann.send_frame(last()).await;
    assert_eq!(ann.receive().await, ServerMessage::Pong);
}

#[tokio::test]
async fn sockets_of_one_network_do_not_fill_a_room() {
    for (addresses, expect) in [
        ("198.51.100.7", 8),
        ("2001:db8:0:1::{}", 8),
        ("[2001:db8:0:1::{}]", 8),
        ("2001:db8:0:1{}::7", 8),
        ("198.51.100.{}", 10),
    ] {
        let relay = Relay::start(|config| {
            config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
        })
        .await;
        let mut inside = Vec::new();
        for number in 0..12 {
            let address = addresses.replace("{}", &(10 + number).to_string());
            let mut client = client_from(&relay, &address).await;
            client.send(&join("r", &format!("eve {number}"))).await;
            match client.receive().await {
                ServerMessage::RoomJoined(joined) => inside.push((client, *joined)),
                ServerMessage::Error(error) => {
                    assert_eq!(error.code, ErrorCode::RoomFull);
                    assert_eq!(error.about.as_deref(), Some("room:join"));
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(inside.len(), expect, "{addresses}");
        let mut guest = client_from(&relay, "203.0.113.9").await;
        guest.join("r", "guest").await;
        // A resume is exempt from the share, from any address.
        let (client, joined) = inside.pop().unwrap();
        client.lose().await;
        let first = addresses.replace("{}", "10");
        let mut back = client_from(&relay, &first).await;
        assert!(back.resume("r", "eve", &joined.resume).await.resumed);
    }
}

#[tokio::test]
async fn room_share_follows_its_flag() {
    for (share, expect) in [(Some(1), 1), (Some(3), 3), (Some(0), 5), (None, 4)] {
        let relay = Relay::start(|config| {
            config.room_size = 5;
            config.room_members_per_address = share;
            config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
        })
        .await;
        let mut inside = Vec::new();
        for number in 0..5 {
            let mut client = client_from(&relay, "198.51.100.7").await;
            client.send(&join("r", &format!("ann {number}"))).await;
            if let ServerMessage::RoomJoined(_) = client.receive().await {
                inside.push(client);
            }
        }
        assert_eq!(inside.len(), expect, "{share:?}");
    }
}
