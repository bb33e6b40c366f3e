//! Where things lie in this checkout. Paths only; nothing is read or written here.

use std::path::{Path, PathBuf};

/// The top of the checkout, wherever the command was called from.
pub(crate) fn top() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// The page's sources and its packages.
pub(crate) fn ui() -> PathBuf {
    top().join("ui")
}

/// What this program remembers between runs; git ignores it.
pub(crate) fn notes() -> PathBuf {
    top().join("target").join("xtask")
}
