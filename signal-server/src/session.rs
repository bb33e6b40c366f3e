//! The session of one socket: one task, one `select!`.
#![allow(
    clippy::disallowed_methods,
    reason = "the shell that reads the clock for the state machines of one socket"
)]
//!
//! Invariant: after any end the relay knows at once, and the peer gets a close code if it still
//! reads.

use std::{
    ops::ControlFlow,
    sync::Arc,
    time::{Duration, Instant},
};

use relay_core::{
    admission::{MessageRate, RateLimits, SharedAllowance, Verdict},
    rooms::Loss,
};
use signal_protocol::{
    ClientMessage, CloseCode, DirectedFrame, ErrorCode, ErrorMessage, ServerMessage,
};
use tokio::time::{sleep_until, timeout};
use tracing::{debug, trace};

use crate::{
    Config,
    heartbeat::{Beat, Heartbeat, HeartbeatSettings},
    metrics::{Closed, Limit},
    relay::{Connection, JoinAnswered, millis_rounded_up},
    websocket::{Event, WebSocket},
};

/// Time limit of the closing handshake.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub(crate) struct SessionSettings {
    heartbeat: HeartbeatSettings,
    rate: RateLimits,
    /// Limit per address; `None` is no limit.
    address_messages: Option<SharedAllowance>,
}

impl SessionSettings {
    pub(crate) fn new(config: &Config, start: Instant) -> Self {
        let (rate, burst) = (config.message_rate, config.message_burst);
        Self {
            heartbeat: HeartbeatSettings {
                ping_every: config.ping_every,
                silence: config.silence,
            },
            rate: RateLimits::new((rate, burst), (config.byte_rate, config.byte_burst)),
            address_messages: SharedAllowance::new(rate, burst, start),
        }
    }
}

/// The end of a socket.
enum End {
    Close(CloseCode),
    /// The page of the client is closed or reloaded.
    Away,
    Gone,
}

impl End {
    fn loss(&self) -> Loss {
        match self {
            Self::Away => Loss::Away,
            Self::Close(_) | Self::Gone => Loss::Broken,
        }
    }
}

pub(crate) async fn run(
    mut websocket: WebSocket,
    connection: Connection,
    settings: Arc<SessionSettings>,
) {
    let socket = connection.socket().0;
    debug!(socket, "socket opened");
    let end = serve(&mut websocket, &connection, &settings).await;
    count_end(&connection, &end);
    // Unregisters first: nothing more is queued, and the grace period of the member starts.
    connection.disconnect(end.loss());
    let closing = async {
        match end {
            End::Close(code) => {
                debug!(socket, code = code.code(), "socket closed");
                websocket.close(code).await;
            }
            End::Away | End::Gone => {
                debug!(socket, "socket gone");
                websocket.finish().await;
            }
        }
    };
    if timeout(CLOSE_TIMEOUT, closing).await.is_err() {
        debug!(socket, "the peer did not answer the closing");
    }
}

