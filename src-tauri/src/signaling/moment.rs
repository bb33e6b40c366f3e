//! When something happens, and one random number for what it may cause: the only time and chance
//! that the pure half of the link knows.

use std::time::Instant;

#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) now: Instant,
    /// In `0.0..1.0`.
    pub(super) random: f64,
}
