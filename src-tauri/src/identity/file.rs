//! The identity file: `identity.json` beside the settings, readable by its owner only.
//!
//! Invariant: the file is always complete (written beside it, flushed, renamed). Content that is not
//! understood is kept beside it; that of a newer version is left as it is.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::{Pin, bytes_of, hex};
use crate::sync_folder::sync_folder;

const NAME: &str = "identity.json";
/// Locked while the file is changed, since the file itself is replaced.
const LOCK: &str = "identity.lock";
const VERSION: u64 = 1;

#[derive(Debug)]
pub(crate) struct IdentityFile {
    folder: PathBuf,
    changing: Mutex<()>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum IdentityFailure {
    #[error(
        "Your identity could not be kept in {path} ({cause}). Free some space there or make it writable."
    )]
    Disk { path: String, cause: io::Error },
    #[error("{path} is that of a newer Snug. Update this one, or move the file away.")]
    Newer { path: String },
    /// The page asks for something that no page asks for.
    #[error("{0}")]
    Misuse(&'static str),
}

/// The content of the file.
pub(super) struct Kept {
    secret: [u8; 32],
    pub(super) pins: Vec<Pin>,
}

#[derive(Serialize, Deserialize)]
struct Written {
    version: u64,
    secret: String,
    pins: Vec<Pin>,
}

#[derive(Deserialize)]
struct Versioned {
    version: u64,
}

enum Misread {
    Broken,
    Newer,
}

impl Kept {
    fn new() -> Self {
        Self {
            secret: rand::random(),
            pins: Vec::new(),
        }
    }

    pub(super) const fn secret(&self) -> &[u8; 32] {
        &self.secret
    }

    /// What is known of others stays.
    pub(super) fn renew(&mut self) {
        self.secret = rand::random();
    }
}

impl IdentityFile {
    pub(crate) const fn in_folder(folder: PathBuf) -> Self {
        Self {
            folder,
            changing: Mutex::new(()),
        }
    }

    pub(super) fn read(&self) -> Result<Kept, IdentityFailure> {
        self.change(|kept| Kept {
            secret: kept.secret,
            pins: kept.pins.clone(),
        })
    }

    /// Reads the file, or makes one; writes it if that has changed something.
    pub(super) fn change<T>(&self, act: impl FnOnce(&mut Kept) -> T) -> Result<T, IdentityFailure> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let disk = |cause| IdentityFailure::Disk {
            path: self.path().display().to_string(),
            cause,
        };
        fs::create_dir_all(&self.folder).map_err(disk)?;
        let lock = self.lock().map_err(disk)?;
        lock.lock().map_err(disk)?;
        let before = match fs::read(self.path()) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(disk(error)),
        };
        let mut kept = match before.as_deref().map(read) {
            None => Kept::new(),
            Some(Ok(kept)) => kept,
            Some(Err(Misread::Newer)) => {
                let path = self.path().display().to_string();
                return Err(IdentityFailure::Newer { path });
            }
            Some(Err(Misread::Broken)) => {
                let aside = self.set_aside().map_err(disk)?;
                tracing::warn!(aside = %aside.display(), "the identity was unreadable; a new one is made");
                Kept::new()
            }
        };
        let result = act(&mut kept);
        let after = text_of(&kept).map_err(|error| disk(error.into()))?;
        if before.as_deref() != Some(&after) {
            self.write(&after).map_err(disk)?;
        }
        Ok(result)
    }

    fn path(&self) -> PathBuf {
        self.folder.join(NAME)
    }

    fn lock(&self) -> io::Result<File> {
        OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.folder.join(LOCK))
    }

    /// A temporary file is readable by its owner only, and stays so under its new name.
    fn write(&self, text: &[u8]) -> io::Result<()> {
        let mut file = NamedTempFile::new_in(&self.folder)?;
        file.write_all(text)?;
        file.as_file().sync_all()?;
        file.persist(self.path())?;
        sync_folder(&self.folder)
    }

    fn set_aside(&self) -> io::Result<PathBuf> {
        for number in 1_u32.. {
            let aside = self.folder.join(format!("identity.broken-{number}.json"));
            if !aside.exists() {
                fs::rename(self.path(), &aside)?;
                return Ok(aside);
            }
        }
        Err(io::Error::other("too many files are kept aside"))
    }
}

fn read(bytes: &[u8]) -> Result<Kept, Misread> {
    let Versioned { version } = serde_json::from_slice(bytes).map_err(|_| Misread::Broken)?;
    if version > VERSION {
        return Err(Misread::Newer);
    }
    let Written { secret, pins, .. } =
        serde_json::from_slice(bytes).map_err(|_| Misread::Broken)?;
    let secret = bytes_of(&secret).ok_or(Misread::Broken)?;
    if !pins.iter().all(Pin::is_valid) {
        return Err(Misread::Broken);
    }
    Ok(Kept { secret, pins })
}

fn text_of(Kept { secret, pins }: &Kept) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec_pretty(&Written {
        version: VERSION,
        secret: hex(secret),
        pins: pins.clone(),
    })
}
