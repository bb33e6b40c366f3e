//! One unfinished file: `NAME.part` with its content, and `NAME.part.blocks` with what is known of
//! it and the hashes of the blocks that are there.
//!
//! Invariant: a block is synced before its hash is written. A finished file replaces nothing.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{FileFailure, FileId, part_list::BLOCKS_SUFFIX};
use crate::sync_folder::sync_folder;

pub(super) const BLOCK_BYTES: u64 = 1024 * 1024;
pub(super) const HASH_BYTES: usize = 32;
/// As in the page: 4 TiB.
const MAX_FILE_BYTES: u64 = 1 << 42;
/// The first line of the list of blocks.
const MAX_ABOUT_BYTES: usize = 16 * 1024;
const MAX_COPIES: u32 = 10_000;

/// What the first line of the list of blocks says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct About {
    version: u32,
    pub(super) file: FileId,
    pub(super) sender: String,
}

#[derive(Debug)]
pub(super) struct Part {
    /// The later path, if it is free then.
    target: PathBuf,
    content: File,
    blocks: File,
    blocks_start: u64,
    size: u64,
}

impl Part {
    /// Makes the two files; neither is there.
    pub(super) fn create(
        target: PathBuf,
        file: FileId,
        sender: String,
    ) -> Result<Self, FileFailure> {
        if file.size > MAX_FILE_BYTES {
            return Err(FileFailure::Misuse("No file is as large as that."));
        }
        let size = file.size;
        let about = About {
            version: 1,
            file,
            sender,
        };
        let mut line = serde_json::to_vec(&about).map_err(io::Error::from)?;
        line.push(b'\n');
        if line.len() > MAX_ABOUT_BYTES {
            return Err(FileFailure::Misuse("The name of the file is too long."));
        }
        let content = new_file(&with_suffix(&target, ".part"))?;
        let made = new_file(&with_suffix(&target, BLOCKS_SUFFIX)).and_then(|mut blocks| {
            blocks.write_all(&line)?;
            Ok(blocks)
        });
        let blocks = match made {
            Ok(blocks) => blocks,
            Err(error) => {
                // The first error is the one to tell.
                let _ = fs::remove_file(with_suffix(&target, ".part"));
                return Err(error.into());
            }
        };
        Ok(Self {
            target,
            content,
            blocks,
            blocks_start: line.len() as u64,
            size,
        })
    }

    /// Opens the two files of an earlier run.
    pub(super) fn open(target: PathBuf, size: u64) -> Result<Self, FileFailure> {
        let read_write = |path: &Path| OpenOptions::new().read(true).write(true).open(path);
        let content = read_write(&with_suffix(&target, ".part"))?;
        let mut blocks = read_write(&with_suffix(&target, BLOCKS_SUFFIX))?;
        let (_, blocks_start) = read_about(&mut blocks)?;
        Ok(Self {
            target,
            content,
            blocks,
            blocks_start,
            size,
        })
    }

    pub(super) const fn target(&self) -> &PathBuf {
        &self.target
    }

    /// 32 bytes for each block; zeros for those that are not here.
    pub(super) fn hashes(&mut self) -> io::Result<Vec<u8>> {
        self.blocks.seek(SeekFrom::Start(self.blocks_start))?;
        let mut hashes = Vec::new();
        let whole = usize::try_from(block_count(self.size)).unwrap_or(usize::MAX) * HASH_BYTES;
        (&mut self.blocks)
            .take(whole as u64)
            .read_to_end(&mut hashes)?;
        hashes.resize(whole, 0);
        Ok(hashes)
    }

    pub(super) fn write(
        &mut self,
        block: u64,
        bytes: &[u8],
        hash: &[u8; HASH_BYTES],
    ) -> Result<(), FileFailure> {
        if block >= block_count(self.size) || bytes.len() as u64 != block_length(self.size, block) {
            return Err(FileFailure::Misuse("The file has no such block."));
        }
        self.content.seek(SeekFrom::Start(block * BLOCK_BYTES))?;
        self.content.write_all(bytes)?;
        self.content.sync_data()?;
        let at = self.blocks_start + block * HASH_BYTES as u64;
        self.blocks.seek(SeekFrom::Start(at))?;
        self.blocks.write_all(hash)?;
        Ok(())
    }

    /// Gives the file its name, or the next free one: `NAME (2).EXT`.
    pub(super) fn finish(&mut self) -> Result<PathBuf, FileFailure> {
        let hashes = self.hashes()?;
        if hashes
            .chunks(HASH_BYTES)
            .any(|hash| hash.iter().all(|&byte| byte == 0))
        {
            return Err(FileFailure::Misuse("The file is not whole."));
        }
        self.content.sync_all()?;
        let part = with_suffix(&self.target, ".part");
        for copy in 1..MAX_COPIES {
            let path = numbered(&self.target, copy);
            match name(&part, &path) {
                Ok(()) => {
                    // The file is whole and has its name, whatever becomes of the rest.
                    let _ = fs::remove_file(&part);
                    let _ = fs::remove_file(with_suffix(&self.target, BLOCKS_SUFFIX));
                    let _ = path.parent().map(sync_folder);
                    return Ok(path);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(FileFailure::Misuse(
            "The folder has too many files of that name.",
        ))
    }

    pub(super) fn discard(self) -> io::Result<()> {
        let content = fs::remove_file(with_suffix(&self.target, ".part"));
        fs::remove_file(with_suffix(&self.target, BLOCKS_SUFFIX))?;
        content
    }
}

/// What the list says, and where its hashes begin.
pub(super) fn read_about(blocks: &mut File) -> io::Result<(About, u64)> {
    blocks.seek(SeekFrom::Start(0))?;
    let mut start = vec![];
    blocks
        .take(MAX_ABOUT_BYTES as u64)
        .read_to_end(&mut start)?;
    let end = start
        .iter()
        .position(|&byte| byte == b'\n')
        .ok_or(io::ErrorKind::InvalidData)?;
    let about: About = serde_json::from_slice(&start[..end])?;
    if about.version != 1 || about.file.size > MAX_FILE_BYTES {
        return Err(io::ErrorKind::InvalidData.into());
    }
    Ok((about, end as u64 + 1))
}

pub(super) fn with_suffix(target: &Path, suffix: &str) -> PathBuf {
    let mut path = target.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}

pub(super) fn numbered(target: &Path, copy: u32) -> PathBuf {
    if copy < 2 {
        return target.to_owned();
    }
    let stem = target.file_stem().unwrap_or_default().to_string_lossy();
    let name = target.extension().map_or_else(
        || format!("{stem} ({copy})"),
        |extension| format!("{stem} ({copy}).{}", extension.to_string_lossy()),
    );
    target.with_file_name(name)
}

/// Gives a file a name. Fails where a file is, so nothing is replaced.
fn name(part: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(part, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            // A file system without links. An empty file keeps the name until then.
            new_file(path).map(drop)?;
            fs::rename(part, path).inspect_err(|_| {
                let _ = fs::remove_file(path);
            })
        }
        linked => linked,
    }
}

fn new_file(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .open(path)
}

const fn block_count(size: u64) -> u64 {
    size.div_ceil(BLOCK_BYTES)
}

fn block_length(size: u64, block: u64) -> u64 {
    (size - block * BLOCK_BYTES).min(BLOCK_BYTES)
}
