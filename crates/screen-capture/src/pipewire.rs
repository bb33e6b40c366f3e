//! A stream of PipeWire: pictures that a compositor gives, for the node that a portal has named.
//!
//! Invariant: the library is looked up at run time, so a program starts without it, and needs none
//! of its headers to be built. Everything that another program wrote is checked before it is used.

mod abi;
mod buffer;
mod damage;
mod error;
mod format;
mod library;
mod metadata;
mod picture;
mod pod;
mod recorder;
mod stream;

pub use error::PipeWireError;
pub(crate) use recorder::StreamRecorder;

/// Looks the library up.
///
/// # Errors
/// When it is not installed.
pub(crate) fn require() -> Result<(), PipeWireError> {
    library::Library::get().map(|_| ())
}
