//! The settings on disk are kept, and a broken file never loses them.

use std::{fs, path::Path};

use snug_shell::{
    relay_choice::RelayChoice,
    settings::{
        Appearance, DeviceChoice, Expected, Misread, RecentRoom, Settings, SettingsFile,
        SettingsWarning, Unreadable,
    },
};
use tempfile::{TempDir, tempdir};

fn settings() -> Settings {
    let relay = RelayChoice::Server {
        address: "relay.example.org".to_owned(),
    };
    Settings {
        email: "ana@example.org".to_owned(),
        room: "42".to_owned(),
        relay: relay.clone(),
        recent_rooms: vec![RecentRoom {
            room: "42".to_owned(),
            relay,
        }],
        camera: Some(DeviceChoice {
            id: "abc".to_owned(),
            label: "Camera".to_owned(),
        }),
        microphone_on: false,
        appearance: Appearance::Dark,
        single_keys: false,
        ..Settings::default()
    }
}

fn file(folder: &TempDir) -> SettingsFile {
    SettingsFile::in_folder(folder.path().join("deeper"))
}

fn path(folder: &TempDir) -> std::path::PathBuf {
    folder.path().join("deeper/settings.json")
}

fn write(folder: &TempDir, text: &str) {
    fs::create_dir_all(path(folder).parent().unwrap()).unwrap();
    fs::write(path(folder), text).unwrap();
}

#[test]
fn saved_settings_are_loaded() {
    let folder = tempdir().unwrap();
    file(&folder).save(&settings()).unwrap();
    let loaded = file(&folder).load();
    assert_eq!((loaded.settings, loaded.warning), (settings(), None));
    // No other file is left.
    assert_eq!(
        fs::read_dir(folder.path().join("deeper")).unwrap().count(),
        1
    );
}

#[test]
fn file_has_a_version_and_the_pages_names() {
    let folder = tempdir().unwrap();
    file(&folder).save(&settings()).unwrap();
    let written: serde_json::Value =
        serde_json::from_slice(&fs::read(path(&folder)).unwrap()).unwrap();
    assert_eq!(written["version"], 1);
    assert_eq!(written["relay"]["kind"], "server");
    assert_eq!(written["recentRooms"][0]["room"], "42");
    assert_eq!(written["microphoneOn"], false);
    assert_eq!(written["appearance"], "dark");
}

#[test]
fn missing_file_gives_defaults_without_a_warning() {
    let folder = tempdir().unwrap();
    let loaded = file(&folder).load();
    assert_eq!(
        (loaded.settings, loaded.warning),
        (Settings::default(), None)
    );
}

#[test]
fn missing_field_takes_its_default() {
    let folder = tempdir().unwrap();
    write(
        &folder,
        r#"{"version":1,"email":"ana@example.org","gone":true}"#,
    );
    let loaded = file(&folder).load();
    assert_eq!(loaded.warning, None);
    assert_eq!(loaded.settings.email, "ana@example.org");
    assert!(loaded.settings.ring);
}

#[test]
fn broken_file_is_set_aside_and_reported() {
    for broken in ["", "{", "[]", "null", "\u{0}\u{0}"] {
        let folder = tempdir().unwrap();
        write(&folder, broken);
        let loaded = file(&folder).load();
        assert_eq!(loaded.settings, Settings::default());
        let aside = folder.path().join("deeper/settings.broken-1.json");
        check_unreadable(loaded.warning, Unreadable::Broken, &aside);
        assert_eq!(fs::read_to_string(aside).unwrap(), broken);
        assert!(!path(&folder).exists());
    }
}

