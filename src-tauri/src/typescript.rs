//! Generates the TypeScript types of the page: `cargo xtask types` writes the file, the test fails
//! if it is stale.

use std::path::Path;

use ts_rs::TS;

use crate::{
    fault::ShellFault,
    identity::{IdentityAnswer, IdentityRequest, Pin},
    invite::OpenedInvite,
    own_relay::OwnRelayState,
    received_files::{FileAnswer, FileId, FileRequest, FolderKind},
    relay_choice::RelayChoice,
    settings::{
        Appearance, DeviceChoice, Expected, LayoutChoice, LoadedSettings, Misread, OwnAddress,
        RecentRoom, SelfChoice, Settings, SettingsWarning, Unreadable,
    },
    signaling::{ConnectFailure, Field, JoinRequest, SignalingEvent},
    small_window::WindowRequest,
};

#[test]
fn page_types_are_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/adapters/tauri/ipc.ts");
    page_types::check(&path, &ipc_ts());
}

#[test]
fn the_pages_settings_are_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/protocol/settings.ts");
    page_types::check(&path, &settings_ts());
}

fn settings_ts() -> String {
    let config = ts_rs::Config::default();
    let mut file = page_types::heading("src-tauri");
    file.push_str(&page_types::exports([
        Settings::decl(&config),
        RelayChoice::decl(&config),
        RecentRoom::decl(&config),
        DeviceChoice::decl(&config),
        Appearance::decl(&config),
        LayoutChoice::decl(&config),
        SelfChoice::decl(&config),
        OwnAddress::decl(&config),
    ]));
    let default = serde_json::to_string_pretty(&Settings::default()).unwrap();
    file.push_str(&format!(
        "\nexport const DEFAULT_SETTINGS: Settings = {default};\n"
    ));
    file
}

#[test]
fn faults_of_the_shell_are_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/protocol/shell-fault.ts");
    page_types::check(&path, &faults_ts());
}

fn faults_ts() -> String {
    let config = ts_rs::Config::default();
    let mut file = page_types::heading("src-tauri");
    file.push_str("\nimport type { AddressError, ErrorCode } from './wire';\n");
    file.push_str(&page_types::exports([
        ShellFault::decl(&config),
        ConnectFailure::decl(&config),
        SettingsWarning::decl(&config),
        Misread::decl(&config),
        Expected::decl(&config),
        Unreadable::decl(&config),
    ]));
    file
}

fn ipc_ts() -> String {
    let config = ts_rs::Config::default();
    let mut file = page_types::heading("src-tauri");
    file.push_str("\nimport type { RelayChoice, Settings } from '../../protocol/settings';\n");
    file.push_str(
        "import type { SettingsWarning, ShellFault } from '../../protocol/shell-fault';\n",
    );
    file.push_str("import type { InviteError, ServerMessage } from '../../protocol/wire';\n");
    file.push_str(&page_types::exports([
        JoinRequest::decl(&config),
        SignalingEvent::decl(&config),
        Field::decl(&config),
        LoadedSettings::decl(&config),
        OwnRelayState::decl(&config),
        OpenedInvite::decl(&config),
        FileId::decl(&config),
        FileRequest::decl(&config),
        FileAnswer::decl(&config),
        FolderKind::decl(&config),
        WindowRequest::decl(&config),
        Pin::decl(&config),
        IdentityRequest::decl(&config),
        IdentityAnswer::decl(&config),
    ]));
    file
}
