//! The dialog of GTK for a folder, or the desktop's own where GTK knows one.

use std::{cell::Cell, path::PathBuf, rc::Rc};

use gtk::{
    FileChooserAction, FileChooserNative, ResponseType,
    prelude::{FileChooserExt as _, NativeDialogExt as _},
};
use tauri::WebviewWindow;
use tokio::sync::oneshot::Sender;

/// Answers `None` if it is closed. Only on the main thread.
pub(crate) fn ask_for_folder(
    window: &WebviewWindow,
    start: Option<PathBuf>,
    answer: Sender<Option<PathBuf>>,
) {
    // Its title and buttons are those of the system, in its language.
    let dialog = FileChooserNative::new(
        None,
        window.gtk_window().ok().as_ref(),
        FileChooserAction::SelectFolder,
        None,
        None,
    );
    dialog.set_modal(true);
    dialog.set_local_only(true);
    if let Some(start) = start {
        dialog.set_current_folder(start);
    }
    // Nothing else holds the dialog while it is open.
    let open = Rc::new(Cell::new(Some((dialog.clone(), answer))));
    dialog.connect_response(move |dialog, response| {
        let Some((held, answer)) = open.take() else {
            return;
        };
        let chosen = dialog
            .filename()
            .filter(|_| response == ResponseType::Accept);
        held.destroy();
        // The app may be about to end.
        answer.send(chosen).ok();
    });
    dialog.show();
}
