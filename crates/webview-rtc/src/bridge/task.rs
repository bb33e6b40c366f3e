//! One bridge's life: one task, one `select!`.
#![allow(
    clippy::disallowed_methods,
    reason = "the shell that reads the clock for one bridge"
)]
//!
//! Invariant: whatever ends it, its page_session ends first, and the page hears why if it listens.

use std::time::{Duration, Instant};

use tokio::{
    net::TcpStream,
    time::{sleep_until, timeout},
};
use tokio_tungstenite::WebSocketStream;
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::{
    Limits, MAX_TEXT_BYTES,
    close::Closing,
    outbox::{Full, Outbox, Picture, Sound},
    rate::{Allowance, Verdict},
    socket::{Incoming, Reading, Socket},
};
use crate::{
    page_session::{Output, PageSession},
    wire::{frame::Frame, request::Request},
};

/// How long a page gets to take the close frame and answer it.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

/// How a bridge came to its end.
enum End {
    Close(Closing),
    Gone,
}

struct Session {
    page_session: PageSession,
    outbox: Outbox,
    requests: Allowance,
}

pub(super) async fn run(
    stream: WebSocketStream<TcpStream>,
    limits: Limits,
    end: &CancellationToken,
) {
    let mut socket = Socket::new(stream, limits.read_within);
    let mut session = Session {
        page_session: PageSession::new(),
        outbox: Outbox::default(),
        requests: Allowance::new(limits.requests),
    };
    let ended = session.serve(&mut socket, end).await;
    // First of all the connections: their peers are told at once.
    drop(session);
    let closing = async {
        match ended {
            End::Close(closing) => {
                debug!(code = closing.code(), "bridge closed");
                socket.close(closing).await;
            }
            End::Gone => {
                debug!("bridge gone");
                socket.finish().await;
            }
        }
    };
    if timeout(CLOSE_WITHIN, closing).await.is_err() {
        debug!("the page did not answer the closing");
    }
}

fn reading(page_session: &PageSession) -> Reading {
    if page_session.has_backlog() {
        Reading::Paused
    } else {
        Reading::On
    }
}

impl Session {
    async fn serve(&mut self, socket: &mut Socket, end: &CancellationToken) -> End {
        loop {
            let timer = self.page_session.poll_timeout();
            tokio::select! {
                () = end.cancelled() => return End::Close(Closing::GoingAway),
                // A page that asks for more than is done meanwhile waits.
                incoming = socket.next(&mut self.outbox, reading(&self.page_session), Instant::now) => {
                    if let Err(end) = self.handle_incoming(Instant::now(), incoming) {
                        return end;
                    }
                }
                // A page that does not read gets nothing more: its peers' channels wait.
                happened = self.page_session.next(), if !self.outbox.is_crowded() => {
                    self.page_session.handle_input(Instant::now(), happened);
                }
                () = sleep_until(timer.unwrap_or_else(Instant::now).into()), if timer.is_some() => {
                    self.page_session.handle_timeout(Instant::now());
                }
            }
            if let Err(Full) = self.carry_out(Instant::now()) {
                return End::Close(Closing::TooSlow);
            }
        }
    }

    fn handle_incoming(&mut self, now: Instant, incoming: Incoming) -> Result<(), End> {
        match incoming {
            Incoming::Text(text) => self.handle_text(now, text.as_str()).map_err(End::Close),
            Incoming::Binary(bytes) => match Frame::decode(&bytes) {
                Ok(frame) => {
                    self.page_session.handle_frame(now, frame);
                    Ok(())
                }
                Err(error) => {
                    debug!(%error, "binary message refused");
                    Err(End::Close(Closing::Malformed))
                }
            },
            Incoming::RoomAgain => Ok(()),
            Incoming::StaleSound(stale) => {
                for (receiver, frames) in stale {
                    self.page_session
                        .handle_frame(now, Frame::SoundWanted { receiver, frames });
                }
                Ok(())
            }
            Incoming::MustClose(closing) => Err(End::Close(closing)),
            Incoming::Gone => Err(End::Gone),
        }
    }

    fn handle_text(&mut self, now: Instant, text: &str) -> Result<(), Closing> {
        if text.len() > MAX_TEXT_BYTES {
            return Err(Closing::TooLong);
        }
        if self.requests.take(now) == Verdict::Refuse {
            return Err(Closing::TooFast);
        }
        match serde_json::from_str::<Request>(text) {
            Ok(request) => {
                self.page_session.handle_request(now, request);
                Ok(())
            }
            Err(error) => {
                // The error's own words would repeat what was sent.
                debug!(line = error.line(), column = error.column(), "text refused");
                Err(Closing::Malformed)
            }
        }
    }

    /// Moves what the page session has for the page into the outbox.
    fn carry_out(&mut self, now: Instant) -> Result<(), Full> {
        while let Some(output) = self.page_session.poll_output() {
            match output {
                Output::Event(event) => match serde_json::to_string(&event) {
                    Ok(text) => self.outbox.push_text(text)?,
                    Err(error) => debug!(%error, "event without a text"),
                },
                Output::ChannelMessage(bytes) => self.outbox.push_binary(bytes)?,
                Output::Sound {
                    receiver,
                    pieces,
                    bytes,
                } => self.outbox.push_sound(Sound {
                    receiver,
                    pieces,
                    since: now,
                    bytes: bytes.into(),
                }),
                Output::Video {
                    receiver,
                    key,
                    bytes,
                } => {
                    let wanting = self.outbox.push_video(Picture {
                        receiver,
                        key,
                        since: now,
                        bytes: bytes.into(),
                    });
                    for receiver in wanting {
                        self.page_session.handle_video_frames_dropped(receiver);
                    }
                }
            }
        }
        Ok(())
    }
}
