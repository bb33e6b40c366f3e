//! Signaling: the only socket of the app. It survives a page reload, a lost network and sleep.
//!
//! Invariant: `connection` decides and is pure; `task` performs its outputs, and is the only place
//! that reads the clock and draws random numbers.

mod backoff;
mod connection;
mod event;
mod failure;
mod outbox;
mod reconnect_policy;
mod room_session;
mod sleep_detector;
mod socket;
mod step_input;
mod task;
mod tls;

pub use event::{Field, SignalingEvent};
pub use failure::ConnectFailure;
pub use room_session::JoinRequest;
pub use task::{Busy, EventSink, Signaling};
