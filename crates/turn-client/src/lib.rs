#![doc = include_str!("../README.md")]
//!
//! # Inside
//! `binding`, `requests`, `turn`, `check`, `failure` and `server` are pure: time is an argument.
//! `transport`, `udp` and `turn_connection` have the sockets and the clock.
//!
//! Invariant: the crate knows nothing of relayed data, candidates or calls. It resolves no names
//! and verifies no certificates: the caller passes addresses and, for TLS, a client configuration.
#![warn(missing_docs)]
#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests start their virtual time at some instant"
    )
)]

mod binding;
mod check;
mod failure;
mod requests;
mod server;
mod transport;
mod turn;
mod turn_connection;
pub mod udp;

use std::time::Instant;

pub use self::{
    binding::{Bindings, Input},
    check::{Check, CheckId},
    failure::Failure,
    server::{Credentials, Host, RelayTransport, Server, ServerError, ServerKind, parse_url},
    transport::{Io, ServerTransport},
    turn::{Allocated, Output, Sent},
    turn_connection::TurnConnection,
};

#[expect(
    clippy::disallowed_methods,
    reason = "the TURN connection reads the clock only here"
)]
fn now() -> Instant {
    Instant::now()
}
