//! Who may do how much: sockets of the process and of an address, messages of a socket, passcode
//! guesses of an address.
//!
//! Invariant: pure. The clock is an argument, and what an address holds is forgotten once it holds
//! nothing.

mod address;
mod bucket;
mod guesses;
mod rate;
mod sockets;

pub(crate) use address::AddressKey;
pub(crate) use guesses::Guesses;
pub(crate) use rate::{MessageRate, Verdict};
pub(crate) use sockets::{Refusal, Sockets};
