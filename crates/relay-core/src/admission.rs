//! Who may do how much: connections of the process and of an address, messages and bytes of a
//! socket, messages, joins and passcode guesses of an address.
//!
//! What an address may have, the wider networks that it lies in may have several times, and no
//! more: `address` says which those are, `counts` and `table` count in all of them.
//!
//! Invariant: the clock is an argument. Nothing is counted by room alone, so no stranger can turn a
//! limit against a room; and what is kept of addresses is bounded, however many there are.

mod address;
mod counts;
mod joins;
mod passcode_attempts;
mod rate;
mod shared_rate;
mod sockets;
mod table;

pub use address::{AddressKey, Breadth, Network};
pub use counts::{Counts, Full};
pub use joins::Joins;
pub use passcode_attempts::PasscodeAttempts;
pub use rate::{MessageRate, RateLimits, Verdict};
pub use shared_rate::{SharedAllowance, SharedBuckets};
pub use sockets::{Refusal, Sockets};
