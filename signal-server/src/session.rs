//! One socket's life: one task, one `select!`.
#![allow(
    clippy::disallowed_methods,
    reason = "the shell that reads the clock for the state machines of one socket"
)]
//!
//! Invariant: whatever ends it, the relay knows at once and the peer hears why, if it listens.

use std::{
    ops::ControlFlow,
    time::{Duration, Instant},
};

use signal_protocol::{
    ClientMessage, CloseCode, DirectedFrame, ErrorCode, ErrorMessage, ServerMessage,
};
use tokio::time::{sleep_until, timeout};
use tracing::{debug, trace};

use crate::{
    Config,
    admission::{MessageRate, RateLimits, SharedAllowance, Verdict},
    heartbeat::{Beat, Heartbeat, HeartbeatSettings},
    metrics::{Closed, Limit},
    relay::{Asked, Connection, millis_rounded_up},
    wire::{Event, Wire},
};

/// How long a peer gets to take the close frame and answer it.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, Copy)]
pub(crate) struct SessionSettings {
    heartbeat: HeartbeatSettings,
    rate: RateLimits,
    /// Of an address; `None` is no limit.
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

/// How a socket came to its end.
enum End {
    Close(CloseCode),
    Gone,
}

pub(crate) async fn run(mut wire: Wire, connection: Connection, settings: SessionSettings) {
    let socket = connection.socket().0;
    debug!(socket, "socket opened");
    let end = serve(&mut wire, &connection, &settings).await;
    count_end(&connection, &end);
    // First of all the relay: nothing more is queued here, and its member begins to be waited for.
    drop(connection);
    let closing = async {
        match end {
            End::Close(code) => {
                debug!(socket, code = code.code(), "socket closed");
                wire.close(code).await;
            }
            End::Gone => {
                debug!(socket, "socket gone");
                wire.finish().await;
            }
        }
    };
    if timeout(CLOSE_WITHIN, closing).await.is_err() {
        debug!(socket, "the peer did not answer the closing");
    }
}

async fn serve(wire: &mut Wire, connection: &Connection, settings: &SessionSettings) -> End {
    let start = Instant::now();
    let mut rate = MessageRate::new(settings.rate);
    let mut heartbeat = Heartbeat::new(settings.heartbeat, start);
    let mut timer = std::pin::pin!(sleep_until(heartbeat.poll_timeout().into()));
    loop {
        tokio::select! {
            biased;
            event = wire.next(connection.outbox(), connection.metrics()) => {
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
                    Event::Gone => return End::Gone,
                };
                let bytes = text.as_ref().map_or(0, |text| text.len());
                match rate.handle_frame(bytes, now) {
                    Verdict::Pass => match (address_has_room(connection, settings, now), text) {
                        (Ok(()), Some(text)) => {
                            if let Some(asked) = handle_text(connection, now, text.as_str()) {
                                // The answers come in the order of the messages. However it
                                // ends, it has been answered.
                                let _ = asked.await;
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
                    Verdict::PutOut => return End::Close(CloseCode::RateExceeded),
                }
            }
            () = &mut timer => {
                match heartbeat.handle_timeout(Instant::now()) {
                    Beat::Ping => wire.ping(),
                    Beat::Lost => return End::Close(CloseCode::HeartbeatLost),
                    Beat::Wait => {}
                }
                timer.as_mut().reset(heartbeat.poll_timeout().into());
            }
        }
    }
}

/// Frames that end no message count as messages, and are answered together.
fn handle_fragments(
    connection: &Connection,
    settings: &SessionSettings,
    rate: &mut MessageRate,
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
            Verdict::PutOut => return ControlFlow::Break(End::Close(CloseCode::RateExceeded)),
        }
    }
    if let Some((limit, answer)) = answer {
        connection.metrics().limited.count(limit);
        connection.answer(&answer);
    }
    ControlFlow::Continue(())
}

/// # Errors
/// How long until its address may send again.
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
        End::Gone => Some(Closed::Gone),
    };
    if let Some(reason) = reason {
        connection.metrics().closed.count(reason);
    }
}

fn handle_text(connection: &Connection, now: Instant, text: &str) -> Option<Asked> {
    // Most messages by far; these are copied once on their way, from this frame into the other.
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
