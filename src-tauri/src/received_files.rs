//! Received files: written block by block beside their later name, and named when they are whole.
//!
//! Invariant: the page never says a path. A file lands in the folder that the system or the person
//! named, under a safe name, and replaces nothing. A hash is in `NAME.part.blocks` only when its
//! block is on the disk.

mod failure;
mod file_name;
mod folders;
mod part;
mod part_list;

use std::{
    collections::HashMap,
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};

pub(crate) use failure::FileFailure;
use file_name::safe_file_name;
pub(crate) use folders::FolderKind;
use folders::Folders;
use part::{HASH_BYTES, Part};
use part_list::BLOCKS_SUFFIX;

/// What a file is known by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct FileId {
    /// As the sender says it.
    pub(crate) name: String,
    #[cfg_attr(test, ts(type = "number"))]
    pub(crate) size: u64,
    /// Milliseconds since 1970.
    #[cfg_attr(test, ts(type = "number"))]
    pub(crate) modified: i64,
    /// SHA-256 of the first block, as 64 hexadecimal digits.
    pub(crate) first: String,
}

/// What the page asks of a file, with the file or its transfer.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum FileRequest {
    /// What is here of an unfinished file.
    Find {
        file: FileId,
    },
    /// Makes a place for a file, or opens that of an unfinished one.
    Open {
        transfer: String,
        file: FileId,
        /// Who sends it.
        sender: String,
    },
    Finish {
        transfer: String,
    },
    Close {
        transfer: String,
    },
    Discard {
        transfer: String,
    },
    /// Where the next files go.
    Folder,
    /// The person is asked for another folder, by the system's dialog.
    ChooseFolder,
    /// The folder for downloads again.
    UseDownloads,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum FileAnswer {
    /// The hashes of the blocks that are here, zeros for the others, in hexadecimal digits.
    Part {
        hashes: String,
        sender: String,
    },
    Nothing,
    /// The name on the disk, and that of its folder.
    Whole {
        name: String,
        place: String,
    },
    /// `path` is for the person's eyes.
    Folder {
        path: String,
        folder: FolderKind,
    },
    Done,
}

#[derive(Debug)]
pub(crate) struct ReceivedFiles {
    folders: Mutex<Folders>,
    /// Held for the time of one operation on the disk.
    open: Mutex<HashMap<String, Part>>,
}

impl ReceivedFiles {
    /// `downloads` is `None` where the system names no folder for them. A choice of the person is
    /// kept in the folder `data`.
    pub(crate) fn new(downloads: Option<PathBuf>, data: &Path) -> Self {
        Self {
            folders: Mutex::new(Folders::load(downloads, data)),
            open: Mutex::default(),
        }
    }

    /// Where the next files go.
    pub(crate) fn folder(&self) -> Option<PathBuf> {
        self.folders().current().map(Path::to_owned)
    }

    /// The next files go there. Those that are open stay where they are.
    pub(crate) fn choose(&self, folder: PathBuf) -> Result<FileAnswer, FileFailure> {
        self.folders().choose(Some(folder))?;
        Ok(self.folder_answer())
    }

    pub(crate) fn answer(&self, request: FileRequest) -> Result<FileAnswer, FileFailure> {
        match request {
            FileRequest::Find { file } => Ok(self.find(&file)),
            FileRequest::Open {
                transfer,
                file,
                sender,
            } => self.open(transfer, &file, sender),
            FileRequest::Finish { transfer } => {
                let mut parts = self.parts();
                let path = parts.get_mut(&transfer).ok_or(NOT_OPEN)?.finish()?;
                parts.remove(&transfer);
                Ok(FileAnswer::Whole {
                    name: text_of(path.file_name()),
                    place: text_of(path.parent().and_then(Path::file_name)),
                })
            }
            FileRequest::Close { transfer } => {
                self.parts().remove(&transfer);
                Ok(FileAnswer::Done)
            }
            FileRequest::Discard { transfer } => {
                if let Some(part) = self.parts().remove(&transfer) {
                    part.discard()?;
                }
                Ok(FileAnswer::Done)
            }
            // Asked for a folder, the person chose none.
            FileRequest::Folder | FileRequest::ChooseFolder => Ok(self.folder_answer()),
            FileRequest::UseDownloads => {
                self.folders().choose(None)?;
                Ok(self.folder_answer())
            }
        }
    }

