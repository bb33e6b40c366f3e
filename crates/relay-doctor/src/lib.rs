//! Looks at a relay as somebody outside sees it: its name, its port, its certificate, the way
//! through a proxy, a room, and a packet relayed there and back.
//!
//! Invariant: it leaves nothing behind but a member that has left, asks nobody but the relay and
//! the servers it names, and ends within [`LONGEST`]. What it says of a fault names what mends it.
#![cfg_attr(
    test,
    allow(
        clippy::wildcard_enum_match_arm,
        reason = "a test that meets what it does not expect is to fail there"
    )
)]

mod certificate;
mod clock;
mod examination;
mod fault;
mod finding;
mod http;
mod member;
mod names;
mod reach;
mod report;
mod scope;
mod stun;
mod tls;
mod trust;
mod turn;
mod websocket;

pub use self::{
    examination::{LONGEST, Options, examine},
    fault::{Cause, Fault},
    finding::{Finding, Outcome, Step},
    report::Report,
};
