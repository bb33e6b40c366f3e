//! The folder of a built page: its files and their content.
//!
//! Invariant: only regular files are opened, and only those inside the folder after links are
//! resolved. Their number and size are bounded. It never waits: a pipe or a device is never opened.

use std::{
    collections::{BTreeMap, HashMap},
    fs::{self, File, Metadata},
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use super::{
    INDEX, PageFile,
    coding::Coding,
    content_type, is_plain,
    resource::{NotOfThisFile, Resource},
};

/// Files and folders that are listed at most.
const MAX_ENTRIES: usize = 4096;
/// Of all files together.
const MAX_BYTES: u64 = 128 * 1024 * 1024;
/// Depth of folders.
const MAX_DEPTH: usize = 8;

pub(super) type Resources = HashMap<String, Arc<Resource>>;

/// The content of the folder at one moment. Equal listings have equal content.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Listing {
    files: BTreeMap<String, Listed>,
    left_out: Vec<LeftOut>,
}

#[derive(Debug, PartialEq, Eq)]
struct Listed {
    /// Without links.
    path: PathBuf,
    bytes: u64,
    modified: Option<SystemTime>,
    /// A file that replaces another may have the same size and time.
    identity: Identity,
}

/// An entry of the folder that is not served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LeftOut {
    pub(super) name: String,
    pub(super) reason: &'static str,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum FolderError {
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    #[error("holds no index.html. Build the page first, or name the folder it was built into")]
    NoIndex,
    #[error(
        "holds more than {MAX_ENTRIES} files, which no page does. Name the folder that the page \
         was built into"
    )]
    TooMany,
    #[error(
        "holds more than {} MiB, and all of it would be kept in memory. Name the folder that the \
         page was built into, with nothing else in it",
        MAX_BYTES / 1024 / 1024
    )]
    TooLarge,
}

impl Listing {
    pub(super) fn of(root: &Path) -> Result<Self, FolderError> {
        let root = fs::canonicalize(root)?;
        let mut walk = Walk {
            listing: Self {
                files: BTreeMap::new(),
                left_out: Vec::new(),
            },
            looked_at: 0,
            bytes: 0,
            root: &root,
        };
        walk.folder(&root, "", 0)?;
        match walk.listing.files.contains_key(INDEX) {
            true => Ok(walk.listing),
            false => Err(FolderError::NoIndex),
        }
    }

    /// Reads the files.
    pub(super) fn read(&self) -> (Resources, Vec<LeftOut>) {
        let mut left_out = self.left_out.clone();
        let mut contents: HashMap<&str, Vec<u8>> = HashMap::new();
        for (name, file) in &self.files {
            match file.read() {
                Ok(bytes) => {
                    contents.insert(name, bytes);
                }
                Err(reason) => left_out.push(LeftOut::new(name, reason)),
            }
        }
        let mut resources = Resources::new();
        for name in self.files.keys() {
            if is_compressed_form(name, |plain| contents.contains_key(plain)) {
                continue;
            }
            let Some(bytes) = contents.get(name.as_str()).cloned() else {
                continue;
            };
            let file = PageFile {
                bytes,
                content_type: content_type(name).to_owned(),
            };
            let (resource, strange) = Resource::new(file, |coding| {
                let name = format!("{name}{}", coding.suffix());
                contents.get(name.as_str()).cloned()
            });
            for NotOfThisFile(coding) in strange {
                let name = format!("{name}{}", coding.suffix());
                let reason = "it is not the compressed form of the file beside it";
                left_out.push(LeftOut::new(&name, reason));
            }
            resources.insert(name.clone(), Arc::new(resource));
        }
        (resources, left_out)
    }
}

/// It is sent under the name of the other.
fn is_compressed_form(name: &str, exists: impl Fn(&str) -> bool) -> bool {
    [Coding::Brotli, Coding::Gzip]
        .into_iter()
        .filter_map(|coding| name.strip_suffix(coding.suffix()))
        .any(exists)
}

impl LeftOut {
    fn new(name: &str, reason: &'static str) -> Self {
        Self {
            name: name.to_owned(),
            reason,
        }
    }
}

struct Walk<'a> {
    listing: Listing,
    looked_at: usize,
    bytes: u64,
    root: &'a Path,
}

impl Walk<'_> {
    /// `prefix` is the start of names in this folder. `folder` has no links.
    fn folder(&mut self, folder: &Path, prefix: &str, depth: usize) -> Result<(), FolderError> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            self.looked_at += 1;
            if self.looked_at > MAX_ENTRIES {
                return Err(FolderError::TooMany);
            }
            let name = entry.file_name();
            let name = format!("{prefix}{}", name.to_string_lossy());
            if name
                .rsplit('/')
                .next()
                .is_some_and(|last| last.starts_with('.'))
            {
                continue;
            }
            if !is_plain(&name) {
                self.leave_out(
                    &name,
                    "its name has other characters than A-Z a-z 0-9 . _ -",
                );
                continue;
            }
            self.entry(folder, &entry.path(), &name, depth)?;
        }
        Ok(())
    }

    fn entry(
        &mut self,
        folder: &Path,
        path: &Path,
        name: &str,
        depth: usize,
    ) -> Result<(), FolderError> {
        let found = fs::canonicalize(path).and_then(|path| Ok((path.metadata()?, path)));
        let Ok((metadata, path)) = found else {
            self.leave_out(
                name,
                "it is a link that leads nowhere, or may not be looked at",
            );
            return Ok(());
        };
        if !path.starts_with(self.root) {
            self.leave_out(name, "it is a link that leads out of the folder");
            return Ok(());
        }
        if metadata.is_dir() {
            if depth == MAX_DEPTH || folder.starts_with(&path) {
                self.leave_out(name, "it lies too deep, or in itself");
                return Ok(());
            }
            return match self.folder(&path, &format!("{name}/"), depth + 1) {
                Err(FolderError::Unreadable(_)) => {
                    self.leave_out(name, "it may not be read");
                    Ok(())
                }
                other => other,
            };
        }
        if !metadata.is_file() {
            self.leave_out(name, "it is no regular file");
            return Ok(());
        }
        self.bytes = self.bytes.saturating_add(metadata.len());
        if self.bytes > MAX_BYTES {
            return Err(FolderError::TooLarge);
        }
        let listed = Listed::new(path, &metadata);
        self.listing.files.insert(name.to_owned(), listed);
        Ok(())
    }

    fn leave_out(&mut self, name: &str, reason: &'static str) {
        self.listing.left_out.push(LeftOut::new(name, reason));
    }
}

impl Listed {
    fn new(path: PathBuf, metadata: &Metadata) -> Self {
        Self {
            path,
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
            identity: identity(metadata),
        }
    }

    fn read(&self) -> Result<Vec<u8>, &'static str> {
        let read = || -> io::Result<Option<Vec<u8>>> {
            let file = open(&self.path)?;
            // It may have been replaced since it was listed.
            if !file.metadata()?.is_file() {
                return Ok(None);
            }
            let mut bytes = Vec::new();
            file.take(self.bytes + 1).read_to_end(&mut bytes)?;
            Ok((bytes.len() as u64 == self.bytes).then_some(bytes))
        };
        match read() {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err("it changed while it was read"),
            Err(_) => Err("it may not be read"),
        }
    }
}

/// The inode, and the time of its last change, permissions included.
type Identity = (u64, i64, i64);

#[cfg(unix)]
fn identity(metadata: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;

    (metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> Identity {
    Identity::default()
}

/// Follows no link, and does not wait for the other end of a pipe.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};

    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, Mode::empty())?.into())
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}
