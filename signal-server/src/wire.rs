//! One WebSocket, read and written by one task without either waiting for the other.
//!
//! Invariant: at most one frame and a small buffer are taken out of the outbox ahead of the
//! network, so what the outbox counts is what the peer has not read.

use std::{
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
};

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures_util::{Sink, Stream, StreamExt};
use signal_protocol::CloseCode;
use tokio_tungstenite::tungstenite::{self, error::ProtocolError};

use crate::{
    metrics::Metrics,
    outbox::{Outbox, Outgoing},
};

pub(crate) struct Wire {
    /// Boxed, since every future that it moves through has room for it: an idle member would cost
    /// kilobytes.
    socket: Box<WebSocket>,
    ping_due: bool,
    unflushed: bool,
}

/// What happened on the socket.
#[derive(Debug)]
pub(crate) enum Event {
    Text(Utf8Bytes),
    /// A ping or a pong.
    SignOfLife,
    /// The relay wants it closed, or what came allows nothing else.
    MustClose(CloseCode),
    /// The peer closed it, or it broke.
    Gone,
}

impl Wire {
    pub(crate) fn new(socket: WebSocket) -> Self {
        Self {
            socket: Box::new(socket),
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
            code: code.code(),
            reason: Utf8Bytes::from_static(code.reason()),
        };
        if self.socket.send(Message::Close(Some(frame))).await.is_ok() {
            self.finish().await;
        }
    }

    /// Waits for the end of a closing that the peer began. The caller bounds the time.
    pub(crate) async fn finish(mut self) {
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
        Pin::new(&mut *self.socket)
            .poll_next(context)
            .map(|received| match received {
                Some(Ok(Message::Text(text))) => Event::Text(text),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => Event::SignOfLife,
                Some(Ok(Message::Binary(_))) => Event::MustClose(CloseCode::BinaryFrame),
                Some(Ok(Message::Close(_))) | None => Event::Gone,
                Some(Err(error)) => read_failed(error),
            })
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
fn read_failed(error: axum::Error) -> Event {
    let Ok(error) = error.into_inner().downcast::<tungstenite::Error>() else {
        return Event::Gone;
    };
    match *error {
        tungstenite::Error::Capacity(_) => Event::MustClose(CloseCode::TooLarge),
        tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Event::Gone,
        // RFC 6455, 5.1 and 8.1: frames that are none, and text that is no UTF-8.
        tungstenite::Error::Protocol(_) | tungstenite::Error::Utf8(_) => {
            Event::MustClose(CloseCode::Policy)
        }
        _ => Event::Gone,
    }
}
