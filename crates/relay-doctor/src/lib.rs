//! Checks a relay from outside: name, port, certificate, proxy, WebSocket, join, and a packet relayed
//! by TURN.
//!
//! Invariant: a check leaves no state except a member that has left. It contacts only the relay and
//! the servers that the relay names, and ends within [`MAX_DURATION`]. Every fault names its remedy.
#![cfg_attr(
    test,
    allow(
        clippy::wildcard_enum_match_arm,
        reason = "a test fails at an unexpected value"
    )
)]

mod address_scope;
mod certificate;
mod check_sequence;
mod clock;
mod fault;
mod finding;
mod http;
mod join_probe;
mod names;
mod report;
mod stun;
mod tcp_probe;
mod tls;
mod trust;
mod turn;
mod websocket;

pub use self::{
    check_sequence::{MAX_DURATION, Options, examine},
    fault::{Cause, Fault},
    finding::{Finding, Outcome, Step},
    report::Report,
};
