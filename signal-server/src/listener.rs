//! `serve`: accepts connections until told to stop, then brings everything to its end.
#![allow(
    clippy::disallowed_methods,
    reason = "the shell that reads the clock for the deadlines of lost members"
)]
//!
//! Invariant: after the token is cancelled it returns within `DRAIN` and `FINISH`, whatever the
//! peers do, and until then says on `/readyz` that it is stopping.

use std::{convert::Infallible, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, body::Body};
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    time::{sleep, sleep_until, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;
use tracing::{debug, info, warn};

use crate::{
    Config,
    http::{App, Peer, router},
    linger::Lingering,
    relay::Relay,
    session::SessionSettings,
};

/// How long the sessions get to close, after a shutdown.
const DRAIN: Duration = Duration::from_secs(3);
/// How long the requests under way get after that.
const FINISH: Duration = Duration::from_secs(1);
/// How long a connection may take to send the head of a request.
const REQUEST_HEAD_WITHIN: Duration = Duration::from_secs(10);
/// How long to wait when the system gives no more connections.
const ACCEPT_AGAIN: Duration = Duration::from_millis(200);

/// Serves until `shutdown` is cancelled, then closes every socket with 1012.
///
/// # Errors
/// `InvalidInput` with a sentence when the configuration makes no sense.
pub async fn serve(
    listener: TcpListener,
    config: Config,
    shutdown: CancellationToken,
) -> io::Result<()> {
    config
        .check()
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    let relay = Arc::new(Relay::new(&config));
    let sessions = TaskTracker::new();
    let app = router(App {
        relay: Arc::clone(&relay),
        page: config.page.clone(),
        session: SessionSettings::from(&config),
        message_bytes: config.message_bytes,
        sessions: sessions.clone(),
    });
    let connections = TaskTracker::new();
    let finish = CancellationToken::new();
    info!(address = %listener.local_addr()?, "listening");

    let mut drained = pin!(async {
        shutdown.cancelled().await;
        info!("stopping");
        relay.shut_down();
        sessions.close();
        if timeout(DRAIN, sessions.wait()).await.is_err() {
            warn!(left = sessions.len(), "sockets did not close in time");
        }
    });
    let mut deadlines = pin!(keep_deadlines(&relay));
    loop {
        tokio::select! {
            () = &mut drained => break,
            () = &mut deadlines => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(connection(stream, peer, app.clone(), finish.clone()));
                }
                Err(error) => accept_failed(&error).await,
            }
        }
    }
    drop(listener);
    finish.cancel();
    connections.close();
    if timeout(FINISH, connections.wait()).await.is_err() {
        debug!("requests did not end in time");
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

async fn connection(stream: TcpStream, peer: SocketAddr, app: Router, finish: CancellationToken) {
    if let Err(error) = stream.set_nodelay(true) {
        debug!(%error, "connection lost before it began");
        return;
    }
    let peer = Peer(peer.ip());
    let service = service_fn(move |request| answer(app.clone(), peer, request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(REQUEST_HEAD_WITHIN)
        .serve_connection(TokioIo::new(Lingering::new(stream)), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = finish.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        debug!(%error, "connection ended");
    }
}

async fn answer(
    app: Router,
    peer: Peer,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(peer);
    app.oneshot(request).await
}

async fn accept_failed(error: &io::Error) {
    let one_connection_only = matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
    );
    if !one_connection_only {
        // Out of file descriptors or memory: trying at once would only burn the processor.
        warn!(%error, "no more connections for now");
        sleep(ACCEPT_AGAIN).await;
    }
}
