//! A copy of this checkout like a fresh clone: every file that git tracks or would track, in its
//! present state, and nothing installed or built.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

use crate::{step, workspace};

/// Makes the copy, and removes the one from before.
pub(crate) fn copy_to(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)
            .with_context(|| format!("{} cannot be removed.", folder.display()))?;
    }
    let files = files()?;
    ensure!(!files.is_empty(), "git knows no files here.");
    for file in files {
        let (from, to) = (workspace::top().join(&file), folder.join(&file));
        if !from.is_file() {
            // It is deleted and the deletion is not committed yet.
            continue;
        }
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::copy(&from, &to).with_context(|| format!("{} cannot be copied.", from.display()))?;
    }
    Ok(())
}

fn files() -> Result<Vec<PathBuf>> {
    let mut list = Command::new("git");
    list.args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]);
    let listed = step::capture(list.current_dir(workspace::top()))?;
    ensure!(
        listed.success,
        "git cannot list the files:\n{}",
        listed.output
    );
    let names = listed.output.split('\0').filter(|name| !name.is_empty());
    Ok(names.map(PathBuf::from).collect())
}
