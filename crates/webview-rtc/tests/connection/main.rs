//! Two sessions on a virtual network: seeded, and with a clock that is an argument.
#![allow(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test that cannot go on fails, and looks for one event among many"
)]

mod agreements;
mod bandwidth;
mod channels;
mod connects;
mod lines;
mod link;
mod refused;
#[path = "../common/remote_candidate.rs"]
mod remote_candidate;
mod restart;
mod sound;
mod unchecked;
mod video;
mod world;
