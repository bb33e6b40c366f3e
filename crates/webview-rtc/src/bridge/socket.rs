//! One WebSocket: reads and writes at the same time in one task.
//!
//! Invariant: at most one message and a small buffer leave the outbox before the network accepts
//! them, so the outbox shows how far the page is behind.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use futures_util::{Sink, SinkExt, Stream, StreamExt};
use tokio::{
    net::TcpStream,
    time::{Sleep, sleep},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Bytes, Error, Message, Utf8Bytes,
        error::ProtocolError,
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};

use super::{close::CloseReason, outbox::Outbox};
use crate::wire::id::ReceiverId;

#[derive(Debug)]
pub(super) struct Socket {
    stream: WebSocketStream<TcpStream>,
    write_buffer: WriteBuffer,
    read_timeout: Duration,
    /// Runs while the network accepts no data.
    write_timeout: Option<Pin<Box<Sleep>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WriteBuffer {
    Flushed,
    Unflushed,
}

/// Whether the page's messages are read now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    On,
    Paused,
}

/// An event of the socket.
#[derive(Debug)]
pub(super) enum SocketEvent {
    Text(Utf8Bytes),
    Binary(Bytes),
    /// The page has read so much that new messages may be queued.
    Drained,
    /// Audio frames of these receivers became stale; the same number is requested again.
    StaleAudio(Vec<(ReceiverId, u16)>),
    /// The bridge must close: a protocol error, or the page does not read.
    Close(CloseReason),
    /// The page closed the socket, or it broke.
    Disconnected,
}

impl Socket {
    pub(super) fn new(stream: WebSocketStream<TcpStream>, read_timeout: Duration) -> Self {
        Self {
            stream,
            write_buffer: WriteBuffer::Flushed,
            read_timeout,
            write_timeout: None,
        }
    }

    /// Sends the outbox until an event occurs. Cancellation-safe.
    pub(super) async fn next(
        &mut self,
        outbox: &mut Outbox,
        reading: Reading,
        clock: fn() -> Instant,
    ) -> SocketEvent {
        poll_fn(|context| {
            if let Poll::Ready(incoming) = self.poll_send(outbox, clock(), context) {
                return Poll::Ready(incoming);
            }
            match reading {
                Reading::On => self.poll_receive(context),
                Reading::Paused => Poll::Pending,
            }
        })
        .await
    }

    /// Sends the close frame and waits for the page's. The caller sets the timeout.
    pub(super) async fn close(mut self, reason: CloseReason) {
        let frame = CloseFrame {
            code: CloseCode::from(reason.code()),
            reason: Utf8Bytes::from_static(reason.reason()),
        };
        if self.stream.send(Message::Close(Some(frame))).await.is_ok() {
            self.finish().await;
        }
    }

    /// Completes a closing handshake that the page started. The caller sets the timeout.
    pub(super) async fn finish(mut self) {
        while let Some(Ok(_)) = self.stream.next().await {}
    }

    fn poll_receive(&mut self, context: &mut Context<'_>) -> Poll<SocketEvent> {
        loop {
            let received = std::task::ready!(Pin::new(&mut self.stream).poll_next(context));
            return Poll::Ready(match received {
                Some(Ok(Message::Text(text))) => SocketEvent::Text(text),
                Some(Ok(Message::Binary(bytes))) => SocketEvent::Binary(bytes),
                // Raw frames are never read; pongs are sent by the stream itself.
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => continue,
                Some(Ok(Message::Close(_))) | None => SocketEvent::Disconnected,
                Some(Err(error)) => read_error_event(&error),
            });
        }
    }

    /// Ready only with an event.
    fn poll_send(
        &mut self,
        outbox: &mut Outbox,
        now: Instant,
        context: &mut Context<'_>,
    ) -> Poll<SocketEvent> {
        let had_backpressure = outbox.has_backpressure();
        loop {
            match Pin::new(&mut self.stream).poll_ready(context) {
                Poll::Ready(Ok(())) => self.write_timeout = None,
                Poll::Ready(Err(_)) => return Poll::Ready(SocketEvent::Disconnected),
                Poll::Pending => {
                    std::task::ready!(self.poll_write_timeout(context));
                    return Poll::Ready(SocketEvent::Close(CloseReason::TooSlow));
                }
            }
            let stale = outbox.drop_stale_audio(now);
            if !stale.is_empty() {
                return Poll::Ready(SocketEvent::StaleAudio(stale));
            }
            let Some(message) = outbox.pop() else {
                break;
            };
            if Pin::new(&mut self.stream).start_send(message).is_err() {
                return Poll::Ready(SocketEvent::Disconnected);
            }
            self.write_buffer = WriteBuffer::Unflushed;
        }
        if self.write_buffer == WriteBuffer::Unflushed {
            match Pin::new(&mut self.stream).poll_flush(context) {
                Poll::Ready(Ok(())) => {
                    self.write_buffer = WriteBuffer::Flushed;
                    self.write_timeout = None;
                }
                Poll::Ready(Err(_)) => return Poll::Ready(SocketEvent::Disconnected),
                Poll::Pending => {
                    std::task::ready!(self.poll_write_timeout(context));
                    return Poll::Ready(SocketEvent::Close(CloseReason::TooSlow));
                }
            }
        }
        if had_backpressure {
            return Poll::Ready(SocketEvent::Drained);
        }
        Poll::Pending
    }

    fn poll_write_timeout(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let read_timeout = self.read_timeout;
        self.write_timeout
            .get_or_insert_with(|| Box::pin(sleep(read_timeout)))
            .as_mut()
            .poll(context)
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the error type of another crate: every other error is a broken socket"
)]
fn read_error_event(error: &Error) -> SocketEvent {
    match error {
        Error::Capacity(_) => SocketEvent::Close(CloseReason::TooLong),
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => SocketEvent::Disconnected,
        // RFC 6455, 5.1 and 8.1: invalid frames, and text that is not UTF-8.
        Error::Protocol(_) | Error::Utf8(_) => SocketEvent::Close(CloseReason::Malformed),
        _ => SocketEvent::Disconnected,
    }
}
