//! Pairs that send three kilobytes to each other, all at once.

use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt, future::join_all};
use relay_bench::client::{Place, Socket, expect, join};
use signal_protocol::{ClientMessage, Directed, DirectedKind, MemberId, Payload};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

/// Engine.IO's ping, and the expected answer.
const SOCKETIO_PING: &str = "2";
const SOCKETIO_PONG: &str = "3";

/// Two sockets, and the frame that each sends to the other.
pub(crate) type Pair = [(Socket, Utf8Bytes); 2];

/// A pair in the relay's room of that number. Each member has its own server address.
pub(crate) async fn pair(first: &Place, second: &Place, number: u32) -> Pair {
    let room = number.to_string();
    let (mut socket, joined) = join(first, &room).await;
    let (other_socket, other) = join(second, &room).await;
    expect(&mut socket, "user:joined").await;
    [
        (socket, call_frame(&other.myself.id)),
        (other_socket, call_frame(&joined.myself.id)),
    ]
}

/// Lets each pair pass this many messages, counted in each direction. Returns the elapsed time.
pub(crate) async fn exchange_messages(pairs: &mut Vec<Pair>, messages: u32) -> Duration {
    let start = Instant::now();
    let playing = pairs
        .drain(..)
        .map(|pair| tokio::spawn(pass_to_and_fro(pair, messages)));
    let played = join_all(playing).await;
    let elapsed = start.elapsed();
    pairs.extend(played.into_iter().map(|pair| pair.unwrap()));
    elapsed
}

/// Three kilobytes, the size of an offer with audio and video.
pub(crate) fn sdp() -> String {
    let mut sdp = String::from("v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n");
    let mut number = 96;
    while sdp.len() < 3000 {
        sdp += &format!("a=rtpmap:{number} VP8/90000\r\na=rtcp-fb:{number} nack pli\r\n");
        number += 1;
    }
    sdp
}

pub(crate) fn call_frame(to: &MemberId) -> Utf8Bytes {
    let offer = serde_json::json!({ "call": "x", "offer": { "type": "offer", "sdp": sdp() } });
    let message = ClientMessage::Directed(Directed {
        kind: DirectedKind::UserCall,
        to: to.clone(),
        payload: Payload::from_text(&offer.to_string()),
    });
    message.encode().into()
}

async fn pass_to_and_fro(pair: Pair, messages: u32) -> Pair {
    let [(mut first, first_frame), (mut second, second_frame)] = pair;
    for _ in 0..messages / 2 {
        pass(&mut first, &first_frame, &mut second).await;
        pass(&mut second, &second_frame, &mut first).await;
    }
    [(first, first_frame), (second, second_frame)]
}

async fn pass(from: &mut Socket, frame: &Utf8Bytes, to: &mut Socket) {
    from.send(Message::Text(frame.clone())).await.unwrap();
    loop {
        match to.next().await.unwrap().unwrap() {
            Message::Text(text) if text.len() > 3000 => return,
            Message::Text(text) if text.as_str() == SOCKETIO_PING => {
                to.send(Message::text(SOCKETIO_PONG)).await.unwrap();
            }
            Message::Ping(_) | Message::Pong(_) => {}
            other => panic!("unexpected: {other:?}"),
        }
    }
}
