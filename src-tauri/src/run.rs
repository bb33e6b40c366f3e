//! Runs the app: command line, window, event loop, shutdown.
//!
//! Invariant: on each orderly exit (window closed, Ctrl-C, SIGTERM) the app leaves the room and
//! stops the own relay first.

use std::{
    env, fs,
    io::{self, IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use clap::{CommandFactory, error::ErrorKind};
use tauri::{AppHandle, Context, Manager, RunEvent};

use crate::{
    arguments::Arguments, commands, folder_dialog::FolderDialog, log_filter, page, platform,
    shell::Shell, small_window::SmallWindow, window,
};

/// The file in the data folder for what a person has chosen to share.
const DISPLAY_CHOICE: &str = "shared-screen";
/// Timeout for leaving the room on exit.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// Runs until the window is closed.
#[must_use]
pub fn run(context: Context) -> ExitCode {
    let arguments = Arguments::of_process();
    start_log();
    let added = &arguments.added_by_system;
    if !added.is_empty() {
        tracing::info!(?added, "options that the system added are left out");
    }
    let behind_link = arguments.arguments_behind_link();
    if behind_link > 0 {
        tracing::warn!(
            behind_link,
            "what stands behind a link is not read; options go before it"
        );
    }
    if let Some(folder) = &arguments.data_dir
        && let Err(error) = fs::create_dir_all(folder)
    {
        let sentence = format!(
            "--data-dir {} cannot be used ({error}); name a folder that can be written to",
            folder.display()
        );
        Arguments::command()
            .error(ErrorKind::ValueValidation, sentence)
            .exit();
    }
    let own_folder = arguments.data_dir.clone();
    let calls = tauri_plugin_webrtc::Builder::new().display_choice_file(move |app| {
        Some(
            own_folder
                .or_else(|| app.path().app_data_dir().ok())?
                .join(DISPLAY_CHOICE),
        )
    });
    let builder = tauri::Builder::default()
        .plugin(calls.build())
        .invoke_handler(commands::handler())
        .on_permission_request(|webview, kind| window::answer_permission(&webview, kind))
        .setup(move |app| {
            let folder = data_folder(app.handle(), &arguments)?;
            let shell = Shell::new(
                tauri::async_runtime::handle().inner(),
                folder,
                downloads_folder(app.handle()),
                page::for_guests(app.asset_resolver()),
                arguments.relay.as_ref(),
            );
            if let Some(link) = arguments.link() {
                shell.open_link(&link);
            }
            app.manage(shell);
            app.manage(SmallWindow::default());
            app.manage(FolderDialog::default());
            window::open(app, &arguments)?;
            tauri::async_runtime::spawn(exit_on_signal(app.handle().clone()));
            Ok(())
        });
    if let Err(sentence) = platform::open_display() {
        // If this cannot be written, the error cannot be reported.
        let _ = writeln!(io::stderr(), "error: {sentence}");
        return ExitCode::FAILURE;
    }
    platform::prepare_engine();
    match builder.build(context) {
        Ok(app) => {
            app.run(|app, event| handle_run_event(app, &event));
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "the app could not start");
            ExitCode::FAILURE
        }
    }
}

fn start_log() {
    let value = env::var(log_filter::VARIABLE).ok();
    let (filter, misread) = log_filter::read(value.as_deref());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        .init();
    if let Some(sentence) = misread {
        tracing::warn!("{sentence}");
    }
}

fn data_folder(app: &AppHandle, arguments: &Arguments) -> tauri::Result<PathBuf> {
    match &arguments.data_dir {
        Some(folder) => Ok(folder.clone()),
        None => app.path().app_data_dir(),
    }
}

/// A system that names none gets `Downloads` in the person's folder.
fn downloads_folder(app: &AppHandle) -> Option<PathBuf> {
    let paths = app.path();
    let named = paths.download_dir().ok();
    named.or_else(|| Some(paths.home_dir().ok()?.join("Downloads")))
}

fn handle_run_event(app: &AppHandle, event: &RunEvent) {
    platform::handle_run_event(app, event);
    if matches!(event, RunEvent::Exit)
        && let Some(shell) = app.try_state::<Shell>()
    {
        let stopped = tauri::async_runtime::block_on(async {
            tokio::time::timeout(STOP_TIMEOUT, shell.stop()).await
        });
        if stopped.is_err() {
            tracing::warn!("the relay did not answer goodbye in time");
        }
    }
}

async fn exit_on_signal(app: AppHandle) {
    match platform::terminated().await {
        Ok(()) => app.exit(0),
        Err(error) => tracing::warn!(%error, "cannot listen for signals"),
    }
}
