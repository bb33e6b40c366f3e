//! ICE of one connection: its candidates, its candidate pairs, and the states for the page.
//!
//! Invariant: pure. str0m's agent checks the pairs; this module only follows it.

pub(super) mod candidate_pairs;
pub(super) mod candidates;
pub(super) mod state;