async fn serve(
    websocket: &mut WebSocket,
    connection: &Connection,
    settings: &SessionSettings,
) -> End {
    let start = Instant::now();
    let mut rate = MessageRate::new(&settings.rate);
    let mut heartbeat = Heartbeat::new(settings.heartbeat, start);
    let mut timer = std::pin::pin!(sleep_until(heartbeat.poll_timeout().into()));
    loop {
        tokio::select! {
            biased;
            event = websocket.next(connection.outbox(), connection.metrics()) => {
                let now = Instant::now();
                heartbeat.handle_frame(now);
                let text = match event {
                    Event::Text(text) => Some(text),
                    Event::SignOfLife => None,
                    Event::Fragments(count) => {
                        match handle_fragments(connection, settings, &mut rate, count, now) {
                            ControlFlow::Continue(()) => continue,
                            ControlFlow::Break(end) => return end,
                        }
                    }
                    Event::MustClose(code) => return End::Close(code),
                    Event::Away => return End::Away,
                    Event::Gone => return End::Gone,
                };
                let bytes = text.as_ref().map_or(0, |text| text.len());
                match rate.handle_frame(bytes, now) {
                    Verdict::Pass => match (address_has_room(connection, settings, now), text) {
                        (Ok(()), Some(text)) => {
                            if let Some(join_answered) = handle_text(connection, now, text.as_str()) {
                                // Answers keep the order of the messages. The result does not
                                // matter: the join is answered in every case.
                                let _ = join_answered.await;
                            }
                        }
                        (Ok(()), None) => {}
                        (Err(wait), _) => {
                            connection.metrics().limited.count(Limit::AddressMessages);
                            connection.answer(&too_fast_together(wait));
                        }
                    },
                    Verdict::Refuse(wait) => {
                        connection.metrics().limited.count(Limit::Messages);
                        connection.answer(&too_fast(wait));
                    }
                    Verdict::Disconnect => return End::Close(CloseCode::RateExceeded),
                }
            }
            () = &mut timer => {
                match heartbeat.handle_timeout(Instant::now()) {
                    Beat::Ping => websocket.ping(),
                    Beat::Lost => return End::Close(CloseCode::HeartbeatLost),
                    Beat::Wait => {}
                }
                timer.as_mut().reset(heartbeat.poll_timeout().into());
            }
        }
    }
}

/// Fragments count as messages. They get one answer together.
fn handle_fragments(
    connection: &Connection,
    settings: &SessionSettings,
    rate: &mut MessageRate<'_>,
    count: u32,
    now: Instant,
) -> ControlFlow<End> {
    let mut answer = None;
    for _ in 0..count {
        match rate.handle_frame(0, now) {
            Verdict::Pass => {
                if let Err(wait) = address_has_room(connection, settings, now) {
                    answer = Some((Limit::AddressMessages, too_fast_together(wait)));
                }
            }
            Verdict::Refuse(wait) => answer = Some((Limit::Messages, too_fast(wait))),
            Verdict::Disconnect => return ControlFlow::Break(End::Close(CloseCode::RateExceeded)),
        }
    }
    if let Some((limit, answer)) = answer {
        connection.metrics().limited.count(limit);
        connection.answer(&answer);
    }
    ControlFlow::Continue(())
}

/// # Errors
/// Time until the next message of this address.
fn address_has_room(
    connection: &Connection,
    settings: &SessionSettings,
    now: Instant,
) -> Result<(), Duration> {
    match settings.address_messages {
        Some(allowance) => connection.take_of_address(allowance, now),
        None => Ok(()),
    }
}

fn count_end(connection: &Connection, end: &End) {
    let reason = match end {
        End::Close(code) => Closed::by(*code),
        End::Away | End::Gone => Some(Closed::Gone),
    };
    if let Some(reason) = reason {
        connection.metrics().closed.count(reason);
    }
}

fn handle_text(connection: &Connection, now: Instant, text: &str) -> Option<JoinAnswered> {
    // Fast path for directed messages, the most frequent ones: copies the payload once.
    if let Some(directed) = DirectedFrame::read(text) {
        connection.metrics().messages.count(directed.kind.into());
        connection.handle_directed(now, directed);
        return None;
    }
    match ClientMessage::decode(text) {
        Ok(message) => {
            connection.metrics().messages.count((&message).into());
            connection.handle_message(now, message)
        }
        Err(error) => {
            trace!(socket = connection.socket().0, code = ?error.code, "message refused");
            connection.answer(&ServerMessage::Error(error));
            None
        }
    }
}

fn too_fast(wait: Duration) -> ServerMessage {
    send_later(
        wait,
        "You send faster than this relay allows; the message was not carried out.",
    )
}

fn too_fast_together(wait: Duration) -> ServerMessage {
    send_later(
        wait,
        "Your network sends more than this relay allows; the message was not carried out.",
    )
}

fn send_later(wait: Duration, sentence: &str) -> ServerMessage {
    let mut error = ErrorMessage::new(ErrorCode::RateLimited, sentence);
    error.retry_after_ms = Some(millis_rounded_up(wait));
    ServerMessage::Error(error)
}