    /// A page that begins has nothing open: one that crashed closed nothing.
    pub(crate) fn close_all(&self) {
        self.parts().clear();
    }

    /// Writes a block; returns when it is on the disk.
    pub(crate) fn write(
        &self,
        transfer: &str,
        block: u64,
        hash: &str,
        bytes: &[u8],
    ) -> Result<(), FileFailure> {
        let hash = hash_bytes(hash).ok_or(FileFailure::Misuse("That is no hash."))?;
        let mut parts = self.parts();
        let part = parts.get_mut(transfer).ok_or(NOT_OPEN)?;
        part.write(block, bytes, &hash)
    }

    fn find(&self, file: &FileId) -> FileAnswer {
        let all = self.folders().all();
        let found = all.iter().find_map(|folder| part_list::find(folder, file));
        let read = found.and_then(|(target, about)| {
            let hashes = Part::open(target, file.size).ok()?.hashes().ok()?;
            Some(FileAnswer::Part {
                hashes: hex(&hashes),
                sender: about.sender,
            })
        });
        read.unwrap_or(FileAnswer::Nothing)
    }

    fn open(
        &self,
        transfer: String,
        file: &FileId,
        sender: String,
    ) -> Result<FileAnswer, FileFailure> {
        let all = self.folders().all();
        let folder = self.folder().ok_or(FileFailure::Misuse(
            "This system names no folder for downloads.",
        ))?;
        let mut parts = self.parts();
        // The page begins again with a transfer that it has open.
        parts.remove(&transfer);
        if parts.len() >= MAX_OPEN {
            return Err(FileFailure::Misuse("Too many files are open."));
        }
        let found = all
            .iter()
            .filter_map(|folder| part_list::find(folder, file))
            .find(|(target, _)| parts.values().all(|part| part.target() != target));
        let mut part = match found {
            Some((target, _)) => Part::open(target, file.size)?,
            None => create_in(&folder, file, &sender)?,
        };
        let hashes = hex(&part.hashes()?);
        parts.insert(transfer, part);
        Ok(FileAnswer::Part { hashes, sender })
    }

    fn folder_answer(&self) -> FileAnswer {
        let folders = self.folders();
        FileAnswer::Folder {
            path: folders
                .current()
                .map_or_else(String::new, |folder| folder.to_string_lossy().into_owned()),
            folder: folders.kind(),
        }
    }

    /// Never locked while a file is.
    fn folders(&self) -> MutexGuard<'_, Folders> {
        // A choice is kept whole or not at all.
        self.folders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn parts(&self) -> MutexGuard<'_, HashMap<String, Part>> {
        // A panic while it was held left the map whole.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const MAX_OPEN: usize = 64;
const MAX_NAMES: u32 = 1000;
const NOT_OPEN: FileFailure = FileFailure::Misuse("The file is not open.");

/// Beside no other file of that name, finished or not.
fn create_in(folder: &Path, file: &FileId, sender: &str) -> Result<Part, FileFailure> {
    fs::create_dir_all(folder).map_err(FileFailure::Folder)?;
    let mut name = safe_file_name(&file.name);
    // A file of a person never stands for a list of ours.
    if name.ends_with(BLOCKS_SUFFIX) {
        name.push('_');
    }
    let target = folder.join(name);
    for copy in 1..MAX_NAMES {
        let made = Part::create(
            part::numbered(&target, copy),
            file.clone(),
            sender.to_owned(),
        );
        match made {
            Err(FileFailure::Disk(error)) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Ok(part) => return Ok(part),
            Err(error) => return Err(error),
        }
    }
    Err(FileFailure::Misuse(
        "The folder has too many unfinished files of that name.",
    ))
}

fn text_of(name: Option<&OsStr>) -> String {
    name.unwrap_or_default().to_string_lossy().into_owned()
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(digit.into(), 16).unwrap_or('0'));
        }
    }
    text
}

fn hash_bytes(text: &str) -> Option<[u8; HASH_BYTES]> {
    let mut hash = [0; HASH_BYTES];
    if text.len() != 2 * HASH_BYTES || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, digits) in hash.iter_mut().zip(text.as_bytes().as_chunks::<2>().0) {
        let digits = std::str::from_utf8(digits).ok()?;
        *byte = u8::from_str_radix(digits, 16).ok()?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests;
