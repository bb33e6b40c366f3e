//! Reads the settings file field by field.
//!
//! Invariant: an invalid field affects that field alone. No value appears in a sentence or a log
//! line, since it may be an email.

use std::iter;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{RecentRoom, Settings};

pub(super) const VERSION: u64 = 1;

/// Maximum number of different letters in a misspelt name.
const MAX_TYPOS: usize = 2;

#[derive(Debug, Default, PartialEq)]
pub(super) struct ReadSettings {
    pub(super) settings: Settings,
    /// Unknown fields; a save keeps them in the file.
    pub(super) unknown: Map<String, Value>,
    pub(super) misread: Vec<Misread>,
}

/// A field that took its default, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Misread {
    /// As in the file: `relay`, `recentRooms[2]`.
    pub field: String,
    pub expected: Expected,
}

/// What would have been understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Expected {
    /// One of these values, as in the file.
    Value { forms: Vec<String> },
    /// The name of the field is misspelt.
    Name { name: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Unreadable {
    Broken,
    Newer,
}

pub(super) fn read(bytes: &[u8]) -> Result<ReadSettings, Unreadable> {
    let text = text_of(bytes).ok_or(Unreadable::Broken)?;
    let Value::Object(fields) = serde_json::from_str(&text).map_err(|_| Unreadable::Broken)? else {
        return Err(Unreadable::Broken);
    };
    let mut reader = Reader {
        fields,
        misread: Vec::new(),
    };
    if let Some(version) = reader.field::<f64>("version", &["1"])
        && version > 1.0
    {
        return Err(Unreadable::Newer);
    }
    let settings = reader.settings();
    reader.take_misspelt();
    Ok(ReadSettings {
        settings,
        unknown: reader.fields,
        misread: reader.misread,
    })
}

/// Windows editors and shells write byte order marks and UTF-16.
fn text_of(bytes: &[u8]) -> Option<String> {
    match bytes {
        [0xef, 0xbb, 0xbf, text @ ..] => String::from_utf8(text.to_vec()).ok(),
        [0xff, 0xfe, text @ ..] => utf16(text, u16::from_le_bytes),
        [0xfe, 0xff, text @ ..] => utf16(text, u16::from_be_bytes),
        text => String::from_utf8(text.to_vec()).ok(),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (units, rest) = bytes.as_chunks::<2>();
    let units: Vec<u16> = units.iter().map(|&pair| unit(pair)).collect();
    String::from_utf16(&units).ok().filter(|_| rest.is_empty())
}

struct Reader {
    fields: Map<String, Value>,
    misread: Vec<Misread>,
}

/// The forms of a value, as in the file.
type Forms = [&'static str];

const TEXT: &Forms = &[r#""…""#];
const SWITCH: &Forms = &["true", "false"];
const DEVICE: &Forms = &["null", r#"{"id": "…", "label": "…"}"#];
const RELAY: &Forms = &[
    r#"{"kind": "this-computer"}"#,
    r#"{"kind": "server", "address": "relay.example.org"}"#,
];
const ROOM: &Forms = &[r#"{"room": "42", "relay": {"kind": "this-computer"}}"#];

/// The field names in the file.
fn names() -> Vec<String> {
    let Ok(Value::Object(fields)) = serde_json::to_value(Settings::default()) else {
        return Vec::new();
    };
    let version = iter::once("version".to_owned());
    version
        .chain(fields.into_iter().map(|(name, _)| name))
        .collect()
}

impl Reader {
    fn settings(&mut self) -> Settings {
        let fresh = Settings::default();
        Settings {
            email: self.field("email", TEXT).unwrap_or(fresh.email),
            room: self.field("room", TEXT).unwrap_or(fresh.room),
            relay: self.field("relay", RELAY).unwrap_or(fresh.relay),
            recent_rooms: self.recent_rooms(),
            microphone: self.field("microphone", DEVICE).unwrap_or(fresh.microphone),
            camera: self.field("camera", DEVICE).unwrap_or(fresh.camera),
            speaker: self.field("speaker", DEVICE).unwrap_or(fresh.speaker),
            microphone_on: self
                .field("microphoneOn", SWITCH)
                .unwrap_or(fresh.microphone_on),
            camera_on: self.field("cameraOn", SWITCH).unwrap_or(fresh.camera_on),
            appearance: self
                .field("appearance", &[r#""system""#, r#""light""#, r#""dark""#])
                .unwrap_or(fresh.appearance),
            single_keys: self
                .field("singleKeys", SWITCH)
                .unwrap_or(fresh.single_keys),
            sounds: self.field("sounds", SWITCH).unwrap_or(fresh.sounds),
            ring: self.field("ring", SWITCH).unwrap_or(fresh.ring),
            chat_sounds: self
                .field("chatSounds", SWITCH)
                .unwrap_or(fresh.chat_sounds),
            chat_notices: self
                .field("chatNotices", SWITCH)
                .unwrap_or(fresh.chat_notices),
            receive_files: self
                .field("receiveFiles", SWITCH)
                .unwrap_or(fresh.receive_files),
            layout: self
                .field("layout", &[r#""automatic""#, r#""grid""#, r#""speaker""#])
                .unwrap_or(fresh.layout),
            show_self: self
                .field("showSelf", &[r#""grid""#, r#""corner""#, r#""hidden""#])
                .unwrap_or(fresh.show_self),
            save_data: self.field("saveData", SWITCH).unwrap_or(fresh.save_data),
            share_audio: self
                .field("shareAudio", SWITCH)
                .unwrap_or(fresh.share_audio),
            own_address: self
                .field(
                    "ownAddress",
                    &[r#""shown""#, r#""answered""#, r#""relayed""#],
                )
                .unwrap_or(fresh.own_address),
            device_secret: self
                .field("deviceSecret", TEXT)
                .unwrap_or(fresh.device_secret),
        }
    }

    /// Valid rooms stay.
    fn recent_rooms(&mut self) -> Vec<RecentRoom> {
        let rooms: Vec<Value> = self.field("recentRooms", &["[…]"]).unwrap_or_default();
        let mut read = Vec::new();
        for (index, room) in rooms.into_iter().enumerate() {
            match RecentRoom::deserialize(room) {
                Ok(room) => read.push(room),
                Err(_) => self.misread(format!("recentRooms[{index}]"), ROOM),
            }
        }
        read
    }

    /// Removes the field from the file's map.
    fn field<T: DeserializeOwned>(&mut self, name: &str, forms: &Forms) -> Option<T> {
        let value = self.fields.remove(name)?;
        let read = T::deserialize(value).ok();
        if read.is_none() {
            self.misread(name.to_owned(), forms);
        }
        read
    }

    /// Misspelt names among the remaining fields; removes them.
    fn take_misspelt(&mut self) {
        let names = names();
        let meant = |name: &str| {
            let near = |known: &&String| {
                name.eq_ignore_ascii_case(known)
                    || (known.len() > 2 * MAX_TYPOS
                        && strsim::osa_distance(name, known) <= MAX_TYPOS)
            };
            names.iter().find(near)
        };
        let left = std::mem::take(&mut self.fields);
        for (name, value) in left {
            match meant(&name) {
                Some(known) => self.misread.push(Misread {
                    field: name,
                    expected: Expected::Name {
                        name: known.clone(),
                    },
                }),
                None => {
                    self.fields.insert(name, value);
                }
            }
        }
    }

    fn misread(&mut self, field: String, forms: &Forms) {
        let forms = forms.iter().map(|&form| form.to_owned()).collect();
        self.misread.push(Misread {
            field,
            expected: Expected::Value { forms },
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{relay_choice::RelayChoice, settings::Appearance};

    const GOOD: &str = r#"{"version":1,"email":"ana@example.org","room":"42","ring":false}"#;

    fn good() -> Settings {
        Settings {
            email: "ana@example.org".to_owned(),
            room: "42".to_owned(),
            ring: false,
            ..Settings::default()
        }
    }

    #[test]
    fn settings_of_any_editor_are_read() {
        let utf16 = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
            let text = format!("\u{feff}{GOOD}");
            text.encode_utf16().flat_map(unit).collect()
        };
        let lines = GOOD.replace(',', ",\r\n  ");
        for bytes in [
            GOOD.as_bytes().to_vec(),
            format!("\u{feff}{GOOD}").into_bytes(),
            lines.clone().into_bytes(),
            format!("\u{feff}{lines}\r\n\r\n").into_bytes(),
            lines.replace('\n', "").into_bytes(),
            utf16(u16::to_le_bytes),
            utf16(u16::to_be_bytes),
        ] {
            let read = read(&bytes).unwrap();
            assert_eq!((read.settings, read.misread), (good(), vec![]));
        }
    }

    #[test]
    fn wrong_field_leaves_the_others() {
        let check = |field: &str, value: &str| {
            let text = GOOD.replace('}', &format!(r#","{field}":{value}}}"#));
            let read = read(text.as_bytes()).unwrap();
            assert_eq!(read.settings, good(), "{field}: {value}");
            let names: Vec<_> = read.misread.iter().map(|wrong| &*wrong.field).collect();
            assert_eq!(names, [field], "{value}");
            assert!(read.unknown.is_empty());
        };
        for value in ["null", "7", "\"moon\"", "[]", "{}", r#"{"kind":"moon"}"#] {
            check("relay", value);
        }
        check("relay", r#"{"kind":"server"}"#);
        check("relay", r#"{"kind":"server","address":7}"#);
        for value in ["\"sepia\"", "\"Dark\"", "null", "true", "1"] {
            check("appearance", value);
        }
        for name in ["layout", "showSelf"] {
            for value in ["\"pair\"", "\"Grid\"", "null", "true"] {
                check(name, value);
            }
        }
        for name in ["microphoneOn", "cameraOn", "singleKeys", "sounds"] {
            for value in ["\"yes\"", "1", "null", "[true]"] {
                check(name, value);
            }
        }
        for name in ["microphone", "camera", "speaker"] {
            for value in [
                "\"Desk\"",
                "7",
                r#"{"id":"c"}"#,
                r#"{"id":1,"label":"Desk"}"#,
            ] {
                check(name, value);
            }
        }
        for value in ["null", "\"42\"", "{}"] {
            check("recentRooms", value);
        }
        // A misspelt name.
        for (name, value) in [
            ("Appearance", "\"dark\""),
            ("apearance", "\"dark\""),
            ("micorphoneOn", "false"),
            ("camera_on", "false"),
            ("soudns", "false"),
            ("recent_rooms", "[]"),
        ] {
            check(name, value);
        }
    }

    #[test]
    fn wrong_email_and_version_leave_the_others() {
        let read = read(br#"{"version":"one","email":7,"appearance":"dark"}"#).unwrap();
        assert_eq!(read.settings.appearance, Appearance::Dark);
        let names: Vec<_> = read.misread.iter().map(|wrong| &*wrong.field).collect();
        assert_eq!(names, ["version", "email"]);
    }

    #[test]
    fn wrong_recent_room_leaves_the_others() {
        let good = r#"{"room":"42","relay":{"kind":"this-computer"}}"#;
        let text = format!(r#"{{"version":1,"recentRooms":[{good},"43",{good},{{"room":1}}]}}"#);
        let read = read(text.as_bytes()).unwrap();
        let room = RecentRoom {
            room: "42".to_owned(),
            relay: RelayChoice::ThisComputer,
        };
        assert_eq!(read.settings.recent_rooms, [room.clone(), room]);
        let names: Vec<_> = read.misread.iter().map(|wrong| &*wrong.field).collect();
        assert_eq!(names, ["recentRooms[1]", "recentRooms[3]"]);
    }

    #[test]
    fn unknown_field_is_kept_without_a_fault() {
        let text = r#"{"version":1,"language":"de","theme":{"accent":"red"}}"#;
        let read = read(text.as_bytes()).unwrap();
        assert_eq!(read.misread, []);
        assert_eq!(read.unknown["language"], "de");
        assert_eq!(read.unknown["theme"]["accent"], "red");
        assert_eq!(read.unknown.len(), 2);
    }

    #[test]
    fn file_without_a_version_has_the_current_one() {
        let read = read(br#"{"email":"ana@example.org"}"#).unwrap();
        assert_eq!(read.settings.email, "ana@example.org");
        assert_eq!(read.misread, []);
    }

    #[test]
    fn text_without_an_object_is_broken() {
        for bytes in [
            "",
            " ",
            "{",
            "[]",
            "null",
            "7",
            "{\"email\":}",
            "\u{0}\u{0}",
        ] {
            assert_eq!(read(bytes.as_bytes()), Err(Unreadable::Broken), "{bytes}");
        }
        for bytes in [
            &b"\xff"[..],
            b"\xff\xfe{",
            b"\xef\xbb\xbf",
            b"\xfe\xff\xd8\x00",
        ] {
            assert_eq!(read(bytes), Err(Unreadable::Broken), "{bytes:?}");
        }
        for newer in [r#"{"version":2,"email":{}}"#, r#"{"version":1.5}"#] {
            assert_eq!(read(newer.as_bytes()), Err(Unreadable::Newer));
        }
    }

    #[test]
    fn every_written_field_is_read() {
        let Value::Object(written) = serde_json::to_value(Settings::default()).unwrap() else {
            panic!("settings are an object");
        };
        let names = names();
        for name in written.keys() {
            assert!(names.contains(name), "{name}");
        }
        assert_eq!(written.len() + 1, names.len());
        let read = read(&serde_json::to_vec(&written).unwrap()).unwrap();
        assert_eq!(read, ReadSettings::default());
    }
}
