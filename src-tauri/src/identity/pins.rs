//! Pinned identities of others.

use serde::{Deserialize, Serialize};

use super::{MAX_EMAIL, bytes_of};

/// An identity as the one of an email. Times are in milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Pin {
    pub(crate) email: String,
    /// In hexadecimal.
    pub(crate) key: String,
    pub(crate) first_seen: f64,
    /// When a person found the same code.
    pub(crate) compared: Option<f64>,
    /// Whether this person has blocked its owner.
    #[serde(default)]
    pub(crate) blocked: bool,
}

impl Pin {
    pub(super) fn is_valid(&self) -> bool {
        let is_time = |time: f64| time.is_finite() && time >= 0.0;
        self.email.len() <= MAX_EMAIL
            && bytes_of::<32>(&self.key).is_some()
            && is_time(self.first_seen)
            && self.compared.is_none_or(is_time)
    }
}

/// At first sight only where the email has none. What was known of the same email and key stays.
pub(super) fn keep(pins: &mut Vec<Pin>, mut pin: Pin) {
    let is_other = |other: &Pin| other.email == pin.email && other.key != pin.key;
    let is_known = pins
        .iter()
        .any(|other| other.email == pin.email && other.key == pin.key);
    if pin.compared.is_none() && !is_known && pins.iter().any(is_other) {
        return;
    }
    let known = |other: &Pin| other.email == pin.email && other.key == pin.key;
    if let Some(at) = pins.iter().position(known) {
        let before = pins.remove(at);
        pin.first_seen = pin.first_seen.min(before.first_seen);
        pin.compared = pin.compared.or(before.compared);
        pin.blocked = before.blocked;
    }
    pins.push(pin);
}

/// Under all emails of the key.
pub(super) fn block(pins: &mut [Pin], key: &str, blocked: bool) {
    for pin in pins.iter_mut().filter(|pin| pin.key == key) {
        pin.blocked = blocked;
    }
}