#[test]
fn file_of_a_newer_app_is_kept() {
    let folder = tempdir().unwrap();
    write(&folder, r#"{"version":2,"email":{"first":"ana"}}"#);
    let loaded = file(&folder).load();
    let aside = folder.path().join("deeper/settings.broken-1.json");
    check_unreadable(loaded.warning, Unreadable::Newer, &aside);
}

#[test]
fn files_set_aside_do_not_replace_each_other() {
    let folder = tempdir().unwrap();
    for number in 1..=3 {
        write(&folder, &format!("broken {number}"));
        assert!(file(&folder).load().warning.is_some());
        let aside = folder
            .path()
            .join(format!("deeper/settings.broken-{number}.json"));
        assert_eq!(
            fs::read_to_string(aside).unwrap(),
            format!("broken {number}")
        );
    }
}

#[test]
fn failed_save_names_the_path_and_keeps_the_old_file() {
    let folder = tempdir().unwrap();
    // A file in place of the folder: even root cannot write below it.
    fs::write(folder.path().join("deeper"), "in the way").unwrap();
    let error = file(&folder).save(&settings()).unwrap_err();
    assert!(
        error.to_string().contains("could not be saved in"),
        "{error}"
    );
    assert_eq!(
        fs::read_to_string(folder.path().join("deeper")).unwrap(),
        "in the way"
    );
}

/// With a byte order mark and the line ends of Windows, as its editors write.
#[test]
fn misspelt_setting_is_reported_and_kept_in_a_copy() {
    let folder = tempdir().unwrap();
    let by_hand = "\u{feff}{\r\n  \"version\": 1,\r\n  \"email\": \"ana@example.org\",\r\n  \
                   \"appearance\": \"drak\",\r\n  \"language\": \"de\"\r\n}\r\n";
    write(&folder, by_hand);
    let aside = folder.path().join("deeper/settings.broken-1.json");
    // A reloaded page reads them again. There is one copy.
    for _ in 0..2 {
        let loaded = file(&folder).load();
        assert_eq!(loaded.settings.email, "ana@example.org");
        assert_eq!(loaded.settings.appearance, Appearance::System);
        let forms = [r#""system""#, r#""light""#, r#""dark""#].map(str::to_owned);
        let warning = SettingsWarning::SettingsMisread {
            wrong: vec![Misread {
                field: "appearance".to_owned(),
                expected: Expected::Value {
                    forms: forms.to_vec(),
                },
            }],
            path: path(&folder).display().to_string(),
            kept: Some(aside.display().to_string()),
        };
        assert_eq!(loaded.warning, Some(warning));
    }
    assert_eq!(fs::read_to_string(&aside).unwrap(), by_hand);
    assert_eq!(fs::read_to_string(path(&folder)).unwrap(), by_hand);

    let loaded = file(&folder).load();
    file(&folder).save(&loaded.settings).unwrap();
    let again = file(&folder).load();
    assert_eq!((again.settings, again.warning), (loaded.settings, None));
    let written: serde_json::Value =
        serde_json::from_slice(&fs::read(path(&folder)).unwrap()).unwrap();
    assert_eq!(written["language"], "de");
    assert_eq!(
        fs::read_dir(folder.path().join("deeper")).unwrap().count(),
        2
    );
}

#[test]
fn settings_edited_meanwhile_are_kept_before_a_save() {
    for by_hand in [
        "{ broken",
        r#"{"version":2}"#,
        r#"{"version":1,"ring":"no"}"#,
    ] {
        let folder = tempdir().unwrap();
        write(&folder, by_hand);
        file(&folder).save(&settings()).unwrap();
        let aside = folder.path().join("deeper/settings.broken-1.json");
        assert_eq!(fs::read_to_string(aside).unwrap(), by_hand);
        assert_eq!(file(&folder).load().settings, settings());
    }
}

#[cfg(unix)]
mod links {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    /// `settings.json` leads through a second link to a file in another folder.
    fn linked(folder: &TempDir) -> std::path::PathBuf {
        let elsewhere = folder.path().join("dotfiles");
        fs::create_dir_all(&elsewhere).unwrap();
        fs::create_dir_all(folder.path().join("deeper")).unwrap();
        symlink("dotfiles/snug.json", folder.path().join("middle")).unwrap();
        symlink("../middle", path(folder)).unwrap();
        elsewhere.join("snug.json")
    }

    #[test]
    fn settings_behind_a_link_are_written_through_it() {
        let folder = tempdir().unwrap();
        let target = linked(&folder);
        // At first there is no file.
        for email in ["ana@example.org", "ben@example.org"] {
            let saved = Settings {
                email: email.to_owned(),
                ..settings()
            };
            file(&folder).save(&saved).unwrap();
            assert!(path(&folder).is_symlink());
            assert!(folder.path().join("middle").is_symlink());
            assert!(target.is_file() && !target.is_symlink());
            assert!(fs::read_to_string(&target).unwrap().contains(email));
            let loaded = file(&folder).load();
            assert_eq!((loaded.settings, loaded.warning), (saved, None));
        }
        // No other file is left in either folder.
        for place in ["dotfiles", "deeper"] {
            let place = folder.path().join(place);
            assert_eq!(fs::read_dir(place).unwrap().count(), 1);
        }
    }

    #[test]
    fn broken_settings_behind_a_link_leave_the_link() {
        let folder = tempdir().unwrap();
        let target = linked(&folder);
        fs::write(&target, "broken").unwrap();
        let aside = folder.path().join("deeper/settings.broken-1.json");
        for _ in 0..2 {
            check_unreadable(file(&folder).load().warning, Unreadable::Broken, &aside);
        }
        file(&folder).save(&settings()).unwrap();
        assert!(path(&folder).is_symlink());
        assert!(!aside.is_symlink());
        assert_eq!(fs::read_to_string(aside).unwrap(), "broken");
        assert_eq!(file(&folder).load().settings, settings());
        assert!(target.is_file());
    }

    #[test]
    fn link_to_itself_is_reported() {
        let folder = tempdir().unwrap();
        fs::create_dir_all(folder.path().join("deeper")).unwrap();
        symlink("settings.json", path(&folder)).unwrap();
        let warning = file(&folder).load().warning.unwrap();
        assert!(
            matches!(warning, SettingsWarning::SettingsNotOpened { .. }),
            "{warning:?}"
        );
        let error = file(&folder).save(&settings()).unwrap_err().to_string();
        assert!(error.contains("leads to itself"), "{error}");
    }

    #[test]
    fn save_keeps_the_files_permissions() {
        let folder = tempdir().unwrap();
        for mode in [0o600, 0o640, 0o644] {
            write(&folder, "{}");
            fs::set_permissions(path(&folder), PermissionsExt::from_mode(mode)).unwrap();
            file(&folder).save(&settings()).unwrap();
            let kept = fs::metadata(path(&folder)).unwrap().permissions().mode();
            assert_eq!(kept & 0o777, mode);
        }
    }
}

fn check_unreadable(warning: Option<SettingsWarning>, expected: Unreadable, aside: &Path) {
    let Some(SettingsWarning::SettingsUnreadable { why, kept, .. }) = warning else {
        panic!("{warning:?}");
    };
    assert_eq!(why, expected);
    assert_eq!(kept, Some(aside.display().to_string()));
}
