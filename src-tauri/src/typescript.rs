//! The page's side of the border, written from these types: `cargo xtask types` writes the file,
//! the test fails when the committed one is stale.

use std::{env, fmt::Write, fs, path::Path};

use ts_rs::TS;

use crate::{
    error::CommandErrorCode,
    invite::InvitedRoom,
    own_relay::OwnRelayState,
    relay_choice::RelayChoice,
    settings::{Appearance, DeviceChoice, LoadedSettings, RecentRoom, Settings},
    signaling::{Field, JoinRequest, SignalingEvent},
};

#[test]
fn the_pages_types_are_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/adapters/tauri/ipc.ts");
    let expected = ipc_ts();
    if env::var_os("SNUG_WRITE_TYPES").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &expected).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == expected,
        "{} is stale: run `cargo xtask types`",
        path.display()
    );
}

fn ipc_ts() -> String {
    let config = ts_rs::Config::default();
    let mut file = String::from(
        "// Generated from src-tauri by `cargo xtask types`. Do not edit.\n\
         \nimport type { ServerMessage } from '../../protocol/wire';\n",
    );
    let declarations = [
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
        InvitedRoom::decl(&config),
        CommandErrorCode::decl(&config),
    ];
    for declaration in declarations {
        write!(file, "\nexport {declaration}\n").unwrap();
    }
    file.push_str("\nexport type CommandError = { code: CommandErrorCode, message: string, };\n");
    file
}
