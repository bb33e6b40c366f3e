//! What goes over the bridge between the page and the transport.
//!
//! Text messages are JSON: requests and their replies, and events. Binary messages are media and
//! data-channel messages, laid out in [`frame`]. Ids are chosen by whoever makes the thing.

pub mod candidate;
pub mod event;
pub mod frame;
pub mod id;
pub mod request;
pub mod session;
pub mod statistics;
