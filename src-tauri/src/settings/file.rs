//! The settings file: `settings.json` in the data folder, with a version.
//!
//! Invariant: the file is always complete (written beside it, flushed, renamed), also if
//! `settings.json` is a symbolic link. Content that is not understood is saved beside it before an
//! overwrite.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::Serialize;
use serde_json::{Map, Value};
use tempfile::NamedTempFile;

use super::{
    Settings,
    reading::{self, Misread, ReadSettings, Unreadable, VERSION},
};
use crate::sync_folder::sync_folder;

const NAME: &str = "settings.json";
/// The limit of Linux.
const MAX_LINKS: usize = 40;

/// The settings file. Several windows may share it; the last save wins.
#[derive(Debug)]
pub struct SettingsFile {
    folder: PathBuf,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LoadedSettings {
    pub settings: Settings,
    pub warning: Option<SettingsWarning>,
}

/// What could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum SettingsWarning {
    /// There are fresh settings.
    SettingsNotOpened { path: String, cause: String },
    /// Some have their defaults. `kept` is the path of a copy of the file, if it could be made.
    SettingsMisread {
        wrong: Vec<Misread>,
        path: String,
        kept: Option<String>,
    },
    /// There are fresh settings; the same.
    SettingsUnreadable {
        why: Unreadable,
        path: String,
        kept: Option<String>,
    },
}

#[derive(Debug, thiserror::Error)]
#[error(
    "The settings could not be saved in {path} ({cause}). Free some space there or make it writable."
)]
pub struct SaveFailure {
    path: String,
    cause: io::Error,
}

#[derive(Serialize)]
struct Written<'a> {
    version: u64,
    #[serde(flatten)]
    settings: &'a Settings,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

impl SettingsFile {
    #[must_use]
    pub const fn in_folder(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Always returns settings: defaults if the file is missing or unreadable.
    #[must_use]
    pub fn load(&self) -> LoadedSettings {
        let path = self.folder.join(NAME);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return LoadedSettings::fresh(None);
            }
            Err(error) => {
                return LoadedSettings::fresh(Some(SettingsWarning::SettingsNotOpened {
                    path: path.display().to_string(),
                    cause: error.to_string(),
                }));
            }
        };
        match reading::read(&bytes) {
            Ok(read) => LoadedSettings {
                warning: self.misread_in(&read, &bytes),
                settings: read.settings,
            },
            Err(unreadable) => {
                LoadedSettings::fresh(Some(self.set_aside(&path, &bytes, unreadable)))
            }
        }
    }

    /// # Errors
    /// A sentence; the file is unchanged.
    pub fn save(&self, settings: &Settings) -> Result<(), SaveFailure> {
        let failure = |path: &Path, cause| SaveFailure {
            path: path.display().to_string(),
            cause,
        };
        let target =
            link_target(self.folder.join(NAME)).map_err(|cause| failure(&self.folder, cause))?;
        self.write(settings, &target)
            .map_err(|cause| failure(target.parent().unwrap_or(&self.folder), cause))
    }

    fn write(&self, settings: &Settings, target: &Path) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let written = Written {
            version: VERSION,
            settings,
            unknown: self.unknown_fields(target)?,
        };
        let text = serde_json::to_vec_pretty(&written)?;
        let folder = target.parent().unwrap_or(&self.folder);
        let mut file = NamedTempFile::new_in(folder)?;
        file.write_all(&text)?;
        if let Ok(old) = fs::metadata(target) {
            file.as_file().set_permissions(old.permissions())?;
        }
        file.as_file().sync_all()?;
        file.persist(target)?;
        sync_folder(folder)
    }

    /// Unknown content of the file. A person may have edited it since the load, so it is saved aside
    /// before an overwrite.
    fn unknown_fields(&self, target: &Path) -> io::Result<Map<String, Value>> {
        let Ok(bytes) = fs::read(target) else {
            return Ok(Map::new());
        };
        match reading::read(&bytes) {
            Ok(read) if read.misread.is_empty() => Ok(read.unknown),
            Ok(read) => self.keep_aside(&bytes).map(|_| read.unknown),
            Err(Unreadable::Broken | Unreadable::Newer) => {
                self.keep_aside(&bytes).map(|_| Map::new())
            }
        }
    }

    /// Names the fields with defaults, and the copy of the original file.
    fn misread_in(&self, read: &ReadSettings, bytes: &[u8]) -> Option<SettingsWarning> {
        let unknown: Vec<_> = read.unknown.keys().collect();
        if !unknown.is_empty() {
            tracing::info!(?unknown, "settings of other versions are left in the file");
        }
        if read.misread.is_empty() {
            return None;
        }
        let fields: Vec<_> = read.misread.iter().map(|wrong| &wrong.field).collect();
        tracing::warn!(?fields, "settings not understood; they have their defaults");
        Some(SettingsWarning::SettingsMisread {
            wrong: read.misread.clone(),
            path: self.folder.join(NAME).display().to_string(),
            kept: kept_at(self.keep_aside(bytes)),
        })
    }

    /// Moves the file aside. A symbolic link stays and is written through.
    fn set_aside(&self, path: &Path, bytes: &[u8], why: Unreadable) -> SettingsWarning {
        let kept = self.keep_aside(bytes).and_then(|aside| {
            if !path.is_symlink() {
                fs::remove_file(path)?;
            }
            Ok(aside)
        });
        SettingsWarning::SettingsUnreadable {
            why,
            path: path.display().to_string(),
            kept: kept_at(kept),
        }
    }

    /// Saves a copy of the text beside the file, once; returns its path.
    fn keep_aside(&self, bytes: &[u8]) -> io::Result<PathBuf> {
        for number in 1_u32.. {
            let aside = self.folder.join(format!("settings.broken-{number}.json"));
            match OpenOptions::new().write(true).create_new(true).open(&aside) {
                Ok(mut file) => {
                    file.write_all(bytes)?;
                    file.sync_all()?;
                    return Ok(aside);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    if fs::read(&aside).is_ok_and(|kept| kept == bytes) {
                        return Ok(aside);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::other("too many files are kept aside"))
    }
}

impl SaveFailure {
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    #[must_use]
    pub const fn cause(&self) -> &io::Error {
        &self.cause
    }
}

impl LoadedSettings {
    fn fresh(warning: Option<SettingsWarning>) -> Self {
        Self {
            settings: Settings::default(),
            warning,
        }
    }
}

fn kept_at(kept: io::Result<PathBuf>) -> Option<String> {
    kept.ok().map(|path| path.display().to_string())
}

/// The target file; it may not exist yet.
fn link_target(path: PathBuf) -> io::Result<PathBuf> {
    let mut target = path;
    for _ in 0..MAX_LINKS {
        let Ok(next) = fs::read_link(&target) else {
            return Ok(target);
        };
        target = match target.parent() {
            Some(folder) => folder.join(next),
            None => next,
        };
    }
    Err(io::Error::other("its symbolic link leads to itself"))
}
