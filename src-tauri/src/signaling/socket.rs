//! One WebSocket to a relay.
//!
//! Invariant: a frame over [`limits::RELAY_FRAME_BYTES`] ends it, opening takes at most
//! [`OPEN_TIMEOUT`], and a relay that does not read for [`SEND_TIMEOUT`] counts as lost.

use std::{io, net::SocketAddr, time::Duration};

use futures_util::{SinkExt, StreamExt, future::select_ok};
use signal_protocol::{RelayAddress, SUBPROTOCOL, limits};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
    time::{sleep, timeout},
};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        Error, Message, Utf8Bytes,
        client::IntoClientRequest,
        http::{HeaderValue, StatusCode, header::SEC_WEBSOCKET_PROTOCOL},
        protocol::WebSocketConfig,
    },
};
use url::Host;

use super::{ConnectFailure, reconnect_policy::SocketEnd, tls};

const OPEN_TIMEOUT: Duration = Duration::from_secs(10);
const SEND_TIMEOUT: Duration = Duration::from_secs(5);
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// RFC 8305, 5: delay before the next address of a host is tried.
const CONNECTION_ATTEMPT_DELAY: Duration = Duration::from_millis(250);
const READ_BUFFER_BYTES: usize = 16 * 1024;

trait Transport: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Transport for T {}

pub(super) struct Socket {
    stream: WebSocketStream<Box<dyn Transport>>,
}

#[derive(Debug)]
pub(super) enum Incoming {
    Text(Utf8Bytes),
    /// A WebSocket ping or pong.
    SignOfLife,
    Ended(SocketEnd),
}

impl Socket {
    /// # Errors
    /// The reason, as a sentence for the person.
    pub(super) async fn open(address: &RelayAddress) -> Result<Self, ConnectFailure> {
        timeout(OPEN_TIMEOUT, Self::open_unhurried(address))
            .await
            .unwrap_or_else(|_| {
                Err(ConnectFailure::TimedOut {
                    address: address.clone(),
                })
            })
    }

    async fn open_unhurried(address: &RelayAddress) -> Result<Self, ConnectFailure> {
        let stream = open_tcp(address).await?;
        let transport: Box<dyn Transport> = if address.is_secure() {
            let tls = tls::handshake(stream, address.host()).await;
            Box::new(tls.map_err(|error| tls_failure(address, &error))?)
        } else {
            Box::new(stream)
        };
        upgrade(address, transport)
            .await
            .map_err(|error| upgrade_failure(address, &error))
    }

    /// # Errors
    /// The socket is lost.
    pub(super) async fn send(&mut self, frame: String) -> Result<(), SocketEnd> {
        let sent = timeout(SEND_TIMEOUT, self.stream.send(Message::text(frame))).await;
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(SocketEnd::Lost),
        }
    }

    /// Cancel-safe: nothing is lost if the future is dropped.
    pub(super) async fn next(&mut self) -> Incoming {
        match self.stream.next().await {
            Some(Ok(Message::Text(text))) => Incoming::Text(text),
            Some(Ok(Message::Close(Some(frame)))) => {
                Incoming::Ended(SocketEnd::Closed(frame.code.into()))
            }
            Some(Ok(Message::Close(None)) | Err(_)) | None => Incoming::Ended(SocketEnd::Lost),
            Some(Ok(
                Message::Ping(_) | Message::Pong(_) | Message::Binary(_) | Message::Frame(_),
            )) => Incoming::SignOfLife,
        }
    }

    /// Flushes and closes the socket.
    pub(super) async fn close(mut self) {
        // The relay may be gone or slow: errors and timeout are ignored.
        let _ = timeout(CLOSE_TIMEOUT, async {
            self.stream.close(None).await?;
            while self
                .stream
                .next()
                .await
                .is_some_and(|message| message.is_ok())
            {}
            Ok::<(), Error>(())
        })
        .await;
    }
}

async fn open_tcp(address: &RelayAddress) -> Result<TcpStream, ConnectFailure> {
    let port = address.port();
    let addresses: Vec<SocketAddr> = match address.host() {
        Host::Ipv4(ip) => vec![SocketAddr::from((*ip, port))],
        Host::Ipv6(ip) => vec![SocketAddr::from((*ip, port))],
        Host::Domain(name) => match lookup_host((name.as_str(), port)).await {
            Ok(addresses) => addresses.collect(),
            Err(_) => Vec::new(),
        },
    };
    let attempts = (0_u32..).zip(addresses).map(|(turn, address)| {
        Box::pin(async move {
            sleep(CONNECTION_ATTEMPT_DELAY * turn).await;
            TcpStream::connect(address).await
        })
    });
    let attempts: Vec<_> = attempts.collect();
    if attempts.is_empty() {
        return Err(ConnectFailure::UnknownHost {
            host: address.host().to_string(),
        });
    }
    let stream = match select_ok(attempts).await {
        Ok((stream, _)) => stream,
        Err(error) => return Err(tcp_failure(address, &error)),
    };
    // Signaling messages are small and latency matters.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    Ok(stream)
}

async fn upgrade(address: &RelayAddress, transport: Box<dyn Transport>) -> Result<Socket, Error> {
    let mut request = address.websocket_url().into_client_request()?;
    request.headers_mut().insert(
        SEC_WEBSOCKET_PROTOCOL,
        HeaderValue::from_static(SUBPROTOCOL),
    );
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .max_message_size(Some(limits::RELAY_FRAME_BYTES))
        .max_frame_size(Some(limits::RELAY_FRAME_BYTES));
    let (stream, _) = client_async_with_config(request, transport, Some(config)).await?;
    Ok(Socket { stream })
}

fn tcp_failure(address: &RelayAddress, error: &io::Error) -> ConnectFailure {
    let address = address.clone();
    if error.kind() == io::ErrorKind::ConnectionRefused {
        ConnectFailure::Refused { address }
    } else if error.kind() == io::ErrorKind::TimedOut {
        ConnectFailure::TimedOut { address }
    } else {
        ConnectFailure::Unreachable { address }
    }
}

fn tls_failure(address: &RelayAddress, error: &io::Error) -> ConnectFailure {
    tracing::debug!(%error, "no tls");
    let address = address.clone();
    match tls::certificate_fault(error) {
        Some(detail) => ConnectFailure::Certificate { address, detail },
        None => ConnectFailure::NoTls { address },
    }
}

/// The server answered without a WebSocket of our protocol.
fn upgrade_failure(address: &RelayAddress, error: &Error) -> ConnectFailure {
    tracing::debug!(%error, "no websocket");
    let address = address.clone();
    let status = if let Error::Http(response) = error {
        Some(response.status())
    } else {
        None
    };
    match status {
        Some(StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) => {
            ConnectFailure::Full { address }
        }
        Some(_) | None => ConnectFailure::NotARelay { address },
    }
}
