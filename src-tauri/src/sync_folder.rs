//! Syncs a folder, so that the names in it survive a power cut.

use std::{fs, io, path::Path};

/// A rename survives a power cut only after this.
#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
pub(crate) fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}
