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
pub mod gallery;
pub mod media_stats;
pub mod net_namespace;
pub mod page;
#[cfg(target_os = "linux")]
pub mod path;
pub mod process;
pub mod programs;
pub mod relay;
pub mod screenshots;
pub mod stranger;
pub mod test_env;
pub mod timestamps;
pub mod user_actions;
pub mod wait;
pub mod watch;

#[cfg(target_os = "linux")]
pub mod display;
#[cfg(target_os = "linux")]
pub mod nat_network;
#[cfg(target_os = "linux")]
pub mod network;
#[cfg(target_os = "linux")]
pub mod nodes;
#[cfg(target_os = "linux")]
pub mod sound;
#[cfg(target_os = "linux")]
pub mod turn;
#[cfg(target_os = "linux")]
pub mod usage;
#[cfg(target_os = "linux")]
pub mod window;
