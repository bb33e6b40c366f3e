//! The settings file: `settings.json` in the app's data folder, with a version.
//!
//! Invariant: a file that is there is either a whole old one or a whole new one (written beside it,
//! flushed, renamed), also where `settings.json` is a symbolic link to it; and what is not
//! understood in one is kept beside it before anything is written over it.

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

const NAME: &str = "settings.json";
/// As many as Linux follows.
const MAX_LINKS: usize = 40;

/// Where the settings are kept. Several windows may share one; the last to save wins.
#[derive(Debug)]
pub struct SettingsFile {
    folder: PathBuf,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LoadedSettings {
    pub settings: Settings,
    /// Where some or all of the kept ones could not be read: what happened, and where they are now.
    pub warning: Option<String>,
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

    /// Always yields settings: fresh ones where there are none that can be read.
    #[must_use]
    pub fn load(&self) -> LoadedSettings {
        let path = self.folder.join(NAME);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return LoadedSettings::fresh(None);
            }
            Err(error) => {
                return LoadedSettings::fresh(Some(format!(
                    "Your settings in {} could not be opened ({error}). Snug starts with fresh ones.",
                    path.display()
                )));
            }
        };
        match reading::read(&bytes) {
            Ok(read) => LoadedSettings {
                warning: self.explain_misread(&read, &bytes),
                settings: read.settings,
            },
            Err(unreadable) => {
                LoadedSettings::fresh(Some(self.set_aside(&path, &bytes, &unreadable)))
            }
        }
    }

    /// # Errors
    /// A sentence; the file is as it was.
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

    /// What the file has beyond the settings. Somebody may have edited it since it was loaded, so
    /// what is not understood of it is kept aside before it is written over.
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

    /// Says which fields have their defaults, and where the file is kept as it was.
    fn explain_misread(&self, read: &ReadSettings, bytes: &[u8]) -> Option<String> {
        let unknown: Vec<_> = read.unknown.keys().collect();
        if !unknown.is_empty() {
            tracing::info!(?unknown, "settings of other versions are left in the file");
        }
        if read.misread.is_empty() {
            return None;
        }
        let fields: Vec<_> = read.misread.iter().map(|wrong| &wrong.field).collect();
        tracing::warn!(?fields, "settings not understood; they have their defaults");
        let list: Vec<_> = read.misread.iter().map(Misread::to_string).collect();
        let kept = match self.keep_aside(bytes) {
            Ok(aside) => format!("The file as it was is kept as {}.", aside.display()),
            Err(_) => format!(
                "Mend {} before you change a setting here, or they will be replaced.",
                self.folder.join(NAME).display()
            ),
        };
        Some(format!(
            "Some of your settings were not understood and have their defaults: {}. {kept}",
            list.join("; ")
        ))
    }

    /// Takes the file out of the way; says where to. A link stays and is written through.
    fn set_aside(&self, path: &Path, bytes: &[u8], unreadable: &Unreadable) -> String {
        let what = match unreadable {
            Unreadable::Broken => "Your settings could not be read",
            Unreadable::Newer => "Your settings are those of a newer Snug",
        };
        let kept = self.keep_aside(bytes).and_then(|aside| {
            if !path.is_symlink() {
                fs::remove_file(path)?;
            }
            Ok(aside)
        });
        match kept {
            Ok(aside) => format!(
                "{what}. They are kept as {}; Snug starts with fresh ones.",
                aside.display()
            ),
            Err(_) => format!(
                "{what}, and {} could not be moved aside. Move it away yourself, or it will be replaced.",
                path.display()
            ),
        }
    }

    /// Keeps the file's text beside it, once; the answer is where.
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

impl LoadedSettings {
    fn fresh(warning: Option<String>) -> Self {
        Self {
            settings: Settings::default(),
            warning,
        }
    }
}

/// The file that is meant, which need not be there yet.
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

/// A rename survives a power cut only once its folder is on disk too.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}
