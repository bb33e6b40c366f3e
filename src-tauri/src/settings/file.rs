//! The settings file: `settings.json` in the app's data folder, with a version.
//!
//! Invariant: a file that is there is either a whole old one or a whole new one (written beside it,
//! flushed, renamed), and one that cannot be read is set aside, never overwritten.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::Settings;

const VERSION: u32 = 1;
const NAME: &str = "settings.json";

/// Where the settings are kept. Several windows may share one; the last to save wins.
#[derive(Debug)]
pub struct SettingsFile {
    folder: PathBuf,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LoadedSettings {
    pub settings: Settings,
    /// Where the kept ones could not be read: what happened, and where they are now.
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
    version: u32,
    #[serde(flatten)]
    settings: &'a Settings,
}

/// Read first, and alone: a newer file need not fit the rest.
#[derive(Deserialize)]
struct Version {
    version: u32,
}

enum Unreadable {
    Broken,
    Newer,
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
        let text = match fs::read(&path) {
            Ok(text) => text,
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
        match parse(&text) {
            Ok(settings) => LoadedSettings {
                settings,
                warning: None,
            },
            Err(unreadable) => LoadedSettings::fresh(Some(self.set_aside(&path, &unreadable))),
        }
    }

    /// # Errors
    /// A sentence; the file is as it was.
    pub fn save(&self, settings: &Settings) -> Result<(), SaveFailure> {
        self.write(settings).map_err(|cause| SaveFailure {
            path: self.folder.display().to_string(),
            cause,
        })
    }

    fn write(&self, settings: &Settings) -> io::Result<()> {
        let written = Written {
            version: VERSION,
            settings,
        };
        let text = serde_json::to_vec_pretty(&written)?;
        fs::create_dir_all(&self.folder)?;
        let mut file = NamedTempFile::new_in(&self.folder)?;
        file.write_all(&text)?;
        file.as_file().sync_all()?;
        file.persist(self.folder.join(NAME))?;
        sync_folder(&self.folder)
    }

    /// Moves the file out of the way; says where to.
    fn set_aside(&self, path: &Path, unreadable: &Unreadable) -> String {
        let what = match unreadable {
            Unreadable::Broken => "Your settings could not be read",
            Unreadable::Newer => "Your settings are those of a newer Snug",
        };
        let free = (1_u32..)
            .map(|number| self.folder.join(format!("settings.broken-{number}.json")))
            .find(|path| !path.exists());
        let moved = free.and_then(|aside| fs::rename(path, &aside).is_ok().then_some(aside));
        match moved {
            Some(aside) => format!(
                "{what}. They are kept as {}; Snug starts with fresh ones.",
                aside.display()
            ),
            None => format!(
                "{what}, and {} could not be moved aside. Move it away yourself, or it will be replaced.",
                path.display()
            ),
        }
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

fn parse(text: &[u8]) -> Result<Settings, Unreadable> {
    let Version { version } = serde_json::from_slice(text).map_err(|_| Unreadable::Broken)?;
    if version > VERSION {
        return Err(Unreadable::Newer);
    }
    serde_json::from_slice(text).map_err(|_| Unreadable::Broken)
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
