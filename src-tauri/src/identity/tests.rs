//! The identity in a real folder.

use std::{fs, thread};

use serde_json::Value;

use super::*;

const SESSION_HEX: &str = "24f6ed6acbfe1009c030d7ca567c33ca4830911498236b5561a6c82abec5de28";

struct Home {
    folder: tempfile::TempDir,
    file: IdentityFile,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = IdentityFile::in_folder(folder.path().join("data"));
        Self { folder, file }
    }

    fn restarted(&self) -> IdentityFile {
        IdentityFile::in_folder(self.folder.path().join("data"))
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join("data").join(name)
    }
}

fn sign(file: &IdentityFile) -> (String, String) {
    let request = IdentityRequest::Sign {
        room: "private-00".to_owned(),
        session: SESSION_HEX.to_owned(),
    };
    match file.answer(request).unwrap() {
        IdentityAnswer::Signed { key, signature } => (key, signature),
        answer @ (IdentityAnswer::Pins { .. } | IdentityAnswer::Done) => panic!("{answer:?}"),
    }
}

fn pins(file: &IdentityFile) -> Vec<Pin> {
    file.read().unwrap().pins
}

fn pin(email: &str, first_seen: f64, compared: Option<f64>) -> Pin {
    Pin {
        email: email.to_owned(),
        key: "ab".repeat(32),
        first_seen,
        compared,
        blocked: false,
    }
}

fn keep(file: &IdentityFile, pin: Pin) {
    file.answer(IdentityRequest::Keep { pin }).unwrap();
}

#[test]
fn identity_stays_over_a_restart() {
    let home = Home::new();
    let (key, signature) = sign(&home.file);
    assert_eq!((key.len(), signature.len()), (64, 128));
    assert_eq!(sign(&home.restarted()), (key, signature));
}

#[test]
fn identity_signs_as_the_vectors_say() {
    let vectors: Value = serde_json::from_str(include_str!(
        "../../../crates/signal-protocol/testdata/verification-vectors.json"
    ))
    .unwrap();
    let text = |value: &Value, field: &str| value[field].as_str().unwrap().to_owned();
    for person in vectors["people"].as_array().unwrap() {
        let home = Home::new();
        fs::create_dir_all(home.path("")).unwrap();
        let secret = text(person, "identitySecret");
        let kept = format!(r#"{{"version":1,"secret":"{secret}","pins":[]}}"#);
        fs::write(home.path("identity.json"), kept).unwrap();
        let request = IdentityRequest::Sign {
            room: text(&vectors, "room"),
            session: text(person, "session"),
        };
        let signed = IdentityAnswer::Signed {
            key: text(person, "identity"),
            signature: text(person, "signature"),
        };
        assert_eq!(home.file.answer(request).unwrap(), signed);
    }
}

#[test]
fn new_identity_keeps_what_is_known_of_others() {
    let home = Home::new();
    let before = sign(&home.file);
    keep(&home.file, pin("ben", 1.0, None));
    home.file.answer(IdentityRequest::Renew).unwrap();
    assert_ne!(sign(&home.file), before);
    assert_eq!(pins(&home.file).len(), 1);
}

#[cfg(unix)]
#[test]
fn identity_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    sign(&home.file);
    keep(&home.file, pin("ben", 1.0, None));
    let mode = fs::metadata(home.path("identity.json"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn pin_keeps_what_was_known_before() {
    let home = Home::new();
    keep(&home.file, pin("ben", 5.0, None));
    keep(&home.file, pin("ben", 9.0, Some(9.0)));
    keep(&home.file, pin("ben", 12.0, None));
    assert_eq!(pins(&home.restarted()), [pin("ben", 5.0, Some(9.0))]);
}

#[test]
fn second_key_of_an_email_is_not_kept_at_sight() {
    let home = Home::new();
    let other = |compared| Pin {
        key: "cd".repeat(32),
        ..pin("ben", 2.0, compared)
    };
    keep(&home.file, pin("ben", 1.0, None));
    keep(&home.file, other(None));
    assert_eq!(pins(&home.file), [pin("ben", 1.0, None)]);
    keep(&home.file, other(Some(2.0)));
    assert_eq!(pins(&home.file).len(), 2);
}

#[test]
fn blocked_person_stays_blocked_until_let_off() {
    let home = Home::new();
    let block = |blocked| {
        let key = "ab".repeat(32);
        home.file
            .answer(IdentityRequest::Block { key, blocked })
            .unwrap();
    };
    keep(&home.file, pin("ben", 5.0, None));
    keep(&home.file, pin("ben again", 6.0, Some(6.0)));
    block(true);
    // What is written of the same key later does not know of it.
    keep(&home.file, pin("ben", 9.0, Some(9.0)));
    let kept = pins(&home.restarted());
    assert_eq!(kept.iter().filter(|pin| pin.blocked).count(), 2);
    block(false);
    assert!(pins(&home.restarted()).iter().all(|pin| !pin.blocked));
}

#[test]
fn forgotten_person_has_no_pins() {
    let home = Home::new();
    keep(&home.file, pin("ben", 1.0, None));
    keep(&home.file, pin("cleo", 1.0, None));
    let email = "ben".to_owned();
    home.file.answer(IdentityRequest::Forget { email }).unwrap();
    assert_eq!(pins(&home.file), [pin("cleo", 1.0, None)]);
}

#[test]
fn two_windows_lose_no_pin_of_each_other() {
    let home = Home::new();
    thread::scope(|scope| {
        for window in 0..4 {
            let file = home.restarted();
            scope.spawn(move || {
                for nth in 0..10 {
                    keep(&file, pin(&format!("{window} {nth}"), 1.0, None));
                }
            });
        }
    });
    assert_eq!(pins(&home.file).len(), 40);
}

#[test]
fn broken_file_is_kept_aside() {
    let home = Home::new();
    let before = sign(&home.file);
    fs::write(
        home.path("identity.json"),
        "{\"version\":1,\"secret\":\"12\"",
    )
    .unwrap();
    assert_ne!(sign(&home.file), before);
    let aside = fs::read_to_string(home.path("identity.broken-1.json")).unwrap();
    assert_eq!(aside, "{\"version\":1,\"secret\":\"12\"");
}

#[test]
fn file_of_a_newer_version_is_left_as_it_is() {
    let home = Home::new();
    fs::create_dir_all(home.path("")).unwrap();
    fs::write(home.path("identity.json"), "{\"version\":2}").unwrap();
    let failure = home.file.answer(IdentityRequest::Pins).unwrap_err();
    assert!(matches!(failure, IdentityFailure::Newer { .. }));
    let text = fs::read_to_string(home.path("identity.json")).unwrap();
    assert_eq!(text, "{\"version\":2}");
}

#[test]
fn nothing_but_sessions_in_rooms_is_signed() {
    let home = Home::new();
    for (room, session) in [("", SESSION_HEX), ("42", "24f6"), ("42", &"AB".repeat(32))] {
        let request = IdentityRequest::Sign {
            room: room.to_owned(),
            session: session.to_owned(),
        };
        let failure = home.file.answer(request).unwrap_err();
        assert!(
            matches!(failure, IdentityFailure::Misuse(_)),
            "{room} {session}"
        );
    }
}

#[test]
fn pin_without_a_key_is_refused() {
    let home = Home::new();
    let pin = Pin {
        key: "short".to_owned(),
        ..pin("ben", 1.0, None)
    };
    let failure = home.file.answer(IdentityRequest::Keep { pin }).unwrap_err();
    assert!(matches!(failure, IdentityFailure::Misuse(_)));
}
