//! Why a received file could not be written, as the page needs to know it.

use std::io;

#[derive(Debug, thiserror::Error)]
pub(crate) enum FileFailure {
    /// Goes on when there is room again.
    #[error("The disk is full. Make room there; what has arrived stays.")]
    Full,
    #[error("The file could not be written ({0}).")]
    Disk(io::Error),
    /// Another folder helps.
    #[error("The folder takes no files ({0}).")]
    Folder(io::Error),
    /// The page asks for something that no page asks for.
    #[error("{0}")]
    Misuse(&'static str),
}

impl From<io::Error> for FileFailure {
    fn from(error: io::Error) -> Self {
        let is_full = matches!(
            error.kind(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
        );
        if is_full {
            Self::Full
        } else {
            Self::Disk(error)
        }
    }
}
