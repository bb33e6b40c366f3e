//! Why nothing can be captured.

use x11rb::errors::{ConnectError, ConnectionError, ReplyError, ReplyOrIdError};

#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    #[error("the display is Wayland's, and X11 shows only a part of it")]
    Wayland,
    #[error("no X11 display can be reached: {0}")]
    Connect(#[from] ConnectError),
    #[error("the X11 display has no extension {0}")]
    NoExtension(&'static str),
    #[error("the pixels of this display are not 24 bits in words of 32")]
    PixelFormat,
    #[error("the screen or window does not exist any more")]
    Gone,
    #[error("the connection to the X11 display broke: {0}")]
    Connection(#[from] ConnectionError),
    #[error("the X11 display refused a request: {0}")]
    Refused(#[from] ReplyError),
    #[error("the X11 display gave no id: {0}")]
    NoId(#[from] ReplyOrIdError),
    #[cfg(target_os = "linux")]
    #[error(transparent)]
    PipeWire(#[from] crate::pipewire::PipeWireError),
}
