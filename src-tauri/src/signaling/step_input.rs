//! Time and randomness of one step: the only ones that the pure connection state gets.

use std::time::Instant;

#[derive(Debug, Clone, Copy)]
pub(super) struct StepInput {
    pub(super) now: Instant,
    /// In `0.0..1.0`.
    pub(super) random: f64,
}
