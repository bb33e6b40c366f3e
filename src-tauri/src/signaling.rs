//! The only socket of the app: the link to the relay, which outlives a page reload, a lost network
//! and a sleeping laptop.
//!
//! Invariant: what to do is decided in `link`, which is pure; `task` does it, and is the one place
//! that reads the clock and draws random numbers.

mod backoff;
mod ended;
mod event;
mod failure;
mod link;
mod moment;
mod outbox;
mod socket;
mod task;
mod tls;
mod visit;
mod watchdog;

pub use event::{Field, SignalingEvent};
pub use failure::ConnectFailure;
pub use task::{Busy, EventSink, Signaling};
pub use visit::JoinRequest;
