//! ICE of one connection: its candidates, the pairs that are checked, and the states that the
//! page is told.
//!
//! Invariant: pure. str0m's agent checks the pairs; this module only follows it.

pub(super) mod candidate_pairs;
pub(super) mod candidates;
pub(super) mod state;
