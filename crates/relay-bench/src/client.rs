//! A client's WebSocket, with or without TLS, and the join of a room.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use futures_util::{SinkExt, StreamExt};
use signal_protocol::{ClientMessage, Email, RoomJoin, RoomJoined, RoomName, ServerMessage};
use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, rustls::ClientConfig};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message, Utf8Bytes, protocol::WebSocketConfig},
};

pub trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

pub type Socket = WebSocketStream<Box<dyn Io>>;

/// The address of a server, and its transport.
#[derive(Clone)]
pub struct Place {
    pub address: SocketAddr,
    pub tls: Option<Arc<ClientConfig>>,
}

impl Place {
    pub fn plain(address: SocketAddr) -> Self {
        Self { address, tls: None }
    }

    pub async fn connect(&self, path: &str) -> Socket {
        let tcp = TcpStream::connect(self.address).await.unwrap();
        tcp.set_nodelay(true).unwrap();
        // Closed by a reset, so that thousands leave no ports in use.
        SockRef::from(&tcp)
            .set_linger(Some(Duration::ZERO))
            .unwrap();
        let stream: Box<dyn Io> = match &self.tls {
            None => Box::new(tcp),
            Some(trusted) => {
                let name = self.address.ip().into();
                let connecting = TlsConnector::from(Arc::clone(trusted)).connect(name, tcp);
                Box::new(connecting.await.unwrap())
            }
        };
        // Small buffers, since this process has ten thousand of these.
        let config = WebSocketConfig::default().read_buffer_size(4 * 1024);
        let url = format!("ws://{}{path}", self.address);
        let (socket, _) = client_async_with_config(url, stream, Some(config))
            .await
            .unwrap();
        socket
    }
}

/// A member of the relay's room with that name.
pub async fn join(relay: &Place, room: &str) -> (Socket, RoomJoined) {
    let mut socket = relay.connect("/ws").await;
    let join = ClientMessage::RoomJoin(RoomJoin {
        room: RoomName::parse(room).unwrap(),
        email: Email::parse("somebody@example.org").unwrap(),
        status: None,
        proof: None,
        resume: None,
        device: None,
    });
    socket.send(Message::text(join.encode())).await.unwrap();
    let answer = expect(&mut socket, "room:joined").await;
    match ServerMessage::decode(&answer).unwrap() {
        ServerMessage::RoomJoined(joined) => (socket, *joined),
        other => panic!("not joined: {other:?}"),
    }
}

/// The next text frame that contains these words.
pub async fn expect(socket: &mut Socket, words: &str) -> Utf8Bytes {
    loop {
        match socket.next().await.unwrap().unwrap() {
            Message::Text(text) if text.contains(words) => return text,
            Message::Text(text) => panic!("no {words} in {text}"),
            Message::Ping(_) | Message::Pong(_) => {}
            other => panic!("unexpected: {other:?}"),
        }
    }
}
