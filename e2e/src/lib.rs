//! The stage for end-to-end tests: a real relay process, real browsers and real app windows,
//! driven over WebDriver through what people see. Nothing here stands in for a part of Snug.

#[cfg(target_os = "linux")]
pub mod bench;
pub mod chromium;
pub mod codec;
pub mod demo;
pub mod figures;
pub mod gallery;
#[cfg(target_os = "linux")]
pub mod lips;
pub mod moments;
pub mod page;
#[cfg(target_os = "linux")]
pub mod path;
pub mod pictures;
pub mod place;
pub mod portrait;
pub mod process;
pub mod programs;
pub mod relay;
pub mod stage;
pub mod stranger;
pub mod visit;
pub mod wait;
pub mod watch;

#[cfg(target_os = "linux")]
pub mod display;
#[cfg(target_os = "linux")]
pub mod homes;
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
