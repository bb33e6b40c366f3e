//! A browser in front of a proxy with TLS, at an address of this computer.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use futures_util::{SinkExt, StreamExt};
use signal_protocol::{SUBPROTOCOL, ServerMessage};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, ServerName, pem::PemObject},
    },
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

use crate::{
    client::{join, within},
    front::{Front, NAME},
};

pub(crate) struct Visitor {
    from: Ipv4Addr,
    front: SocketAddr,
    tls: Arc<ClientConfig>,
}

pub(crate) struct Socket(WebSocketStream<TlsStream<TcpStream>>);

impl Visitor {
    /// Trusts that proxy's authority only.
    pub(crate) fn new(front: &Front, from: [u8; 4]) -> Self {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_slice(&front.root).unwrap())
            .unwrap();
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self {
            from: from.into(),
            front: front.address,
            tls: Arc::new(tls),
        }
    }

    async fn stream(&self) -> TlsStream<TcpStream> {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((self.from, 0).into()).unwrap();
        let stream = within(socket.connect(self.front)).await.unwrap();
        let name = ServerName::try_from(NAME).unwrap();
        let connector = TlsConnector::from(Arc::clone(&self.tls));
        within(connector.connect(name, stream)).await.unwrap()
    }

    fn host(&self) -> String {
        format!("{NAME}:{}", self.front.port())
    }

    /// The whole response, with its head.
    pub(crate) async fn get(&self, target: &str) -> String {
        let mut stream = self.stream().await;
        let host = self.host();
        let request = format!("GET {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        within(stream.write_all(request.as_bytes())).await.unwrap();
        let mut answer = Vec::new();
        // Not every proxy closes TLS in order.
        let _ = within(stream.read_to_end(&mut answer)).await;
        String::from_utf8(answer).unwrap()
    }

    /// A socket as the page opens it, or the status of the refusal. `forged` is an address in
    /// `X-Forwarded-For` that the browser sends.
    pub(crate) async fn connect(&self, forged: Option<&str>) -> Result<Socket, u16> {
        let host = self.host();
        let mut request = format!("wss://{host}/ws").into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert("origin", format!("https://{host}").parse().unwrap());
        headers.insert("sec-websocket-protocol", SUBPROTOCOL.parse().unwrap());
        if let Some(forged) = forged {
            headers.insert("x-forwarded-for", forged.parse().unwrap());
        }
        match within(Box::pin(client_async(request, self.stream().await))).await {
            Ok((socket, _)) => Ok(Socket(socket)),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }
}

impl Socket {
    /// Joins a room and returns the number of other members.
    pub(crate) async fn join(&mut self, room: &str, email: &str) -> usize {
        let message = Message::text(join(room, email).encode());
        within(self.0.send(message)).await.unwrap();
        match self.receive().await {
            ServerMessage::RoomJoined(joined) => joined.participants.len(),
            other => panic!("not joined: {other:?}"),
        }
    }

    pub(crate) async fn receive(&mut self) -> ServerMessage {
        loop {
            if let Message::Text(text) = within(self.0.next()).await.unwrap().unwrap() {
                return ServerMessage::decode(&text).unwrap();
            }
        }
    }
}
