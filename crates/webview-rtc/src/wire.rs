//! Wire format of the bridge between the page and the transport.
//!
//! Text messages are JSON: requests from the page, replies and events from the transport. Binary
//! messages are media and data-channel messages, see [`frame`].
//!
//! Invariant: the side that creates an object chooses its id.

pub mod candidate;
pub mod event;
pub mod frame;
pub mod id;
pub mod negotiated;
pub mod request;
pub mod statistics;
