//! Loopback WebSocket between a page's media worker and the transport.
//!
//! Invariant: a socket becomes a bridge only with a token for its own origin, which is single-use
//! and expires. The end of the socket ends its page session and nothing else.

mod admissions;
mod close;
mod handshake;
mod handshakes;
mod listener;
mod outbox;
mod socket;
mod task;

pub use gcra_limit::Rate;
pub use listener::{Admission, Bridge, BridgeError};

use std::time::Duration;

/// The WebSocket subprotocol of the bridge. The token follows it as a second subprotocol, because a
/// page cannot set other headers of the upgrade request.
pub const SUBPROTOCOL: &str = "webrtc-bridge";

/// Maximum size of a binary message. Key frames and channel messages are smaller.
pub const MAX_BINARY_BYTES: usize = 8 << 20;

/// Maximum size of a request. A commit with several hundred m-lines is smaller.
pub const MAX_TEXT_BYTES: usize = 1 << 20;

/// Resource limits for pages.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// From creating a token to using it.
    pub token_lifetime: Duration,
    /// From accepting a socket to the end of its WebSocket handshake.
    pub handshake_timeout: Duration,
    /// Open bridges of all pages together.
    pub max_bridges: usize,
    /// Sockets that have not presented a token yet. Beyond the limit the oldest is closed, so that
    /// idle sockets cannot lock a page out.
    pub max_pending_handshakes: usize,
    /// Requests of one bridge.
    pub requests: Rate,
    /// How long a socket may accept no data before it is closed.
    pub read_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            token_lifetime: Duration::from_secs(10),
            handshake_timeout: Duration::from_secs(5),
            max_bridges: 64,
            max_pending_handshakes: 128,
            requests: Rate::one_per(Duration::from_millis(1), 2_000),
            read_timeout: Duration::from_secs(10),
        }
    }
}
