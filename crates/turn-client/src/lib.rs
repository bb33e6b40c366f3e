//! A STUN and TURN client (RFC 8489, RFC 8656): the protocol as pure state, the wires it is spoken
//! over, and the link that joins the two.
//!
//! Invariant: knows nothing of what is relayed, of candidates or of calls. Names are not looked up
//! here and certificates not judged: callers bring addresses and, for TLS, whom they trust.
#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests begin their virtual time at some instant"
    )
)]

mod binding;
mod check;
mod failure;
mod link;
mod requests;
mod server;
mod turn;
pub mod udp;
mod wire;

use std::time::Instant;

pub use self::{
    binding::{Bindings, Input},
    check::{Check, CheckId},
    failure::Failure,
    link::Link,
    server::{Credentials, Host, RelayTransport, Server, ServerError, ServerKind, parse_url},
    turn::{Allocated, Output, Sent},
    wire::{Io, Wire},
};

#[expect(
    clippy::disallowed_methods,
    reason = "the link reads the clock here and nowhere else"
)]
fn now() -> Instant {
    Instant::now()
}
