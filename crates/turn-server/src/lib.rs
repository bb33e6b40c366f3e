#![doc = include_str!("../README.md")]
//!
//! # Inside
//! `rules` is pure: a message in, an outcome out (RFC 8489, RFC 8656). `server` has the sockets, the
//! tasks and the clock, and carries the outcomes out.
//!
//! Invariant: the server identifies a member by its credentials and never reads relayed data, but
//! to see whether it is an ICE check. Every resource is bounded, and each allocation ends with its
//! member.
#![warn(missing_docs)]
#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests start their virtual time at some instant"
    )
)]

mod config;
mod counters;
mod credentials;
#[cfg(fuzzing)]
#[allow(missing_docs, reason = "for a fuzzer alone")]
pub mod fuzzing;
#[cfg(all(test, not(fuzzing)))]
mod fuzzing;
mod member_id;
mod rules;
mod server;
mod start_error;

pub use config::{Config, TlsListeners};
pub use counters::{Counter, Counters, Direction, Drops, Gauge, Refusals};
pub use credentials::{Credentials, Secret};
pub use member_id::MemberId;
pub use rules::{Now, consent::PeerConsent, members::LeaveReason};
pub use server::TurnServer;
pub use start_error::{ListenProtocol, StartError};
