//! Generates the TypeScript types of the page: `cargo xtask types` writes the file, the test fails
//! if it is stale.

use std::path::Path;

use ts_rs::TS;

use crate::{
    error::CommandErrorCode,
    invite::OpenedInvite,
    own_relay::OwnRelayState,
    relay_choice::RelayChoice,
    settings::{Appearance, DeviceChoice, LoadedSettings, RecentRoom, Settings},
    signaling::{Field, JoinRequest, SignalingEvent},
};

#[test]
fn page_types_are_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/adapters/tauri/ipc.ts");
    page_types::check(&path, &ipc_ts());
}

fn ipc_ts() -> String {
    let config = ts_rs::Config::default();
    let mut file = page_types::heading("src-tauri");
    file.push_str("\nimport type { ServerMessage } from '../../protocol/wire';\n");
    file.push_str(&page_types::exports([
        RelayChoice::decl(&config),
        JoinRequest::decl(&config),
        SignalingEvent::decl(&config),
        Field::decl(&config),
        LoadedSettings::decl(&config),
        Settings::decl(&config),
        RecentRoom::decl(&config),
        DeviceChoice::decl(&config),
        Appearance::decl(&config),
        OwnRelayState::decl(&config),
        OpenedInvite::decl(&config),
        CommandErrorCode::decl(&config),
    ]));
    file.push_str("\nexport type CommandError = { code: CommandErrorCode, message: string, };\n");
    file
}
