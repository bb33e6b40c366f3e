//! The dialog of macOS and Windows for a folder.

use std::path::PathBuf;

use tauri::WebviewWindow;
use tokio::sync::oneshot::Sender;

/// Answers `None` if it is closed. Only on the main thread.
pub(crate) fn ask_for_folder(
    window: &WebviewWindow,
    start: Option<PathBuf>,
    answer: Sender<Option<PathBuf>>,
) {
    let mut dialog = rfd::AsyncFileDialog::new().set_parent(window);
    if let Some(start) = start {
        dialog = dialog.set_directory(start);
    }
    let chosen = dialog.pick_folder();
    tauri::async_runtime::spawn(async move {
        let folder = chosen.await.map(|folder| folder.path().to_owned());
        // The window may have been closed meanwhile.
        answer.send(folder).ok();
    });
}
