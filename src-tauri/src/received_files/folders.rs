//! The folders for received files: the one for the next file, and those of before, where unfinished
//! files may be. A choice is kept in `received-files.json`.
//!
//! Invariant: a folder comes from the system or from the person, through the system's dialog.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::FileFailure;
use crate::sync_folder::sync_folder;

const NAME: &str = "received-files.json";
const VERSION: u32 = 1;
/// In earlier ones nothing is looked for.
const MAX_FORMER: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum FolderKind {
    /// That of the system.
    Downloads,
    Chosen,
}

#[derive(Debug)]
pub(super) struct Folders {
    /// `None` where the system names none.
    downloads: Option<PathBuf>,
    /// The folder of `received-files.json`.
    data: PathBuf,
    choice: Choice,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Choice {
    version: u32,
    chosen: Option<PathBuf>,
    /// Chosen before, the last one first.
    former: Vec<PathBuf>,
}

impl Folders {
    pub(super) fn load(downloads: Option<PathBuf>, data: &Path) -> Self {
        let choice = read(&data.join(NAME)).unwrap_or_else(|error| {
            if error.kind() != io::ErrorKind::NotFound {
                tracing::warn!(%error, "the choice of the folder for received files cannot be read");
            }
            Choice::NONE
        });
        Self {
            downloads,
            data: data.to_owned(),
            choice,
        }
    }

    /// Where the next file goes.
    pub(super) fn current(&self) -> Option<&Path> {
        let folder = self.choice.chosen.as_ref().or(self.downloads.as_ref());
        folder.map(PathBuf::as_path)
    }

    pub(super) const fn kind(&self) -> FolderKind {
        match self.choice.chosen {
            Some(_) => FolderKind::Chosen,
            None => FolderKind::Downloads,
        }
    }

    /// All that may have unfinished files; the current one first.
    pub(super) fn all(&self) -> Vec<PathBuf> {
        let Choice { chosen, former, .. } = &self.choice;
        let folders = chosen.iter().chain(&self.downloads).chain(former);
        folders.cloned().collect()
    }

    /// `None` is the folder for downloads. What cannot be kept is not chosen.
    pub(super) fn choose(&mut self, folder: Option<PathBuf>) -> Result<(), FileFailure> {
        if let Some(folder) = &folder {
            // Said now, and not with the first file.
            NamedTempFile::new_in(folder).map_err(FileFailure::Folder)?;
        }
        let mut former = self.choice.former.clone();
        former.splice(0..0, self.choice.chosen.clone());
        former.retain(|one| Some(one) != folder.as_ref());
        former.dedup();
        former.truncate(MAX_FORMER);
        let choice = Choice {
            chosen: folder,
            former,
            ..Choice::NONE
        };
        write(&self.data, &choice)?;
        self.choice = choice;
        Ok(())
    }
}

impl Choice {
    const NONE: Self = Self {
        version: VERSION,
        chosen: None,
        former: vec![],
    };
}

fn read(path: &Path) -> io::Result<Choice> {
    let choice: Choice = serde_json::from_slice(&fs::read(path)?)?;
    let folders = choice.chosen.iter().chain(&choice.former);
    if choice.version != VERSION || folders.into_iter().any(|folder| !folder.is_absolute()) {
        return Err(io::ErrorKind::InvalidData.into());
    }
    Ok(choice)
}

fn write(data: &Path, choice: &Choice) -> io::Result<()> {
    let text = serde_json::to_vec_pretty(choice)?;
    fs::create_dir_all(data)?;
    let mut file = NamedTempFile::new_in(data)?;
    file.write_all(&text)?;
    file.as_file().sync_all()?;
    file.persist(data.join(NAME))?;
    sync_folder(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders(downloads: &Path, data: &Path) -> Folders {
        Folders::load(Some(downloads.to_owned()), data)
    }

    #[test]
    fn choice_is_kept_and_downloads_come_back() {
        let [downloads, data, other] = [(); 3].map(|()| tempfile::tempdir().unwrap());
        let mut before = folders(downloads.path(), data.path());
        assert_eq!(before.kind(), FolderKind::Downloads);
        before.choose(Some(other.path().to_owned())).unwrap();
        let mut after = folders(downloads.path(), data.path());
        assert_eq!(after.kind(), FolderKind::Chosen);
        assert_eq!(after.current(), Some(other.path()));
        after.choose(None).unwrap();
        let last = folders(downloads.path(), data.path());
        assert_eq!(last.current(), Some(downloads.path()));
        // An unfinished file may be there.
        assert_eq!(last.all(), [downloads.path(), other.path()]);
    }

    #[test]
    fn folder_that_cannot_be_used_is_not_chosen() {
        let [downloads, data] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let mut folders = folders(downloads.path(), data.path());
        let gone = downloads.path().join("gone");
        assert!(folders.choose(Some(gone)).is_err());
        assert_eq!(folders.current(), Some(downloads.path()));
    }

    #[test]
    fn choice_that_cannot_be_read_is_none() {
        let [downloads, data] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        for text in [
            "",
            "{}",
            r#"{"version":2,"chosen":null,"former":[]}"#,
            r#"{"version":1,"chosen":"../above","former":[]}"#,
            r#"{"version":1,"chosen":7,"former":[]}"#,
        ] {
            fs::write(data.path().join(NAME), text).unwrap();
            let folders = folders(downloads.path(), data.path());
            assert_eq!(folders.current(), Some(downloads.path()), "{text}");
        }
    }

    #[test]
    fn few_former_folders_are_remembered() {
        let [downloads, data] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let mut folders = folders(downloads.path(), data.path());
        let made: Vec<_> = (0..12).map(|_| tempfile::tempdir().unwrap()).collect();
        for folder in made.iter().chain(&made[..2]) {
            folders.choose(Some(folder.path().to_owned())).unwrap();
        }
        let all = folders.all();
        assert_eq!(all.len(), MAX_FORMER + 2);
        assert_eq!(all[0], made[1].path());
        let mut once = all.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), all.len());
    }
}
