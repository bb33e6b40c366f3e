//! The page for guests of the own relay: the embedded files of the window.
//!
//! Invariant: only existing files. Tauri answers unknown paths with the page, which would hide a
//! missing script; the relay decides which paths open the page.

use std::{collections::HashSet, sync::Arc};

use signal_server::{PageFile, PageSource};
use tauri::{AssetResolver, Wry};

pub(crate) fn for_guests(assets: AssetResolver<Wry>) -> PageSource {
    let files: HashSet<String> = assets.iter().map(|(path, _)| path.into_owned()).collect();
    PageSource::Embedded(Arc::new(move |path| {
        let path = format!("/{}", path.trim_start_matches('/'));
        // In `tauri dev` nothing is embedded; files then come from the folder, without that fallback.
        if !tauri::is_dev() && !files.contains(&path) {
            return None;
        }
        let asset = assets.get(path)?;
        Some(PageFile {
            bytes: asset.bytes,
            content_type: asset.mime_type,
        })
    }))
}
