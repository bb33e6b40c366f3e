//! Makes tokens and lets sockets in.
#![allow(
    clippy::disallowed_methods,
    reason = "the shell that reads the clock for the tokens"
)]
//!
//! Invariant: it listens on 127.0.0.1 only, and ends with all its bridges when it is dropped.

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
    session,
};

const BACKLOG: u32 = 32;
/// How long to wait when the system gives no more sockets.
const ACCEPT_AGAIN: Duration = Duration::from_millis(200);
/// What the system may hold for a page that does not read; more would only be late.
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

/// Why there is no bridge.
#[derive(Debug, thiserror::Error)]
pub enum BridgeError {
    #[error("no port on 127.0.0.1: {0}")]
    Listen(#[from] io::Error),
}

/// The one place of this process where bridges begin.
#[derive(Debug)]
pub struct Bridge {
    address: SocketAddr,
    gate: Arc<Gate>,
    _end: DropGuard,
}

#[derive(Debug)]
struct Gate {
    limits: Limits,
    /// A std mutex: held for a look into a short list, never across an await.
    admissions: Mutex<Admissions>,
    handshakes: Mutex<Handshakes>,
    refused: AtomicU64,
}

impl Bridge {
    /// Begins to listen, on a port of the system's choice; inside a tokio runtime.
    ///
    /// # Errors
    /// When the system gives no port.
    pub fn listen(limits: Limits) -> Result<Self, BridgeError> {
        let socket = TcpSocket::new_v4()?;
        // Accepted sockets inherit it.
        socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let listener = socket.listen(BACKLOG)?;
        let address = listener.local_addr()?;
        let gate = Arc::new(Gate {
            limits,
            admissions: Mutex::new(Admissions::new(limits.token_life)),
            handshakes: Mutex::new(Handshakes::new(limits.unauthenticated)),
            refused: AtomicU64::new(0),
        });
        let end = CancellationToken::new();
        tokio::spawn(accept(listener, address, Arc::clone(&gate), end.clone()));
        Ok(Self {
            address,
            gate,
            _end: end.drop_guard(),
        })
    }

    /// Makes a token for a page of this origin, as its `Origin` header will say it.
    #[must_use]
    pub fn admit(&self, origin: &str) -> Admission {
        let token = Token::new(rand::random());
        let admission = Admission {
            address: format!("ws://{}", self.address),
            token: token.as_str().to_owned(),
        };
        self.gate.admissions().admit(Instant::now(), origin, token);
        admission
    }

    /// How many sockets were not let in.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.gate.refused.load(Ordering::Relaxed)
    }
}

// The token must not stand in a log.
impl std::fmt::Debug for Admission {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Admission")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Gate {
    fn admissions(&self) -> MutexGuard<'_, Admissions> {
        // Nothing in there panics half-way through a change.
        self.admissions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn handshakes(&self) -> MutexGuard<'_, Handshakes> {
        self.handshakes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn pass(&self, request: &Request, own: SocketAddr) -> Result<(), Refusal> {
        let shown = handshake::read(request, own)?;
        self.admissions()
            .redeem(Instant::now(), shown.origin, shown.token)
    }

    fn count_refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }
}

async fn accept(listener: TcpListener, own: SocketAddr, gate: Arc<Gate>, end: CancellationToken) {
    let places = Arc::new(Semaphore::new(gate.limits.sockets));
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
                sleep(ACCEPT_AGAIN).await;
                continue;
            }
        };
        // Only pages that have shown a token hold places.
        if places.available_permits() == 0 {
            debug!("socket refused: no place left");
            gate.count_refused();
            continue;
        }
        number += 1;
        let give_way = gate.handshakes().begin(number);
        let arrived = Arrived {
            stream,
            number,
            give_way,
        };
        let socket = open(
            arrived,
            own,
            Arc::clone(&gate),
            end.clone(),
            Arc::clone(&places),
        );
        tokio::spawn(socket.instrument(debug_span!("bridge", number)));
    }
}

/// A socket that has shown nothing yet.
struct Arrived {
    stream: TcpStream,
    number: u64,
    give_way: CancellationToken,
}

/// One socket from its first byte to its last.
async fn open(
    arrived: Arrived,
    own: SocketAddr,
    gate: Arc<Gate>,
    end: CancellationToken,
    places: Arc<Semaphore>,
) {
    let Arrived {
        stream,
        number,
        give_way,
    } = arrived;
    let shaking = timeout(
        gate.limits.handshake_within,
        shake(stream, number, own, &gate),
    );
    let shaken = tokio::select! {
        () = end.cancelled() => return,
        () = give_way.cancelled() => None,
        shaken = shaking => shaken.ok().flatten(),
    };
    gate.handshakes().end(number);
    let place = places.try_acquire_owned().ok();
    let (Some(stream), Some(place)) = (shaken, place) else {
        gate.count_refused();
        return;
    };
    debug!("bridge opened");
    Box::pin(session::run(stream, gate.limits, &end)).await;
    drop(place);
}

async fn shake(
    stream: TcpStream,
    number: u64,
    own: SocketAddr,
    gate: &Gate,
) -> Option<WebSocketStream<TcpStream>> {
    stream.set_nodelay(true).ok()?;
    #[expect(
        clippy::result_large_err,
        reason = "the shape of another crate's callback"
    )]
    let gatekeeper = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
        match gate.pass(request, own) {
            Ok(()) => {
                gate.handshakes().end(number);
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
    match accept_hdr_async_with_config(stream, gatekeeper, Some(config)).await {
        Ok(stream) => Some(stream),
        Err(error) => {
            debug!(%error, "no handshake");
            None
        }
    }
}
