//! `serve`: accepts connections until the shutdown, then ends all of them.
#![allow(
    clippy::disallowed_methods,
    reason = "the shell that reads the clock for the deadlines of lost members"
)]
//!
//! Invariant: after the token is cancelled it returns within `DRAIN_TIMEOUT` and `FINISH_TIMEOUT`,
//! whatever the peers do. Until then `/readyz` reports that it is stopping.

use std::{
    convert::Infallible,
    future::pending,
    io,
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::{Arc, Once},
    time::Duration,
};

use axum::{Router, body::Body};
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use relay_core::admission::Refusal;
use signal_protocol::WEBSOCKET_PATH;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    time::{sleep, sleep_until, timeout},
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;
use tracing::{debug, info, warn};

use crate::{
    Config,
    backplane::Backplane,
    connection_limit::ConnectionLimit,
    host::{self, Arrival, HostCheck, Transport},
    http::{App, Peer, router},
    linger::Lingering,
    metrics::{Metrics, NotConnected, Scraping},
    metrics_endpoint::{Endpoint, Scraped},
    network::Network,
    page::PageCache,
    proxy,
    relay::Relay,
    send_buffer,
    send_timeout::{Output, Stalled},
    session::SessionSettings,
    systemd::Notifier,
    tls::{self, Tls},
    turn::{IceServers, Turn},
};

/// Time for the sessions to close after a shutdown.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(3);
/// Time for pending requests after that.
const FINISH_TIMEOUT: Duration = Duration::from_secs(1);
/// Time in which a connection has to send the head of a request.
const REQUEST_HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Of a connection: unanswered bytes of its requests, so also the largest head of a request, and
/// unsent bytes of its response.
const BUFFER_BYTES: usize = 64 * 1024;
/// Connections that are not WebSockets, or not yet: as many as sockets, within these bounds.
const MIN_CONNECTIONS: usize = 64;
const MAX_CONNECTIONS: usize = 16 * 1024;
/// Of one address: several people behind one router whose browsers load the page.
const MAX_CONNECTIONS_PER_ADDRESS: usize = 256;
const MAX_SCRAPES: usize = 64;
/// Pause after the system has refused a new connection.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(200);

/// Serves until `shutdown` is cancelled, then closes every socket with 1012.
///
/// # Errors
/// `InvalidInput` with a sentence if the configuration is invalid; `AddrNotAvailable` with one if
/// an address cannot be bound.
pub async fn serve(
    listener: TcpListener,
    mut config: Config,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let tls = Tls::open(&config.tls)?;
    if let Some(tls) = &tls {
        config.turn.tls.get_or_insert_with(|| tls.for_turn());
    }
    config
        .check()
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    let page = PageCache::open(&config.page)
        .map_err(|sentence| io::Error::new(io::ErrorKind::InvalidInput, sentence))?;
    let hosts = HostCheck::new(&config);
    let endpoint = config.metrics.map(Endpoint::open).transpose()?;
    let scraping_mode = match endpoint {
        Some(_) => Scraping::Enabled,
        None => Scraping::Disabled,
    };
    let metrics = Arc::new(Metrics::new(scraping_mode).map_err(io::Error::other)?);
    let turn = Turn::start(&config.turn)?.map(Arc::new);
    if let Some(turn) = &turn {
        metrics
            .watch_turn(turn.counters())
            .map_err(io::Error::other)?;
    }
    let ice_servers = IceServers::new(&config, turn.clone());
    let backplane = Backplane::new(&config, &metrics)?;
    let relay = Arc::new(Relay::new(
        &config,
        ice_servers,
        Arc::clone(&metrics),
        backplane.as_ref().map(Backplane::node),
    ));
    let nodes = match backplane {
        Some(backplane) => Some(backplane.start(Arc::clone(&relay)).await?),
        None => None,
    };
    let sessions = TaskTracker::new();
    let app = router(App {
        relay: Arc::clone(&relay),
        page: page.clone(),
        session: Arc::new(SessionSettings::new(&config, std::time::Instant::now())),
        message_bytes: config.message_bytes,
        allowed_origins: config.allowed_origins.clone(),
        hosts: hosts.clone(),
        full_said: Arc::new(Once::new()),
        sessions: sessions.clone(),
    });
    let connections = TaskTracker::new();
    let finish = CancellationToken::new();
    let front = Arc::new(Front {
        limit: Arc::new(connection_limit(&config)),
        app,
        tls: tls.as_ref().map(Tls::for_http),
        trusted_proxies: config.trusted_proxies.clone(),
        proxy_notices: proxy::Notices::default(),
        send_timeout: config.send_timeout,
        metrics,
    });
    let mut scraping = pin!(scraping(
        endpoint,
        Scraped {
            relay: Arc::clone(&relay),
            certificate: tls.as_ref().map(Tls::validity),
            hosts,
        },
        config.send_timeout,
        &connections,
        &finish,
    ));
    info!(address = %listener.local_addr()?, "listening");
    let notifier = Notifier::from_env();
    notifier.tell_ready();

    let mut drained = pin!(async {
        shutdown.cancelled().await;
        info!("stopping");
        relay.shut_down();
        sessions.close();
        if timeout(DRAIN_TIMEOUT, sessions.wait()).await.is_err() {
            warn!(left = sessions.len(), "sockets did not close in time");
        }
        if let Some(nodes) = nodes {
            nodes.leave().await;
        }
    });
    let mut deadlines = pin!(keep_deadlines(&relay));
    let mut certificate = pin!(keep_certificate(tls));
    let mut watchdog = pin!(notifier.keep_watchdog());
    let mut page = pin!(page.keep());
    loop {
        tokio::select! {
            () = &mut drained => break,
            () = &mut deadlines => {}
            () = &mut certificate => {}
            () = &mut page => {}
            () = &mut scraping => {}
            () = &mut watchdog => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    front.welcome(stream, peer, &connections, &finish);
                }
                Err(error) => accept_failed(&error).await,
            }
        }
    }
    drop(listener);
    finish.cancel();
    connections.close();
    if timeout(FINISH_TIMEOUT, connections.wait()).await.is_err() {
        debug!("requests did not end in time");
    }
    if let Some(turn) = turn {
        turn.stop().await;
    }
    Ok(())
}

