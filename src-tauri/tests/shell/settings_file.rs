//! The settings on disk: kept, and never lost to a broken file.

use std::{fs, path::Path};

use snug_shell::{
    relay_choice::RelayChoice,
    settings::{Appearance, DeviceChoice, RecentRoom, Settings, SettingsFile},
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
fn what_is_saved_is_loaded_again() {
    let folder = tempdir().unwrap();
    file(&folder).save(&settings()).unwrap();
    let loaded = file(&folder).load();
    assert_eq!((loaded.settings, loaded.warning), (settings(), None));
    // Nothing else is left lying there.
    assert_eq!(
        fs::read_dir(folder.path().join("deeper")).unwrap().count(),
        1
    );
}

#[test]
fn the_file_has_a_version_and_the_pages_names() {
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
fn without_a_file_the_settings_are_fresh_and_nothing_is_said() {
    let folder = tempdir().unwrap();
    let loaded = file(&folder).load();
    assert_eq!(
        (loaded.settings, loaded.warning),
        (Settings::default(), None)
    );
}

#[test]
fn what_an_older_app_did_not_know_has_its_default() {
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
fn a_broken_file_is_set_aside_and_said() {
    for broken in [
        "",
        "{",
        "[]",
        "null",
        "{}",
        r#"{"version":1,"email":7}"#,
        "\u{0}\u{0}",
    ] {
        let folder = tempdir().unwrap();
        write(&folder, broken);
        let loaded = file(&folder).load();
        assert_eq!(loaded.settings, Settings::default());
        let aside = folder.path().join("deeper/settings.broken-1.json");
        check_warning(loaded.warning, "could not be read", &aside);
        assert_eq!(fs::read_to_string(aside).unwrap(), broken);
        assert!(!path(&folder).exists());
    }
}

#[test]
fn a_newer_apps_file_is_kept_for_it() {
    let folder = tempdir().unwrap();
    write(&folder, r#"{"version":2,"email":{"first":"ana"}}"#);
    let loaded = file(&folder).load();
    let aside = folder.path().join("deeper/settings.broken-1.json");
    check_warning(loaded.warning, "newer Snug", &aside);
}

#[test]
fn files_set_aside_never_replace_each_other() {
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
fn a_save_that_fails_says_where_and_leaves_the_old_file() {
    let folder = tempdir().unwrap();
    // A file where the folder should be: nobody, not even root, can write below it.
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

fn check_warning(warning: Option<String>, what: &str, aside: &Path) {
    let warning = warning.unwrap();
    assert!(warning.contains(what), "{warning}");
    assert!(warning.contains(&aside.display().to_string()), "{warning}");
}
