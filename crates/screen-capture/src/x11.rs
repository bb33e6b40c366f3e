//! The X11 display: what it shows, and the pixels of it.
//!
//! Invariant: errors of the X server are values here. They never reach the error handler of Xlib,
//! which the app's toolkit owns and which ends the process.

mod display;
mod list;
mod recorder;
mod surface;
mod thumbnailer;

pub use list::sources;
pub(crate) use recorder::Recorder;
pub use thumbnailer::Thumbnailer;
