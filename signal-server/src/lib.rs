//! The relay of Snug: rooms, the signaling between their members, and the page for guests.
//!
//! Invariant: it never looks into a payload, and one member's trouble is no other's. The wire is
//! `signal-protocol`, in words `docs/protocol.md`. [`serve`] is all there is to it; the desktop app
//! runs it inside itself, `main.rs` as a process of its own.
#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests begin their virtual time at some instant"
    )
)]

mod admission;
mod config;
mod frame;
mod heartbeat;
mod http;
mod ice;
mod linger;
mod listener;
mod outbox;
mod page;
mod relay;
mod rooms;
mod session;
mod wire;

pub use config::{Config, ConfigError};
pub use ice::{IceServerError, parse_ice_server};
pub use listener::serve;
pub use page::{PageFile, PageSource};
