//! The settings, for the app and for browsers: `ui/src/protocol/settings.ts` is generated from here.
//!
//! Invariant: a missing or invalid field takes its default, so a new field needs a line in
//! `settings/reading.rs` and no new version. The version is for incompatible changes.

mod file;
mod reading;

use serde::{Deserialize, Serialize};

pub use file::{LoadedSettings, SaveFailure, SettingsFile, SettingsWarning};
pub use reading::{Expected, Misread, Unreadable};

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
    /// Whether a message of the chat has a sound, if sounds are on.
    pub chat_sounds: bool,
    /// Whether messages of the chat are shown and read out while the chat is closed or open.
    pub chat_notices: bool,
    /// Whether others may offer files.
    pub receive_files: bool,
    pub layout: LayoutChoice,
    pub show_self: SelfChoice,
    /// Whether calls send and ask for the smallest pictures only.
    pub save_data: bool,
    /// Whether a shared screen comes with the audio of this computer, where the app captures it.
    pub share_audio: bool,
    /// Who learns this computer's network address by a call.
    pub own_address: OwnAddress,
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

/// What the other members of a call learn of this computer's network address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum OwnAddress {
    #[default]
    Shown,
    /// Nothing before a call is answered.
    Answered,
    /// Nothing: media goes through a TURN server only.
    Relayed,
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
            chat_sounds: true,
            chat_notices: true,
            receive_files: true,
            layout: LayoutChoice::default(),
            show_self: SelfChoice::default(),
            save_data: false,
            share_audio: false,
            own_address: OwnAddress::default(),
            device_secret: String::new(),
        }
    }
}
