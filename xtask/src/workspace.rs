//! Where things lie in this checkout. Paths only; no file is read or written here.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The top of the checkout, wherever the command was called from.
pub(crate) fn top() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// A folder with a `package.json` and tools of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Npm {
    /// As steps are named after it.
    pub(crate) name: &'static str,
    folder: &'static str,
}

/// The page of the window and of the guest's browser.
pub(crate) const PAGE: Npm = Npm {
    name: "page",
    folder: "ui",
};
/// What a page imports of the plugin.
pub(crate) const PLUGIN: Npm = Npm {
    name: "plugin",
    folder: "crates/tauri-plugin-webrtc",
};
/// In the order in which they need each other.
pub(crate) const NPM: [Npm; 2] = [PLUGIN, PAGE];

impl Npm {
    /// From the top of a checkout.
    pub(crate) fn path(self) -> &'static str {
        self.folder
    }

    pub(crate) fn folder(self) -> PathBuf {
        top().join(self.folder)
    }
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| top().join("target"), |folder| top().join(folder))
}

/// What this program remembers between runs; git ignores it.
pub(crate) fn notes() -> PathBuf {
    top().join("target").join("xtask")
}
