//! Generates the plugin's permissions from its list of commands.

const COMMANDS: &[&str] = &["leave_real_time", "open_bridge"];

fn main() {
    tauri_plugin::Builder::new(COMMANDS).build();
}
