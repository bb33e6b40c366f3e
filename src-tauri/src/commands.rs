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
    State, UserAttentionType, WebviewWindow,
    ipc::{Channel, Invoke},
};

use crate::{
    error::CommandError,
    invite::{self, OpenedInvite},
    own_relay::{OwnRelayState, Reach},
    relay_choice::RelayChoice,
    settings::{LoadedSettings, Settings},
    shell::Shell,
    signaling::{JoinRequest, SignalingEvent},
};

pub(crate) fn handler() -> impl Fn(Invoke) -> bool + Send + Sync + 'static {
    list::with_commands!(tauri::generate_handler)
}

#[tauri::command]
fn signaling_listen(
    shell: State<'_, Shell>,
    channel: Channel<SignalingEvent>,
) -> Result<(), CommandError> {
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

#[tauri::command]
async fn relay_state(shell: State<'_, Shell>) -> Result<OwnRelayState, CommandError> {
    Ok(shell.own_relay.state().await)
}

#[tauri::command]
async fn relay_share(
    shell: State<'_, Shell>,
    sharing: bool,
) -> Result<OwnRelayState, CommandError> {
    Ok(shell.own_relay.set_reach(Reach::from(sharing)).await?)
}

#[tauri::command]
async fn invite_link(
    shell: State<'_, Shell>,
    room: String,
    relay: RelayChoice,
) -> Result<String, CommandError> {
    let link = invite::web_link(&room, &relay, &shell.own_relay).await;
    link.map_err(CommandError::BadInvite)
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
fn window_attention(window: WebviewWindow) -> Result<(), CommandError> {
    if window.is_focused()? {
        return Ok(());
    }
    Ok(window.request_user_attention(Some(UserAttentionType::Critical))?)
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
            // And the plugin's only one.
            .chain(["webrtc:default".to_owned()])
            .collect();
        assert_eq!(allowed, commands);
    }
}
