//! The three relays under measurement, and how a client speaks to each.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use futures_util::{SinkExt, StreamExt};
use signal_protocol::{
    ClientMessage, Directed, DirectedKind, Email, MemberId, Payload, RoomJoin, RoomName,
    ServerMessage,
};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{Message, Utf8Bytes, protocol::WebSocketConfig},
};

use crate::{bare, process::Server};

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum System {
    Snug,
    Bare,
    SocketIo,
}

impl System {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Snug => "signal-server",
            Self::Bare => "(a) bare axum socket, frames unparsed",
            Self::SocketIo => "(b) original workflow on socket.io",
        }
    }

    /// `None` where the machine cannot run it.
    pub(crate) fn start(self) -> Option<Server> {
        match self {
            Self::Snug => Some(Server::snug()),
            Self::Bare => Some(Server::start(
                Command::new(std::env::current_exe().unwrap()).arg(bare::ARGUMENT),
            )),
            Self::SocketIo => {
                let folder = socketio_folder();
                installed(&folder)
                    .then(|| Server::start(Command::new("node").arg(folder.join("server.mjs"))))
            }
        }
    }

    /// Two sockets of one room, and the frame with which each sends to the other.
    pub(crate) async fn pair(self, server: &Server, number: u32) -> [(Socket, Utf8Bytes); 2] {
        match self {
            Self::Snug => {
                let (first, id) = join(server, number).await;
                let (second, other_id) = join(server, number).await;
                let mut first = first;
                expect(&mut first, "user:joined").await;
                [(first, snug_frame(&other_id)), (second, snug_frame(&id))]
            }
            Self::Bare => {
                let frame = snug_frame(&MemberId::new(&"x".repeat(22)));
                let url = |side| format!("ws://{}/ws/{number}/{side}", server.address);
                let [first, second] = [connect(&url(0)).await, connect(&url(1)).await];
                [(first, frame.clone()), (second, frame)]
            }
            Self::SocketIo => {
                let (mut first, id) = socketio_join(server, number, "ann").await;
                let (second, other_id) = socketio_join(server, number, "bob").await;
                expect(&mut first, "user:joined").await;
                [
                    (first, socketio_frame(&other_id)),
                    (second, socketio_frame(&id)),
                ]
            }
        }
    }
}

/// A member of the room of that number.
pub(crate) async fn join(server: &Server, number: u32) -> (Socket, MemberId) {
    let mut socket = connect(&format!("ws://{}/ws", server.address)).await;
    let join = ClientMessage::RoomJoin(RoomJoin {
        room: RoomName::parse(&number.to_string()).unwrap(),
        email: Email::parse("somebody@example.org").unwrap(),
        status: None,
        proof: None,
        resume: None,
    });
    socket.send(Message::text(join.encode())).await.unwrap();
    let answer = expect(&mut socket, "room:joined").await;
    let ServerMessage::RoomJoined(joined) = ServerMessage::decode(&answer).unwrap() else {
        panic!("not joined: {answer}");
    };
    (socket, joined.myself.id)
}

/// The next text frame that holds these words.
pub(crate) async fn expect(socket: &mut Socket, words: &str) -> Utf8Bytes {
    loop {
        match socket.next().await.unwrap().unwrap() {
            Message::Text(text) if text.contains(words) => return text,
            Message::Text(text) => panic!("no {words} in {text}"),
            Message::Ping(_) | Message::Pong(_) => {}
            other => panic!("unexpected: {other:?}"),
        }
    }
}

async fn connect(url: &str) -> Socket {
    // Small buffers: ten thousand of these sit in this process.
    let config = WebSocketConfig::default().read_buffer_size(4 * 1024);
    let (socket, _) = connect_async_with_config(url, Some(config), true)
        .await
        .unwrap();
    socket
}

/// Three kilobytes, as the offer of a call with sound and picture has.
fn sdp() -> String {
    let mut sdp = String::from("v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n");
    let mut number = 96;
    while sdp.len() < 3000 {
        sdp += &format!("a=rtpmap:{number} VP8/90000\r\na=rtcp-fb:{number} nack pli\r\n");
        number += 1;
    }
    sdp
}

fn snug_frame(to: &MemberId) -> Utf8Bytes {
    let offer = serde_json::json!({ "call": "x", "offer": { "type": "offer", "sdp": sdp() } });
    let message = ClientMessage::Directed(Directed {
        kind: DirectedKind::UserCall,
        to: to.clone(),
        payload: Payload::from_text(&offer.to_string()),
    });
    message.encode().into()
}

fn socketio_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/socketio")
}

fn installed(folder: &Path) -> bool {
    if folder.join("node_modules/socket.io").exists() {
        return true;
    }
    println!("installing socket.io from npm …");
    let installed = Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund", "--silent"])
        .current_dir(folder)
        .status();
    installed.is_ok_and(|status| status.success())
}

/// Engine.IO protocol 4 over WebSocket, Socket.IO protocol 5 on top: `0` opens, `40` connects,
/// `42` is an event.
async fn socketio_join(server: &Server, number: u32, name: &str) -> (Socket, String) {
    let url = format!(
        "ws://{}/socket.io/?EIO=4&transport=websocket",
        server.address
    );
    let mut socket = connect(&url).await;
    expect(&mut socket, "0{").await;
    socket.send(Message::text("40")).await.unwrap();
    let connected = expect(&mut socket, "40{").await;
    let connected: serde_json::Value = serde_json::from_str(&connected[2..]).unwrap();
    let join = serde_json::json!([
        "room:join",
        { "email": format!("{name}-{number}@example.org"), "room": number.to_string() },
    ]);
    socket
        .send(Message::text(format!("42{join}")))
        .await
        .unwrap();
    expect(&mut socket, "room:join").await;
    (socket, connected["sid"].as_str().unwrap().to_owned())
}

fn socketio_frame(to: &str) -> Utf8Bytes {
    let call = serde_json::json!([
        "user:call",
        { "to": to, "offer": { "type": "offer", "sdp": sdp() } },
    ]);
    format!("42{call}").into()
}
