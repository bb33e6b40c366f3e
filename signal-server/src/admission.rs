//! Who may do how much: connections of the process and of an address, messages of a socket and of
//! an address, joins and passcode guesses of an address.
//!
//! Invariant: the clock is an argument. Nothing is counted by room alone, so no stranger can turn a
//! limit against a room; and what is kept of addresses is bounded, however many there are.

mod address;
mod bucket;
mod guesses;
mod joins;
mod rate;
mod seats;
mod shared_rate;
mod sockets;
mod table;

pub(crate) use address::AddressKey;
pub(crate) use guesses::Guesses;
pub(crate) use joins::Joins;
pub(crate) use rate::{MessageRate, Verdict};
pub(crate) use seats::{Seat, Seats};
pub(crate) use shared_rate::{SharedAllowance, SharedBucket};
pub(crate) use sockets::{Refusal, Sockets};
