//! Two sessions on a seeded virtual network with a virtual clock.
#![allow(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test that cannot go on fails, and looks for one event among many"
)]

mod audio;
mod bandwidth;
mod certificates;
mod connects;
mod data_channels;
mod ice_restart;
mod ignored_candidates;
mod media_sections;
mod negotiation;
mod one_way_path;
mod refused_parameters;
#[path = "../common/remote_candidate.rs"]
mod remote_candidate;
mod test_env;
mod tones;
mod video;
