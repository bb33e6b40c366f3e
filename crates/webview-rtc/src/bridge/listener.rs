//! Listens for bridges: creates tokens and admits sockets.
#![allow(
    clippy::disallowed_methods,
    reason = "the shell reads the clock for the tokens here"
)]
//!
//! Invariant: it listens on 127.0.0.1 only. Dropping it closes all its bridges.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_tungstenite::{
    WebSocketStream, accept_hdr_async_with_config,
    tungstenite::{
        handshake::server::{ErrorResponse, Request, Response},
        protocol::WebSocketConfig,
    },
};
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::{Instrument, debug, debug_span, warn};

use super::{
    Limits, MAX_BINARY_BYTES,
    admissions::{Admissions, Refusal, Token},
    handshake,
    handshakes::Handshakes,
    task,
};
use crate::{
    capture_grants::{CaptureGrants, CaptureSource},
    system_audio::SoundServer,
};

const LISTEN_BACKLOG: u32 = 32;
/// Pause after the system could not accept a socket.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(200);
/// Kernel send buffer of a bridge. A larger one would only delay media.
const SEND_BUFFER_BYTES: u32 = 256 << 10;
const READ_BUFFER_BYTES: usize = 16 << 10;
const WRITE_BUFFER_BYTES: usize = 16 << 10;

/// What a page needs to open its bridge.
#[derive(Clone)]
pub struct Admission {
    /// `ws://127.0.0.1:PORT`, for `new WebSocket(address, [SUBPROTOCOL, token])`.
    pub address: String,
    pub token: String,
}

/// Why listening failed.
#[derive(Debug, thiserror::Error)]
pub enum BridgeError {
    #[error("no port on 127.0.0.1: {0}")]
    Listen(#[from] io::Error),
}

/// The listener for all bridges of this process.
#[derive(Debug)]
pub struct Bridge {
    address: SocketAddr,
    admission_control: Arc<AdmissionControl>,
    _end: DropGuard,
}

#[derive(Debug)]
struct AdmissionControl {
    limits: Limits,
    /// A std mutex: locked for a search in a short list, never across an await.
    admissions: Mutex<Admissions>,
    handshakes: Mutex<Handshakes>,
    refused: AtomicU64,
    capture_grants: Arc<CaptureGrants>,
}

impl Bridge {
    /// Listens on a port that the system chooses. Needs a tokio runtime.
    ///
    /// # Errors
    /// When no port is available.
    pub fn listen(limits: Limits) -> Result<Self, BridgeError> {
        let socket = TcpSocket::new_v4()?;
        // Accepted sockets inherit the buffer size.
        socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let listener = socket.listen(LISTEN_BACKLOG)?;
        let address = listener.local_addr()?;
        let admission_control = Arc::new(AdmissionControl {
            limits,
            admissions: Mutex::new(Admissions::new(limits.token_lifetime)),
            handshakes: Mutex::new(Handshakes::new(limits.max_pending_handshakes)),
            refused: AtomicU64::new(0),
            capture_grants: Arc::new(CaptureGrants::new(limits.token_lifetime)),
        });
        let end = CancellationToken::new();
        tokio::spawn(run_accept_loop(
            listener,
            address,
            Arc::clone(&admission_control),
            end.clone(),
        ));
        Ok(Self {
            address,
            admission_control,
            _end: end.drop_guard(),
        })
    }

    /// Creates a token for a page of this origin, in the form of the `Origin` header.
    #[must_use]
    pub fn admit(&self, origin: &str) -> Admission {
        let token = Token::new(rand::random());
        let admission = Admission {
            address: format!("ws://{}", self.address),
            token: token.as_str().to_owned(),
        };
        self.admission_control
            .admissions()
            .admit(Instant::now(), origin, token);
        admission
    }

    /// As [`crate::Transport::grant_capture`].
    #[must_use]
    pub fn grant_capture(&self, source: CaptureSource) -> String {
        let grants = &self.admission_control.capture_grants;
        let grant = grants.displays.grant(Instant::now(), source);
        // What nobody captures is not shared for longer than that.
        let grants = Arc::clone(grants);
        tokio::spawn(async move {
            sleep(grants.displays.lifetime()).await;
            grants.displays.remove_expired(Instant::now());
        });
        grant
    }

