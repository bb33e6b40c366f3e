//! The system's dialog in which the person chooses a folder.
//!
//! Invariant: one dialog at a time, whatever the page asks.

use std::path::PathBuf;

use tauri::WebviewWindow;
use tokio::sync::{Mutex, oneshot};

use crate::platform;

#[derive(Debug, Default)]
pub(crate) struct FolderDialog {
    /// Locked while a dialog is open.
    open: Mutex<()>,
}

impl FolderDialog {
    /// `None` if the person chooses none, or is being asked already.
    pub(crate) async fn ask(
        &self,
        window: &WebviewWindow,
        start: Option<PathBuf>,
    ) -> Option<PathBuf> {
        let _open = self.open.try_lock().ok()?;
        let (answer, chosen) = oneshot::channel();
        let over = window.clone();
        // Dialogs belong to the main thread.
        let asked =
            window.run_on_main_thread(move || platform::ask_for_folder(&over, start, answer));
        if let Err(error) = asked {
            tracing::warn!(%error, "the window cannot ask for a folder");
            return None;
        }
        chosen.await.ok().flatten()
    }
}
