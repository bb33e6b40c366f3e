//! Work-arounds for str0m. Each module names the fact of str0m 0.25 that makes it necessary; once
//! that fact changes, the module is retired.
//!
//! Smaller ones stay in place, where their state is:
//! - `session/drive.rs`, `MAX_POLLS_PER_DRAIN`: `poll_output` may return the same due time again.
//! - `session/drive.rs`, `detect_end`: a failed DTLS handshake ends `Rtc` without an event.
//! - `ice/candidate_pairs.rs`: `Rtc` reports the selected pair only.
//! - `ice/state.rs`: the ICE agent has no *failed* state.
//! - `media_sections.rs`: a `Mid` has at most 16 letters and digits.
//! - `bandwidth/probing.rs`: probes follow a fixed interval of 15 s.
//!
//! Invariant: every entry retires on its own. `empty_message` wraps DTLS for `sent_data` and
//! `handshake` too, and the first two read packets with `sctp_packet`.

pub(super) mod certificate_alert;
pub(super) mod empty_message;
pub(super) mod handshake;
pub(super) mod rtcp_dedup;
mod sctp_packet;
pub(super) mod sent_data;
pub(super) mod synthetic_offer;
