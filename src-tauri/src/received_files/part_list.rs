//! The unfinished files of a folder.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use super::{
    FileId,
    part::{About, read_about, with_suffix},
};

pub(super) const BLOCKS_SUFFIX: &str = ".part.blocks";
/// More are not looked at: a folder may have any number of files.
const MAX_LISTS: usize = 1000;

/// The later path of an unfinished file, and what is known of it.
pub(super) fn find(folder: &Path, file: &FileId) -> Option<(PathBuf, About)> {
    let lists = fs::read_dir(folder).ok()?.flatten().filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        name.strip_suffix(BLOCKS_SUFFIX)
            .map(|target| folder.join(target))
    });
    lists.take(MAX_LISTS).find_map(|target| {
        let mut list = File::open(with_suffix(&target, BLOCKS_SUFFIX)).ok()?;
        let (about, _) = read_about(&mut list).ok()?;
        let is_there = with_suffix(&target, ".part").is_file();
        (about.file == *file && is_there).then_some((target, about))
    })
}
