//! The body of a response, from bytes that all readers of the file share.
//!
//! Invariant: the connection gets at most [`CHUNK_BYTES`] at once. So a connection that copies
//! (TLS) copies only that much ahead and no whole file.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::{Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};

const CHUNK_BYTES: usize = 16 * 1024;

#[derive(Debug)]
pub(super) struct SharedBody(pub(super) Bytes);

impl HttpBody for SharedBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.0.is_empty() {
            return Poll::Ready(None);
        }
        let count = self.0.len().min(CHUNK_BYTES);
        Poll::Ready(Some(Ok(Frame::data(self.0.split_to(count)))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.len() as u64)
    }
}