/// Never ends.
async fn keep_deadlines(relay: &Relay) {
    loop {
        match relay.next_deadline() {
            Some(deadline) => {
                tokio::select! {
                    () = sleep_until(deadline.into()) => {
                        relay.handle_timeout(std::time::Instant::now());
                    }
                    () = relay.deadline_changed() => {}
                }
            }
            None => relay.deadline_changed().await,
        }
    }
}

/// Never ends.
async fn keep_certificate(tls: Option<Tls>) {
    if let Some(tls) = tls {
        tls.keep().await;
    }
    pending().await
}

/// Never ends.
async fn scraping(
    endpoint: Option<Endpoint>,
    scraped: Scraped,
    send_timeout: Duration,
    connections: &TaskTracker,
    finish: &CancellationToken,
) {
    let Some(endpoint) = endpoint else {
        return pending().await;
    };
    let front = Arc::new(Front {
        limit: Arc::new(ConnectionLimit::new(MAX_SCRAPES, 0)),
        metrics: scraped.relay.shared_metrics(),
        app: scraped.router(),
        tls: None,
        trusted_proxies: Vec::new(),
        proxy_notices: proxy::Notices::default(),
        send_timeout,
    });
    let listener = endpoint.into_listener();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => front.welcome(stream, peer, connections, finish),
            Err(error) => accept_failed(&error).await,
        }
    }
}

/// Accepts every connection.
#[derive(Debug)]
struct Front {
    /// Of connections that are not WebSockets, or not yet.
    limit: Arc<ConnectionLimit>,
    app: Router,
    tls: Option<Arc<ServerConfig>>,
    trusted_proxies: Vec<Network>,
    proxy_notices: proxy::Notices,
    /// Time for which a response may stay unread.
    send_timeout: Duration,
    metrics: Arc<Metrics>,
}

impl Front {
    fn welcome(
        self: &Arc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        connections: &TaskTracker,
        finish: &CancellationToken,
    ) {
        // A trusted proxy connects for others and limits their number itself.
        let is_proxy = proxy::is_trusted(peer.ip(), &self.trusted_proxies);
        let permit = match (!is_proxy).then(|| self.limit.take(peer.ip())).transpose() {
            Ok(permit) => permit,
            Err(refusal) => return self.metrics.not_connected.count(refusal.into()),
        };
        let connection = connection(stream, peer, Arc::clone(self), finish.clone());
        connections.spawn(async move {
            connection.await;
            drop(permit);
        });
    }
}

