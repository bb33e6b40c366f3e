//! The rules of the relay: rooms, several nodes as one relay, and how much one may send.
//!
//! Invariant: pure. Messages and the time are arguments, and what is to be done is returned. No
//! clock, randomness, socket or task, and no runtime among its dependencies. `signal-server` is the
//! shell around it.
#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests begin their virtual time at some instant"
    )
)]

pub mod admission;
pub mod cluster;
pub mod frame;
pub mod rooms;
