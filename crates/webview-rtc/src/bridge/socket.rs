//! One WebSocket, read and written by one task without either waiting for the other.
//!
//! Invariant: at most one message and a small buffer are taken out of the outbox ahead of the
//! network, so what the outbox holds is what the page has not read.

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

use super::{close::Closing, outbox::Outbox};
use crate::wire::id::ReceiverId;

#[derive(Debug)]
pub(super) struct Socket {
    stream: WebSocketStream<TcpStream>,
    buffer: Buffer,
    read_within: Duration,
    /// Runs while the network takes nothing.
    stuck: Option<Pin<Box<Sleep>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Buffer {
    Flushed,
    Unflushed,
}

/// Whether more is wanted of the page now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    On,
    Paused,
}

/// What happened on the socket.
#[derive(Debug)]
pub(super) enum Incoming {
    Text(Utf8Bytes),
    Binary(Bytes),
    /// The page has read enough for more messages to be made.
    RoomAgain,
    /// So many pieces of these receivers' sound have waited too long, and are wanted anew.
    StaleSound(Vec<(ReceiverId, u16)>),
    /// What came allows nothing else, or the page reads nothing.
    MustClose(Closing),
    /// The page closed it, or it broke.
    Gone,
}

impl Socket {
    pub(super) fn new(stream: WebSocketStream<TcpStream>, read_within: Duration) -> Self {
        Self {
            stream,
            buffer: Buffer::Flushed,
            read_within,
            stuck: None,
        }
    }

    /// Sends what the outbox holds until something comes. Dropping the future loses nothing.
    pub(super) async fn next(
        &mut self,
        outbox: &mut Outbox,
        reading: Reading,
        clock: fn() -> Instant,
    ) -> Incoming {
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

    /// Says why and waits for the page to close as well. The caller bounds the time.
    pub(super) async fn close(mut self, closing: Closing) {
        let frame = CloseFrame {
            code: CloseCode::from(closing.code()),
            reason: Utf8Bytes::from_static(closing.reason()),
        };
        if self.stream.send(Message::Close(Some(frame))).await.is_ok() {
            self.finish().await;
        }
    }

    /// Waits for the end of a closing that the page began. The caller bounds the time.
    pub(super) async fn finish(mut self) {
        while let Some(Ok(_)) = self.stream.next().await {}
    }

    fn poll_receive(&mut self, context: &mut Context<'_>) -> Poll<Incoming> {
        loop {
            let received = std::task::ready!(Pin::new(&mut self.stream).poll_next(context));
            return Poll::Ready(match received {
                Some(Ok(Message::Text(text))) => Incoming::Text(text),
                Some(Ok(Message::Binary(bytes))) => Incoming::Binary(bytes),
                // Raw frames are never read; pongs are sent by the stream itself.
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => continue,
                Some(Ok(Message::Close(_))) | None => Incoming::Gone,
                Some(Err(error)) => read_failed(&error),
            });
        }
    }

    /// Ready only when there is something to report.
    fn poll_send(
        &mut self,
        outbox: &mut Outbox,
        now: Instant,
        context: &mut Context<'_>,
    ) -> Poll<Incoming> {
        let was_crowded = outbox.is_crowded();
        loop {
            match Pin::new(&mut self.stream).poll_ready(context) {
                Poll::Ready(Ok(())) => self.stuck = None,
                Poll::Ready(Err(_)) => return Poll::Ready(Incoming::Gone),
                Poll::Pending => {
                    std::task::ready!(self.poll_stuck(context));
                    return Poll::Ready(Incoming::MustClose(Closing::TooSlow));
                }
            }
            let stale = outbox.drop_stale_sound(now);
            if !stale.is_empty() {
                return Poll::Ready(Incoming::StaleSound(stale));
            }
            let Some(message) = outbox.pop() else {
                break;
            };
            if Pin::new(&mut self.stream).start_send(message).is_err() {
                return Poll::Ready(Incoming::Gone);
            }
            self.buffer = Buffer::Unflushed;
        }
        if self.buffer == Buffer::Unflushed {
            match Pin::new(&mut self.stream).poll_flush(context) {
                Poll::Ready(Ok(())) => {
                    self.buffer = Buffer::Flushed;
                    self.stuck = None;
                }
                Poll::Ready(Err(_)) => return Poll::Ready(Incoming::Gone),
                Poll::Pending => {
                    std::task::ready!(self.poll_stuck(context));
                    return Poll::Ready(Incoming::MustClose(Closing::TooSlow));
                }
            }
        }
        if was_crowded {
            return Poll::Ready(Incoming::RoomAgain);
        }
        Poll::Pending
    }

    fn poll_stuck(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let read_within = self.read_within;
        self.stuck
            .get_or_insert_with(|| Box::pin(sleep(read_within)))
            .as_mut()
            .poll(context)
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the error type of another crate: whatever is not named is a broken socket"
)]
fn read_failed(error: &Error) -> Incoming {
    match error {
        Error::Capacity(_) => Incoming::MustClose(Closing::TooLong),
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Incoming::Gone,
        // RFC 6455, 5.1 and 8.1: frames that are none, and text that is no UTF-8.
        Error::Protocol(_) | Error::Utf8(_) => Incoming::MustClose(Closing::Malformed),
        _ => Incoming::Gone,
    }
}
