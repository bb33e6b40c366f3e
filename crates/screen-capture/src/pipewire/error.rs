//! Why a stream of PipeWire gives no pictures.

use std::io;

#[derive(Debug, thiserror::Error)]
pub enum PipeWireError {
    #[error(
        "PipeWire's library is not installed: {0}. Debian and Ubuntu call the package libpipewire-0.3-0, Fedora pipewire-libs"
    )]
    NoLibrary(String),
    #[error("PipeWire cannot be reached by what the portal gave: {0}")]
    Connect(io::Error),
    #[error("PipeWire has no memory left for a connection")]
    NoMemory,
    #[error("PipeWire and the desktop agree on no kind of picture in memory")]
    Format,
    #[error("PipeWire ended the stream: {0}")]
    Stream(String),
    #[error("PipeWire does not answer")]
    Silent,
}
