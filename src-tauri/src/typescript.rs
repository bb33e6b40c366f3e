//! Generates the TypeScript types of the page: `cargo xtask types` writes the file, the test fails
//! if it is stale.

use std::path::Path;

use ts_rs::TS;

use crate::{
    error::CommandErrorCode,
    invite::OpenedInvite,
    own_relay::OwnRelayState,
    relay_choice::RelayChoice,
    settings::{
        Appearance, DeviceChoice, LayoutChoice, LoadedSettings, RecentRoom, SelfChoice, Settings,
    },
    signaling::{Field, JoinRequest, SignalingEvent},
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
    ]));
    let default = serde_json::to_string_pretty(&Settings::default()).unwrap();
    file.push_str(&format!(
        "\nexport const DEFAULT_SETTINGS: Settings = {default};\n"
    ));
    file
}

fn ipc_ts() -> String {
    let config = ts_rs::Config::default();
    let mut file = page_types::heading("src-tauri");
    file.push_str("\nimport type { RelayChoice, Settings } from '../../protocol/settings';\n");
    file.push_str("import type { ServerMessage } from '../../protocol/wire';\n");
    file.push_str(&page_types::exports([
        JoinRequest::decl(&config),
        SignalingEvent::decl(&config),
        Field::decl(&config),
        LoadedSettings::decl(&config),
        OwnRelayState::decl(&config),
        OpenedInvite::decl(&config),
        CommandErrorCode::decl(&config),
    ]));
    file.push_str("\nexport type CommandError = { code: CommandErrorCode, message: string, };\n");
    file
}
