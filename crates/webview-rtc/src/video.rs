//! Pictures: which encodings run for whom, and when received frames are shown. They are coded in
//! the page.
//!
//! Invariant: no clock, no task, no socket, and never a look into a frame.

mod encoder_allocation;
mod playout;
mod quality;
mod sync;

pub use encoder_allocation::{Change, EncoderAllocation, SenderKey, VideoSender};
pub use playout::{Playout, Release};
pub use sync::Sync;
