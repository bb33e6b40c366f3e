//! The environment of end-to-end tests: a real relay process, real browsers and real app windows,
//! driven over WebDriver through what people see. No part of Snug is replaced.

#[cfg(target_os = "linux")]
pub mod av_sync;
#[cfg(target_os = "linux")]
pub mod bench;
pub mod chromium;
pub mod codec;
pub mod demo;
pub mod fake_camera;
#[cfg(target_os = "linux")]
pub mod firefox;
#[cfg(target_os = "linux")]
pub mod forwarder;
pub mod frame_colours;
pub mod gallery;
pub mod media_stats;
pub mod net_namespace;
pub mod page;
#[cfg(target_os = "linux")]
pub mod path;
pub mod plain_peer;
pub mod process;
pub mod programs;
pub mod relay;
pub mod screenshots;
pub mod sent_video;
pub mod stranger;
pub mod test_env;
pub mod timestamps;
pub mod user_actions;
pub mod wait;
pub mod watch;

#[cfg(target_os = "linux")]
mod desk_line;
#[cfg(target_os = "linux")]
pub mod display;
#[cfg(target_os = "linux")]
pub mod file_transfer;
#[cfg(target_os = "linux")]
mod memory;
#[cfg(target_os = "linux")]
pub mod nat_network;
#[cfg(target_os = "linux")]
pub mod network;
#[cfg(target_os = "linux")]
pub mod nodes;
#[cfg(target_os = "linux")]
pub mod prove;
#[cfg(target_os = "linux")]
pub mod proxy;
#[cfg(target_os = "linux")]
pub mod room;
#[cfg(target_os = "linux")]
pub mod small_text;
#[cfg(target_os = "linux")]
pub mod sound;
#[cfg(target_os = "linux")]
pub mod star_network;
#[cfg(target_os = "linux")]
pub mod turn;
#[cfg(target_os = "linux")]
pub mod usage;
// The crate that captures has it for its own tests, and cannot depend on this one.
#[cfg(target_os = "linux")]
#[path = "../../crates/screen-capture/tests/portal/desktop.rs"]
pub mod wayland_desktop;
#[cfg(target_os = "linux")]
pub mod window;
