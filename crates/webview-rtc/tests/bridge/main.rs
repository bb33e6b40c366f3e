//! The bridge over real sockets, with pages that are no browsers: one file a behaviour.
#![allow(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test that meets what it does not expect is to fail there"
)]

mod admission;
mod agreement;
mod call;
mod channels;
mod death;
mod late;
mod limits;
mod page;
#[path = "../common/remote_candidate.rs"]
mod remote_candidate;
mod requests;
