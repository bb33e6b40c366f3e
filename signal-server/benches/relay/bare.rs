//! The least a relay on axum can do: forward each frame, unread, to the other socket of its pair.
//!
//! The WebSocket is set up as the relay's is.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::{
        Path, State, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    response::Response,
    routing::get,
};
use futures_util::StreamExt;
use tokio::{net::TcpListener, sync::mpsc};

/// With which this program is started to be that server.
pub(crate) const ARGUMENT: &str = "--be-the-bare-server";

type Sender = mpsc::Sender<Message>;
/// By pair and side.
type Sockets = Arc<Mutex<HashMap<(u32, u32), Sender>>>;

pub(crate) async fn serve() {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))
        .await
        .unwrap();
    println!("listening {}", listener.local_addr().unwrap());
    let app = Router::new()
        .route("/ws/{pair}/{side}", get(websocket))
        .with_state(Sockets::default());
    axum::serve(
        axum::serve::ListenerExt::tap_io(listener, |stream| stream.set_nodelay(true).unwrap()),
        app,
    )
    .await
    .unwrap();
}

async fn websocket(
    State(sockets): State<Sockets>,
    Path((pair, side)): Path<(u32, u32)>,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade
        .read_buffer_size(4 * 1024)
        .write_buffer_size(16 * 1024)
        .max_message_size(64 * 1024)
        .max_frame_size(64 * 1024)
        .on_upgrade(move |socket| forward(socket, sockets, pair, side))
}

async fn forward(mut socket: WebSocket, sockets: Sockets, pair: u32, side: u32) {
    let (sender, mut outbox) = mpsc::channel(256);
    sockets.lock().unwrap().insert((pair, side), sender);
    let mut other: Option<Sender> = None;
    loop {
        tokio::select! {
            received = socket.next() => {
                let Some(Ok(message @ Message::Text(_))) = received else {
                    return;
                };
                let other = other.get_or_insert_with(|| {
                    sockets.lock().unwrap()[&(pair, 1 - side)].clone()
                });
                if other.try_send(message).is_err() {
                    return;
                }
            }
            Some(message) = outbox.recv() => {
                if socket.send(message).await.is_err() {
                    return;
                }
            }
        }
    }
}
