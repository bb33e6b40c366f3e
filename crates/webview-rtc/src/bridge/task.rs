//! The task of one bridge: one `select!` over socket, page session and timer.
#![allow(
    clippy::disallowed_methods,
    reason = "the shell reads the clock of one bridge here"
)]
//!
//! Invariant: at its end the page session ends first, then the page gets the close code.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use gcra_limit::{Bucket, Rate};
use tokio::{
    net::TcpStream,
    time::{sleep_until, timeout},
};
use tokio_tungstenite::WebSocketStream;
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::{
    Limits, MAX_TEXT_BYTES,
    close::CloseReason,
    outbox::{Full, Outbox, QueuedAudio, QueuedVideo},
    socket::{Reading, Socket, SocketEvent},
};
use crate::{
    capture_grants::CaptureGrants,
    page_session::{Output, PageSession, Wanted},
    wire::{frame::Frame, request::Request},
};

/// Time for the WebSocket closing handshake.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// How a bridge ended.
enum End {
    Close(CloseReason),
    Disconnected,
}

struct BridgeTask {
    page_session: PageSession,
    outbox: Outbox,
    request_rate: Rate,
    requests: Bucket,
}

pub(super) async fn run(
    stream: WebSocketStream<TcpStream>,
    limits: Limits,
    capture_grants: Arc<CaptureGrants>,
    end: &CancellationToken,
) {
    let mut socket = Socket::new(stream, limits.read_timeout);
    let mut task = BridgeTask {
        page_session: PageSession::new(capture_grants),
        outbox: Outbox::default(),
        request_rate: limits.requests,
        requests: Bucket::default(),
    };
    let end = task.serve(&mut socket, end).await;
    // The connections end first, so that their peers are informed at once.
    drop(task);
    let closing = async {
        match end {
            End::Close(reason) => {
                debug!(code = reason.code(), "bridge closed");
                socket.close(reason).await;
            }
            End::Disconnected => {
                debug!("bridge gone");
                socket.finish().await;
            }
        }
    };
    if timeout(CLOSE_TIMEOUT, closing).await.is_err() {
        debug!("the page did not answer the closing");
    }
}

fn reading_state(page_session: &PageSession) -> Reading {
    if page_session.has_backlog() {
        Reading::Paused
    } else {
        Reading::On
    }
}

/// While the page does not read, the data channels of its peers wait. What they play does not.
fn wanted(outbox: &Outbox) -> Wanted {
    if outbox.has_backpressure() {
        Wanted::MediaOnly
    } else {
        Wanted::All
    }
}

impl BridgeTask {
    async fn serve(&mut self, socket: &mut Socket, end: &CancellationToken) -> End {
        loop {
            let timer = self.page_session.poll_timeout();
            let wanted = wanted(&self.outbox);
            tokio::select! {
                () = end.cancelled() => return End::Close(CloseReason::GoingAway),
                // With too many pending requests the page is not read.
                event = socket.next(&mut self.outbox, reading_state(&self.page_session), Instant::now) => {
                    if let Err(end) = self.handle_socket_event(Instant::now(), event) {
                        return end;
                    }
                }
                input = self.page_session.next(wanted) => {
                    self.page_session.handle_input(Instant::now(), input);
                }
                () = sleep_until(timer.unwrap_or_else(Instant::now).into()), if timer.is_some() => {
                    self.page_session.handle_timeout(Instant::now());
                }
            }
            if let Err(Full) = self.queue_outputs(Instant::now()) {
                return End::Close(CloseReason::TooSlow);
            }
        }
    }

    fn handle_socket_event(&mut self, now: Instant, event: SocketEvent) -> Result<(), End> {
        match event {
            SocketEvent::Text(text) => self.handle_text(now, text.as_str()).map_err(End::Close),
            SocketEvent::Binary(bytes) => match Frame::decode(&bytes) {
                Ok(frame) => {
                    self.page_session.handle_frame(now, frame);
                    Ok(())
                }
                Err(error) => {
                    debug!(%error, "binary message refused");
                    Err(End::Close(CloseReason::Malformed))
                }
            },
            SocketEvent::Drained => Ok(()),
            SocketEvent::StaleAudio(stale) => {
                for (receiver, frames) in stale {
                    self.page_session
                        .handle_frame(now, Frame::AudioRequest { receiver, frames });
                }
                Ok(())
            }
            SocketEvent::Close(reason) => Err(End::Close(reason)),
            SocketEvent::Disconnected => Err(End::Disconnected),
        }
    }

    fn handle_text(&mut self, now: Instant, text: &str) -> Result<(), CloseReason> {
        if text.len() > MAX_TEXT_BYTES {
            return Err(CloseReason::TooLong);
        }
        if self.requests.take(self.request_rate, now).is_err() {
            return Err(CloseReason::TooFast);
        }
        match serde_json::from_str::<Request>(text) {
            Ok(request) => {
                self.page_session.handle_request(now, request);
                Ok(())
            }
            Err(error) => {
                // The text of the error would repeat the message.
                debug!(line = error.line(), column = error.column(), "text refused");
                Err(CloseReason::Malformed)
            }
        }
    }

    /// Moves the outputs of the page session into the outbox.
    fn queue_outputs(&mut self, now: Instant) -> Result<(), Full> {
        while let Some(output) = self.page_session.poll_output() {
            match output {
                Output::Event(event) => match serde_json::to_string(&event) {
                    Ok(text) => self.outbox.push_text(text)?,
                    Err(error) => debug!(%error, "event without a text"),
                },
                Output::ChannelMessage(bytes) => self.outbox.push_binary(bytes)?,
                Output::Audio {
                    receiver,
                    frames,
                    bytes,
                } => self.outbox.push_audio(QueuedAudio {
                    receiver,
                    frames,
                    since: now,
                    bytes: bytes.into(),
                }),
                Output::CapturedRows(bytes) => self.outbox.push_captured_rows(bytes),
                Output::Video {
                    receiver,
                    key,
                    bytes,
                } => {
                    let key_frame_requests = self.outbox.push_video(QueuedVideo {
                        receiver,
                        key,
                        since: now,
                        bytes: bytes.into(),
                    });
                    for receiver in key_frame_requests {
                        self.page_session.handle_video_frames_dropped(receiver);
                    }
                }
            }
        }
        Ok(())
    }
}
