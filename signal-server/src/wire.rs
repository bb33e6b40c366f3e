//! One WebSocket, read and written by one task without either waiting for the other.
//!
//! Invariant: at most one frame and a small buffer are taken out of the outbox ahead of the
//! network, so what the outbox counts is what the peer has not read.

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
        protocol::{CloseFrame, Role, WebSocketConfig},
    },
};

use crate::{
    metrics::Metrics,
    outbox::{Outbox, Outgoing},
};
use fragments::Fragments;

/// See architecture.md: the default of 128 KiB is what an idle socket would cost.
const READ_BUFFER: usize = 4 * 1024;
/// Frames up to this much share one write.
const WRITE_BUFFER: usize = 16 * 1024;

type Socket = WebSocketStream<Fragments<TokioIo<Upgraded>>>;

pub(crate) struct Wire {
    /// Boxed, since every future that it moves through has room for it: an idle member would cost
    /// kilobytes.
    socket: Box<Socket>,
    /// Came behind frames that are yet to be counted.
    arrived: Option<Event>,
    ping_due: bool,
    unflushed: bool,
}

/// What happened on the socket.
#[derive(Debug)]
pub(crate) enum Event {
    Text(Utf8Bytes),
    /// A ping or a pong.
    SignOfLife,
    /// So many frames that end no message.
    Fragments(u32),
    /// The relay wants it closed, or what came allows nothing else.
    MustClose(CloseCode),
    /// The peer closed it, or it broke.
    Gone,
}

impl Wire {
    /// On a connection that has been upgraded, for messages of up to so many bytes.
    pub(crate) async fn new(upgraded: Upgraded, message_bytes: usize) -> Self {
        let stream = Fragments::new(TokioIo::new(upgraded));
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(WRITE_BUFFER)
            .max_write_buffer_size(WRITE_BUFFER + 2 * limits::RELAY_FRAME_BYTES)
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

    /// Pings as soon as the network takes it.
    pub(crate) fn ping(&mut self) {
        self.ping_due = true;
    }

    /// Sends what the outbox holds until something comes. Dropping the future loses nothing.
    pub(crate) async fn next(&mut self, outbox: &Outbox, metrics: &Metrics) -> Event {
        poll_fn(|context| self.poll_next(outbox, metrics, context)).await
    }

    /// Says why and waits for the peer to close as well. The caller bounds the time.
    pub(crate) async fn close(mut self, code: CloseCode) {
        let frame = CloseFrame {
            code: code.code().into(),
            reason: Utf8Bytes::from_static(code.reason()),
        };
        if self.socket.send(Message::Close(Some(frame))).await.is_ok() {
            self.finish().await;
        }
    }

    /// Waits for the end of a closing that the peer began. The caller bounds the time.
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
            // Frames by themselves are written only.
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

    /// Ready only when there is an end to report.
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
                // The network takes nothing more; the relay may still want the socket closed.
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
        // RFC 6455, 5.1 and 8.1: frames that are none, and text that is no UTF-8.
        tungstenite::Error::Protocol(_) | tungstenite::Error::Utf8(_) => {
            Event::MustClose(CloseCode::Policy)
        }
        _ => Event::Gone,
    }
}
