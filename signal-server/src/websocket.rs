//! One WebSocket that one task reads and writes. Neither direction waits for the other.
//!
//! Invariant: at most one frame and a small buffer leave the outbox before the network accepts
//! them. So the size of the outbox is what the peer has not read.

mod fragments;

use std::{
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
};

use futures_util::{Sink, SinkExt, Stream, StreamExt};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use signal_protocol::{CloseCode, limits};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        self, Message, Utf8Bytes,
        error::ProtocolError,
        protocol::{CloseFrame, Role, WebSocketConfig, frame::coding::CloseCode as PeerCloseCode},
    },
};

use crate::{
    metrics::Metrics,
    outbox::{Outbox, Outgoing},
};
use fragments::Fragments;

/// See ARCHITECTURE.md: the default is 128 KiB for each idle socket.
const READ_BUFFER_BYTES: usize = 4 * 1024;
/// Frames up to this size share one write.
const WRITE_BUFFER_BYTES: usize = 16 * 1024;

type Socket = WebSocketStream<Fragments<TokioIo<Upgraded>>>;

pub(crate) struct WebSocket {
    /// Boxed: each future that owns it would otherwise cost an idle member kilobytes.
    socket: Box<Socket>,
    /// An event that arrived after uncounted fragments.
    arrived: Option<Event>,
    ping_due: bool,
    unflushed: bool,
}

/// An event of the socket.
#[derive(Debug)]
pub(crate) enum Event {
    Text(Utf8Bytes),
    /// A ping or a pong.
    SignOfLife,
    /// This many frames that do not end a message.
    Fragments(u32),
    /// The relay closes it, or the peer violated the protocol.
    MustClose(CloseCode),
    /// The peer closed it with 1001: its page is closed or reloaded.
    Away,
    /// The peer closed it otherwise, or the connection broke.
    Gone,
}

impl WebSocket {
    /// Takes an upgraded connection. `message_bytes` is the largest message.
    pub(crate) async fn new(upgraded: Upgraded, message_bytes: usize) -> Self {
        let stream = Fragments::new(TokioIo::new(upgraded));
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .write_buffer_size(WRITE_BUFFER_BYTES)
            .max_write_buffer_size(WRITE_BUFFER_BYTES + 2 * limits::RELAY_FRAME_BYTES)
            .max_message_size(Some(message_bytes))
            .max_frame_size(Some(message_bytes));
        let socket = WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await;
        Self {
            socket: Box::new(socket),
            arrived: None,
            ping_due: false,
            unflushed: false,
        }
    }

    /// Sends a ping as soon as the network accepts it.
    pub(crate) fn ping(&mut self) {
        self.ping_due = true;
    }

    /// Sends from the outbox until an event arrives. Cancel safe.
    pub(crate) async fn next(&mut self, outbox: &Outbox, metrics: &Metrics) -> Event {
        poll_fn(|context| self.poll_next(outbox, metrics, context)).await
    }

    /// Sends the close frame and waits for the peer to close. The caller limits the time.
    pub(crate) async fn close(mut self, code: CloseCode) {
        let frame = CloseFrame {
            code: code.code().into(),
            reason: Utf8Bytes::from_static(code.reason()),
        };
        if self.socket.send(Message::Close(Some(frame))).await.is_ok() {
            self.finish().await;
        }
    }

    /// Waits for the peer to finish the close. The caller limits the time.
    pub(crate) async fn finish(mut self) {
        self.socket.get_mut().close();
        while let Some(Ok(_)) = self.socket.next().await {}
    }

    fn poll_next(
        &mut self,
        outbox: &Outbox,
        metrics: &Metrics,
        context: &mut Context<'_>,
    ) -> Poll<Event> {
        if let Poll::Ready(event) = self.poll_send(outbox, metrics, context) {
            return Poll::Ready(event);
        }
        if let Some(event) = self.arrived.take() {
            return Poll::Ready(event);
        }
        let received = Pin::new(&mut *self.socket).poll_next(context);
        let event = received.map(|received| match received {
            Some(Ok(Message::Text(text))) => Event::Text(text),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Event::SignOfLife,
            Some(Ok(Message::Binary(_))) => Event::MustClose(CloseCode::BinaryFrame),
            Some(Ok(Message::Close(Some(frame)))) if frame.code == PeerCloseCode::Away => {
                Event::Away
            }
            // `Message::Frame` is never read.
            Some(Ok(Message::Close(_) | Message::Frame(_))) | None => Event::Gone,
            Some(Err(error)) => read_failed(&error),
        });
        match (self.socket.get_mut().take_count(), event) {
            (0, event) => event,
            (count, Poll::Pending) => Poll::Ready(Event::Fragments(count)),
            (count, Poll::Ready(event)) => {
                self.arrived = Some(event);
                Poll::Ready(Event::Fragments(count))
            }
        }
    }

    /// Ready only with an end to report.
    fn poll_send(
        &mut self,
        outbox: &Outbox,
        metrics: &Metrics,
        context: &mut Context<'_>,
    ) -> Poll<Event> {
        loop {
            match Pin::new(&mut *self.socket).poll_ready(context) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(_)) => return Poll::Ready(Event::Gone),
                // The network accepts nothing more. The relay may still close the socket.
                Poll::Pending => return outbox.poll_closed(context).map(Event::MustClose),
            }
            let message = if std::mem::take(&mut self.ping_due) {
                Message::Ping(axum::body::Bytes::new())
            } else {
                match outbox.poll_next(context) {
                    Poll::Ready(Outgoing::Frame(frame)) => {
                        metrics.latencies.handle_written(&frame);
                        Message::Text(frame.into_text())
                    }
                    Poll::Ready(Outgoing::Close(code)) => {
                        return Poll::Ready(Event::MustClose(code));
                    }
                    Poll::Pending => break,
                }
            };
            if Pin::new(&mut *self.socket).start_send(message).is_err() {
                return Poll::Ready(Event::Gone);
            }
            self.unflushed = true;
        }
        if self.unflushed {
            match Pin::new(&mut *self.socket).poll_flush(context) {
                Poll::Ready(Ok(())) => self.unflushed = false,
                Poll::Ready(Err(_)) => return Poll::Ready(Event::Gone),
                Poll::Pending => {}
            }
        }
        Poll::Pending
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the error type of another crate: whatever is not named is a broken connection"
)]
fn read_failed(error: &tungstenite::Error) -> Event {
    match error {
        tungstenite::Error::Capacity(_) => Event::MustClose(CloseCode::TooLarge),
        tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Event::Gone,
        // Invalid frames and invalid UTF-8 ([RFC 6455, 5.1 and
        // 8.1](https://www.rfc-editor.org/rfc/rfc6455#section-8.1)).
        tungstenite::Error::Protocol(_) | tungstenite::Error::Utf8(_) => {
            Event::MustClose(CloseCode::Policy)
        }
        _ => Event::Gone,
    }
}
