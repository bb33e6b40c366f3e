//! The minimal relay on axum: forwards each frame unread to the other socket of its pair.
//!
//! The WebSocket has the relay's settings, and TLS if there is a certificate.

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    process::Command,
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
    serve::{Listener, ListenerExt},
};
use futures_util::StreamExt;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
    server::TlsStream,
};

/// The argument that makes this program that server.
const ARGUMENT: &str = "--be-the-bare-server";

type Sender = mpsc::Sender<Message>;
/// By pair and side.
type Sockets = Arc<Mutex<HashMap<(u32, u32), Sender>>>;

/// Starts this program as that server. With a certificate and its key, it uses TLS.
pub(crate) fn command() -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg(ARGUMENT);
    command
}

/// The arguments after `ARGUMENT`. `None` if this program runs as the bench.
pub(crate) fn arguments() -> Option<Vec<String>> {
    let mut arguments = std::env::args().skip_while(|argument| argument != ARGUMENT);
    arguments.next()?;
    Some(arguments.collect())
}

pub(crate) async fn serve(certificate: &[String]) {
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("listening {}", tcp.local_addr().unwrap());
    let app = Router::new()
        .route("/ws/{pair}/{side}", get(websocket))
        .with_state(Sockets::default());
    match certificate {
        [chain, key] => {
            let acceptor = acceptor(chain, key);
            axum::serve(TlsListener { tcp, acceptor }, app)
                .await
                .unwrap();
        }
        _ => {
            let listener = tcp.tap_io(|stream| stream.set_nodelay(true).unwrap());
            axum::serve(listener, app).await.unwrap();
        }
    }
}

struct TlsListener {
    tcp: TcpListener,
    acceptor: TlsAcceptor,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, client) = self.tcp.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        (self.acceptor.accept(stream).await.unwrap(), client)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.tcp.local_addr()
    }
}

fn acceptor(chain: &str, key: &str) -> TlsAcceptor {
    let chain = CertificateDer::from_pem_file(chain).unwrap();
    let key = PrivateKeyDer::from_pem_file(key).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![chain], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
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
