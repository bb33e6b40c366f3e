//! Captures a screen or a window, as the rows that changed, in I420: of an X11 display, or what a
//! portal of the desktop lets people choose, by PipeWire.
//!
//! Invariant: a frame is captured only after it was requested, so a slow receiver gets fewer frames
//! and nothing queues. Dropping [`Capture`] ends its thread.

mod capture;
mod demand;
mod error;
mod i420;
mod image;
#[cfg(target_os = "linux")]
mod pipewire;
mod pointer;
#[cfg(target_os = "linux")]
mod portal;
mod rows;
mod source;
mod thumbnail;
mod x11;

pub use capture::{Capture, End, Event};
pub use error::CaptureError;
pub use i420::{Band, Frame, MAX_BAND_BYTES};
#[cfg(target_os = "linux")]
pub use pipewire::PipeWireError;
#[cfg(target_os = "linux")]
pub use portal::{Persistence, PortalError, PortalGrant, PortalRequest, PortalSource};
pub use source::{Kind, Source, SourceId, UnknownSource};
pub use thumbnail::Thumbnail;
pub use x11::{Thumbnailer, sources};