/// Addresses are limited only if sockets are.
fn connection_limit(config: &Config) -> ConnectionLimit {
    let per_address = match config.sockets_per_address {
        0 => 0,
        _ => MAX_CONNECTIONS_PER_ADDRESS,
    };
    ConnectionLimit::new(
        config.sockets.clamp(MIN_CONNECTIONS, MAX_CONNECTIONS),
        per_address,
    )
}

impl From<Refusal> for NotConnected {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::ServerFull => Self::ServerFull,
            Refusal::AddressFull => Self::AddressFull,
        }
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    front: Arc<Front>,
    finish: CancellationToken,
) {
    if let Err(error) = stream
        .set_nodelay(true)
        .and_then(|()| send_buffer::bound(&stream))
    {
        debug!(%error, "connection lost before it began");
        return;
    }
    let output = Arc::default();
    let stream = Lingering::new(stream, Arc::clone(&output));
    let client = Client {
        peer: peer.ip(),
        transport: Transport::Plain,
        output,
    };
    let Some(tls) = &front.tls else {
        return requests(stream, client, front, finish).await;
    };
    let handshake = TlsAcceptor::from(Arc::clone(tls)).accept(stream);
    match timeout(REQUEST_HEAD_TIMEOUT, handshake).await {
        Ok(Ok(stream)) if tls::is_challenge(stream.get_ref().1.alpn_protocol()) => {}
        Ok(Ok(stream)) => {
            let server_name = stream.get_ref().1.server_name().map(Arc::from);
            let transport = Transport::Tls { server_name };
            requests(
                stream,
                Client {
                    transport,
                    ..client
                },
                front,
                finish,
            )
            .await;
        }
        Ok(Err(error)) => {
            front.metrics.not_connected.count(NotConnected::Tls);
            debug!(%error, "no TLS connection");
        }
        Err(_) => {
            front.metrics.not_connected.count(NotConnected::TlsTooSlow);
            debug!("the TLS handshake took too long");
        }
    }
}

/// Of one connection.
#[derive(Debug)]
struct Client {
    peer: IpAddr,
    transport: Transport,
    output: Arc<Output>,
}

async fn requests<S>(stream: S, client: Client, front: Arc<Front>, finish: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Client {
        peer,
        transport,
        output,
    } = client;
    let send_timeout = front.send_timeout;
    let service =
        service_fn(move |request| answer(Arc::clone(&front), peer, transport.clone(), request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(REQUEST_HEAD_TIMEOUT)
        .max_buf_size(BUFFER_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let mut stalled = pin!(Stalled::new(&output, send_timeout));
    let mut finishing = false;
    let ended = loop {
        tokio::select! {
            // The state of the connection is read after it was polled.
            biased;
            ended = &mut connection => break ended,
            () = finish.cancelled(), if !finishing => {
                finishing = true;
                connection.as_mut().graceful_shutdown();
            }
            () = &mut stalled => {
                debug!("a response was left unread");
                return output.abort();
            }
        }
    };
    if let Err(error) = ended {
        debug!(%error, "connection ended");
    }
}

async fn answer(
    front: Arc<Front>,
    peer: IpAddr,
    transport: Transport,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let mut request = request.map(Body::new);
    let origination = proxy::origination(peer, request.headers(), &front.trusted_proxies);
    let is_person = request.uri().path() == WEBSOCKET_PATH;
    let now = std::time::Instant::now();
    front
        .proxy_notices
        .handle(origination, request.headers(), is_person, now);
    let is_trusted = proxy::is_trusted(peer, &front.trusted_proxies);
    let path = host::Path::of(peer, is_trusted, request.headers());
    let extensions = request.extensions_mut();
    extensions.insert(Peer(origination.address()));
    extensions.insert(Arrival { transport, path });
    front.app.clone().oneshot(request).await
}

async fn accept_failed(error: &io::Error) {
    let one_connection_only = matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
    );
    if !one_connection_only {
        // Out of file descriptors or memory: an immediate retry would only use the processor.
        warn!(%error, "no more connections for now");
        sleep(ACCEPT_RETRY_DELAY).await;
    }
}
