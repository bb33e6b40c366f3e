//! The settings, for the app and for browsers: `ui/src/protocol/settings.ts` is generated from here.
//!
//! Invariant: a missing or invalid field takes its default, so a new field needs a line in
//! `settings/reading.rs` and no new version. The version is for incompatible changes.

mod file;
mod reading;

use serde::{Deserialize, Serialize};

pub use file::{LoadedSettings, SaveFailure, SettingsFile};

use crate::relay_choice::RelayChoice;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[allow(
    clippy::struct_excessive_bools,
    reason = "independent switches, not states of one thing"
)]
pub struct Settings {
    pub email: String,
    pub room: String,
    pub relay: RelayChoice,
    /// Last joined first.
    pub recent_rooms: Vec<RecentRoom>,
    pub microphone: Option<DeviceChoice>,
    pub camera: Option<DeviceChoice>,
    pub speaker: Option<DeviceChoice>,
    pub microphone_on: bool,
    pub camera_on: bool,
    pub appearance: Appearance,
    /// Whether shortcuts of a single key are on.
    pub single_keys: bool,
    pub sounds: bool,
    pub ring: bool,
    pub layout: LayoutChoice,
    pub show_self: SelfChoice,
    /// Random secret of this device, made by the page at its first start. A relay gets a hash of it
    /// for each room, and nobody else gets anything.
    pub device_secret: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RecentRoom {
    pub room: String,
    pub relay: RelayChoice,
}

/// By id and label: ids change between engines and after site data is cleared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DeviceChoice {
    pub id: String,
    pub label: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Appearance {
    #[default]
    System,
    Light,
    Dark,
}

/// How the others in a call are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum LayoutChoice {
    #[default]
    Automatic,
    Grid,
    Speaker,
}

/// Where the own picture is in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum SelfChoice {
    #[default]
    Grid,
    Corner,
    Hidden,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            email: String::new(),
            room: String::new(),
            relay: RelayChoice::default(),
            recent_rooms: Vec::new(),
            microphone: None,
            camera: None,
            speaker: None,
            microphone_on: true,
            camera_on: true,
            appearance: Appearance::default(),
            single_keys: true,
            sounds: true,
            ring: true,
            layout: LayoutChoice::default(),
            show_self: SelfChoice::default(),
            device_secret: String::new(),
        }
    }
}
