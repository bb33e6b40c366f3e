//! The loopback WebSocket between a page's media worker and the transport: who is let in, and what
//! each way carries.
//!
//! Invariant: a socket becomes a bridge only by a token that was made for its own origin, once and a
//! moment ago; whatever ends the socket ends its page_session, and nothing else.

mod admissions;
mod close;
mod handshake;
mod handshakes;
mod listener;
mod outbox;
pub(crate) mod rate;
mod session;
mod socket;

pub use listener::{Admission, Bridge, BridgeError};
pub use rate::Rate;

use std::time::Duration;

/// The WebSocket subprotocol of the bridge; the token follows it as a second one, because that is
/// all a page can send with its first request.
pub const SUBPROTOCOL: &str = "webrtc-bridge";

/// Longest binary message, in bytes: no key frame and no channel message is longer.
pub const MAX_BINARY_BYTES: usize = 8 << 20;

/// Longest request, in bytes: an agreement of some hundred m-lines.
pub const MAX_TEXT_BYTES: usize = 1 << 20;

/// What a page may take of the transport.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// From the making of a token to its use.
    pub token_life: Duration,
    /// From a socket's opening to its being a WebSocket.
    pub handshake_within: Duration,
    /// Bridges that are open at the same time, of all pages.
    pub sockets: usize,
    /// Sockets that have not shown a token yet. Beyond it the oldest is closed, so that nobody who
    /// only holds sockets open keeps a page out.
    pub unauthenticated: usize,
    /// Of one bridge.
    pub requests: Rate,
    /// How long a page may leave everything unread.
    pub read_within: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            token_life: Duration::from_secs(10),
            handshake_within: Duration::from_secs(5),
            sockets: 64,
            unauthenticated: 128,
            requests: Rate {
                every: Duration::from_millis(1),
                burst: 2_000,
            },
            read_within: Duration::from_secs(10),
        }
    }
}