    /// As [`crate::Transport::grant_system_audio`].
    #[must_use]
    pub fn grant_system_audio(&self, server: SoundServer) -> String {
        let grants = &self.admission_control.capture_grants;
        grants.system_audio.grant(Instant::now(), server)
    }

    /// Sockets refused so far.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.admission_control.refused.load(Ordering::Relaxed)
    }
}

// Tokens must not appear in logs.
impl std::fmt::Debug for Admission {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Admission")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl AdmissionControl {
    fn admissions(&self) -> MutexGuard<'_, Admissions> {
        // No change of the list panics, so a poisoned lock is still consistent.
        self.admissions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn handshakes(&self) -> MutexGuard<'_, Handshakes> {
        self.handshakes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn check(&self, request: &Request, own: SocketAddr) -> Result<(), Refusal> {
        let credentials = handshake::read_credentials(request, own)?;
        self.admissions()
            .redeem(Instant::now(), credentials.origin, credentials.token)
    }

    fn count_refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }
}

async fn run_accept_loop(
    listener: TcpListener,
    own: SocketAddr,
    admission_control: Arc<AdmissionControl>,
    end: CancellationToken,
) {
    let permits = Arc::new(Semaphore::new(admission_control.limits.max_bridges));
    let mut number = 0_u64;
    loop {
        let accepted = tokio::select! {
            () = end.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                warn!(%error, "no more bridges for now");
                sleep(ACCEPT_RETRY_DELAY).await;
                continue;
            }
        };
        // Only pages that have presented a token hold permits.
        if permits.available_permits() == 0 {
            debug!("socket refused: too many bridges");
            admission_control.count_refused();
            continue;
        }
        number += 1;
        let evicted = admission_control.handshakes().start(number);
        let accepted = AcceptedSocket {
            stream,
            number,
            evicted,
        };
        let socket = serve_socket(
            accepted,
            own,
            Arc::clone(&admission_control),
            end.clone(),
            Arc::clone(&permits),
        );
        tokio::spawn(socket.instrument(debug_span!("bridge", number)));
    }
}

/// A socket before its WebSocket handshake.
struct AcceptedSocket {
    stream: TcpStream,
    number: u64,
    evicted: CancellationToken,
}

/// Serves one socket from its handshake to its end.
async fn serve_socket(
    accepted: AcceptedSocket,
    own: SocketAddr,
    admission_control: Arc<AdmissionControl>,
    end: CancellationToken,
    permits: Arc<Semaphore>,
) {
    let AcceptedSocket {
        stream,
        number,
        evicted,
    } = accepted;
    let handshake = timeout(
        admission_control.limits.handshake_timeout,
        accept_websocket(stream, number, own, &admission_control),
    );
    let websocket = tokio::select! {
        () = end.cancelled() => return,
        () = evicted.cancelled() => None,
        websocket = handshake => websocket.ok().flatten(),
    };
    admission_control.handshakes().end(number);
    let permit = permits.try_acquire_owned().ok();
    let (Some(stream), Some(permit)) = (websocket, permit) else {
        admission_control.count_refused();
        return;
    };
    debug!("bridge opened");
    let grants = Arc::clone(&admission_control.capture_grants);
    Box::pin(task::run(stream, admission_control.limits, grants, &end)).await;
    drop(permit);
}

async fn accept_websocket(
    stream: TcpStream,
    number: u64,
    own: SocketAddr,
    admission_control: &AdmissionControl,
) -> Option<WebSocketStream<TcpStream>> {
    stream.set_nodelay(true).ok()?;
    #[expect(
        clippy::result_large_err,
        reason = "the callback type belongs to another crate"
    )]
    let check_request =
        |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
            match admission_control.check(request, own) {
                Ok(()) => {
                    admission_control.handshakes().end(number);
                    Ok(handshake::accept(response))
                }
                Err(refusal) => {
                    debug!(%refusal, "socket refused");
                    Err(handshake::refuse())
                }
            }
        };
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_message_size(Some(MAX_BINARY_BYTES))
        .max_frame_size(Some(MAX_BINARY_BYTES));
    match accept_hdr_async_with_config(stream, check_request, Some(config)).await {
        Ok(stream) => Some(stream),
        Err(error) => {
            debug!(%error, "no handshake");
            None
        }
    }
}
