//! Video: allocation of the encoders in the page, and release times of received frames. The page
//! encodes and decodes.
//!
//! Invariant: no clock, no task, no socket. Frames are opaque.

mod encoder_allocation;
mod playout;
mod quality;
mod sync;

pub use encoder_allocation::{Change, EncoderAllocation, SenderKey, VideoSender};
pub use playout::{Playout, Release};
pub use sync::LipSync;
