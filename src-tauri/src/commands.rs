//! The Tauri commands of the page; they only delegate.
//!
//! Invariant: the `signaling_*` commands are not `async`: Tauri runs them in order on the main
//! thread, so messages keep the order of the page.
#![allow(
    clippy::needless_pass_by_value,
    reason = "Tauri hands arguments over by value"
)]

mod list;

use tauri::{
    State, WebviewWindow,
    ipc::{Channel, Invoke, InvokeBody, Request},
};

use crate::{
    error::CommandError,
    folder_dialog::FolderDialog,
    identity::{IdentityAnswer, IdentityRequest},
    invite::{self, OpenedInvite},
    own_relay::{OwnRelayState, Reach},
    received_files::{FileAnswer, FileFailure, FileRequest},
    relay_choice::RelayChoice,
    settings::{LoadedSettings, Settings},
    shell::Shell,
    signaling::{JoinRequest, SignalingEvent},
    small_window::{SmallWindow, WindowRequest},
};

pub(crate) fn handler() -> impl Fn(Invoke) -> bool + Send + Sync + 'static {
    list::with_commands!(tauri::generate_handler)
}

#[tauri::command]
fn signaling_listen(
    shell: State<'_, Shell>,
    channel: Channel<SignalingEvent>,
) -> Result<(), CommandError> {
    shell.received_files.close_all();
    let page = move |event| deliver(&channel, event);
    Ok(shell.signaling.listen(Box::new(page))?)
}

#[tauri::command]
fn signaling_join(shell: State<'_, Shell>, request: JoinRequest) -> Result<(), CommandError> {
    Ok(shell.signaling.join(request)?)
}

#[tauri::command]
fn signaling_leave(shell: State<'_, Shell>) -> Result<(), CommandError> {
    Ok(shell.signaling.leave()?)
}

#[tauri::command]
fn signaling_send(shell: State<'_, Shell>, frame: String) -> Result<(), CommandError> {
    shell.send(&frame)
}

#[tauri::command(async)]
fn settings_load(shell: State<'_, Shell>) -> LoadedSettings {
    shell.load_settings()
}

#[tauri::command(async)]
fn settings_save(shell: State<'_, Shell>, settings: Settings) -> Result<(), CommandError> {
    Ok(shell.save_settings(settings)?)
}

/// Without `sharing` it stays as it is.
#[tauri::command]
async fn relay_share(
    shell: State<'_, Shell>,
    sharing: Option<bool>,
) -> Result<OwnRelayState, CommandError> {
    match sharing {
        None => Ok(shell.own_relay.state().await),
        Some(sharing) => Ok(shell.own_relay.set_reach(Reach::from(sharing)).await?),
    }
}

#[tauri::command]
async fn invite_link(
    shell: State<'_, Shell>,
    room: String,
    relay: RelayChoice,
) -> Result<String, CommandError> {
    Ok(invite::web_link(&room, &relay, &shell.own_relay).await?)
}

#[tauri::command(async)]
fn invite_read(shell: State<'_, Shell>, text: String) -> OpenedInvite {
    shell.read_invite(&text)
}

#[tauri::command]
fn invite_listen(shell: State<'_, Shell>, channel: Channel<OpenedInvite>) {
    shell
        .deep_links
        .listen(Box::new(move |invited| deliver(&channel, invited)));
}

#[tauri::command(async)]
fn window_request(
    window: WebviewWindow,
    small: State<'_, SmallWindow>,
    wish: WindowRequest,
) -> Result<(), CommandError> {
    Ok(small.grant(&window, wish)?)
}

#[tauri::command]
async fn file_request(
    window: WebviewWindow,
    shell: State<'_, Shell>,
    dialog: State<'_, FolderDialog>,
    request: FileRequest,
) -> Result<FileAnswer, CommandError> {
    let files = &shell.received_files;
    if let FileRequest::ChooseFolder = request
        && let Some(folder) = dialog.ask(&window, files.folder()).await
    {
        return on_the_disk(|| files.choose(folder));
    }
    on_the_disk(|| files.answer(request))
}

/// The body is the block; its headers say which.
#[tauri::command(async)]
fn file_write(shell: State<'_, Shell>, request: Request<'_>) -> Result<(), CommandError> {
    let InvokeBody::Raw(bytes) = request.body() else {
        return Err(FileFailure::Misuse("A block comes as bytes.").into());
    };
    let header = |name| {
        request
            .headers()
            .get(name)
            .and_then(|text| text.to_str().ok())
    };
    let (Some(transfer), Some(block), Some(hash)) = (
        header("transfer"),
        header("block").and_then(|number| number.parse().ok()),
        header("hash"),
    ) else {
        return Err(FileFailure::Misuse("A block needs its transfer, number and hash.").into());
    };
    on_the_disk(|| shell.received_files.write(transfer, block, hash, bytes))
}

#[tauri::command(async)]
fn identity_request(
    shell: State<'_, Shell>,
    request: IdentityRequest,
) -> Result<IdentityAnswer, CommandError> {
    on_the_disk(|| shell.identity.answer(request))
}

/// Waits for the disk, while calls and the signaling connection go on with other threads.
fn on_the_disk<T, E>(work: impl FnOnce() -> Result<T, E>) -> Result<T, CommandError>
where
    CommandError: From<E>,
{
    Ok(tokio::task::block_in_place(work)?)
}

fn deliver<T: tauri::ipc::IpcResponse>(channel: &Channel<T>, event: T) {
    // The page may be gone; a reloaded one brings a channel of its own.
    if let Err(error) = channel.send(event) {
        tracing::debug!(%error, "no page to tell");
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::list;

    macro_rules! names {
        ($($name:ident),+) => { [$(stringify!($name)),+] };
    }

    #[test]
    fn page_may_use_exactly_the_listed_commands() {
        let capability: serde_json::Value =
            serde_json::from_str(include_str!("../capabilities/page.json")).unwrap();
        let allowed: BTreeSet<String> = capability["permissions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|permission| permission.as_str().unwrap().to_owned())
            .collect();
        let commands: BTreeSet<String> = list::with_commands!(names)
            .iter()
            .map(|name| format!("allow-{}", name.replace('_', "-")))
            // And the plugin's.
            .chain(["webrtc:default", "webrtc:display-capture"].map(str::to_owned))
            .collect();
        assert_eq!(allowed, commands);
    }
}
