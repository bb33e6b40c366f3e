//! Generates the plugin's permissions from its list of commands.

const COMMANDS: &[&str] = &[
    "can_capture_system_audio",
    "capture_display",
    "capture_system_audio",
    "choose_display",
    "display_chooser",
    "display_sources",
    "display_thumbnail",
    "forget_display_choice",
    "leave_real_time",
    "open_bridge",
];

fn main() {
    tauri_plugin::Builder::new(COMMANDS).build();
}
