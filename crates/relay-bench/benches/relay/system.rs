//! The relays under measurement that forward messages: ours with more and more features on, and
//! others.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use futures_util::SinkExt;
use relay_bench::{
    certificate::Certificate,
    client::{Place, Socket, expect},
    process::{NO_LIMITS, Server},
};
use signal_protocol::MemberId;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use crate::{
    bare,
    pairs::{Pair, call_frame, pair, sdp},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum System {
    Snug,
    SnugLimits,
    SnugMetrics,
    SnugTls,
    SnugAll,
    Bare,
    BareTls,
    SocketIo,
}

/// So high that one computer reaches none of them.
const LIMITS: [&str; 6] = [
    "--message-rate=1000000",
    "--message-burst=1000000",
    "--byte-rate=4000000000",
    "--byte-burst=4000000000",
    "--sockets-per-address=10000",
    "--join-rate=1000000",
];
const METRICS: &str = "--metrics=127.0.0.1:0";

impl System {
    pub(crate) const ALL: [Self; 8] = [
        Self::Snug,
        Self::SnugLimits,
        Self::SnugMetrics,
        Self::SnugTls,
        Self::SnugAll,
        Self::Bare,
        Self::BareTls,
        Self::SocketIo,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Snug => "signal-server",
            Self::SnugLimits => "  with limits",
            Self::SnugMetrics => "  with metrics",
            Self::SnugTls => "  with TLS",
            Self::SnugAll => "  with limits, metrics and TLS",
            Self::Bare => "(a) bare axum socket, frames unparsed",
            Self::BareTls => "(b) the same with TLS",
            Self::SocketIo => "(c) original workflow on socket.io",
        }
    }

    const fn has_tls(self) -> bool {
        match self {
            Self::SnugTls | Self::SnugAll | Self::BareTls => true,
            Self::Snug | Self::SnugLimits | Self::SnugMetrics | Self::Bare | Self::SocketIo => {
                false
            }
        }
    }

    /// `None` if the machine cannot run it.
    pub(crate) fn start(self, certificate: &Certificate) -> Option<(Server, Place)> {
        let tls = certificate.flags();
        let [chain, key] = &tls;
        let tls = [chain.as_str(), key];
        let server = match self {
            Self::Snug => Server::snug(),
            Self::SnugLimits => Server::snug_with(&LIMITS),
            Self::SnugMetrics => Server::snug_with(&[&NO_LIMITS[..], &[METRICS]].concat()),
            Self::SnugTls => Server::snug_with(&[&NO_LIMITS[..], &tls].concat()),
            Self::SnugAll => Server::snug_with(&[&LIMITS[..], &[METRICS], &tls].concat()),
            Self::Bare => Server::start(&mut bare::command()),
            Self::BareTls => Server::start(
                bare::command()
                    .arg(certificate.chain())
                    .arg(certificate.key()),
            ),
            Self::SocketIo => {
                let folder = socketio_folder();
                if !installed(&folder) {
                    println!("{} is left out: it needs node and npm.", self.name());
                    return None;
                }
                Server::start(Command::new("node").arg(folder.join("server.mjs")))
            }
        };
        let place = Place {
            address: server.address,
            tls: self.has_tls().then(|| certificate.trusted()),
        };
        Some((server, place))
    }

    /// Two sockets of one room, and the frame that each sends to the other.
    pub(crate) async fn pair(self, place: &Place, number: u32) -> Pair {
        match self {
            Self::Snug | Self::SnugLimits | Self::SnugMetrics | Self::SnugTls | Self::SnugAll => {
                pair(place, place, number).await
            }
            Self::Bare | Self::BareTls => {
                let frame = call_frame(&MemberId::new(&"x".repeat(22)));
                let path = |side| format!("/ws/{number}/{side}");
                let [first, second] =
                    [place.connect(&path(0)).await, place.connect(&path(1)).await];
                [(first, frame.clone()), (second, frame)]
            }
            Self::SocketIo => {
                let (mut first, id) = socketio_join(place, number, "ann").await;
                let (second, other_id) = socketio_join(place, number, "bob").await;
                expect(&mut first, "user:joined").await;
                [
                    (first, socketio_frame(&other_id)),
                    (second, socketio_frame(&id)),
                ]
            }
        }
    }
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
async fn socketio_join(place: &Place, number: u32, name: &str) -> (Socket, String) {
    let mut socket = place.connect("/socket.io/?EIO=4&transport=websocket").await;
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
