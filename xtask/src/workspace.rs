//! Paths in this checkout. No file is read or written here.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The top of the checkout, independent of the working folder.
pub(crate) fn top() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// A folder with a `package.json` and tools of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Npm {
    /// Its name in steps.
    pub(crate) name: &'static str,
    folder: &'static str,
}

/// The page of the window and of the guest's browser.
pub(crate) const PAGE: Npm = Npm {
    name: "page",
    folder: "ui",
};
/// The page's part of the plugin.
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

/// Cargo's target folder.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| top().join("target"), |folder| top().join(folder))
}

/// The folder of this program's notes between runs. Git ignores it.
pub(crate) fn notes() -> PathBuf {
    top().join("target").join("xtask")
}
