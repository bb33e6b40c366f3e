//! Builds `ui/dist` if a source of it is newer than the last build.

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::{Context, Result};

use crate::{
    report, step, tool,
    workspace::{self, PAGE, PLUGIN},
};

/// Makes `ui/dist` current.
pub(crate) fn build_if_stale() -> Result<()> {
    if is_fresh() {
        report::skipped("page", "it is up to date");
        return Ok(());
    }
    step::run(
        "page",
        &mut tool::node(PAGE, "vite/bin/vite.js", &["build"]),
    )?;
    let stamp = stamp();
    fs::create_dir_all(workspace::notes())
        .and_then(|()| fs::write(&stamp, ""))
        .with_context(|| format!("{} could not be written.", stamp.display()))
}

/// Builds the gallery of every screen, and returns its folder.
pub(crate) fn build_gallery() -> Result<PathBuf> {
    let folder = workspace::top().join("target").join("gallery");
    let mut gallery = tool::node(PAGE, "vite/bin/vite.js", &["build", "--mode", "gallery"]);
    step::run(
        "gallery",
        gallery.args(["--emptyOutDir", "--outDir"]).arg(&folder),
    )?;
    Ok(folder)
}

/// Builds the pages of the plugin's example app, for the end-to-end tests.
pub(crate) fn build_example() -> Result<()> {
    step::run(
        "example's pages",
        &mut tool::npm(PLUGIN, &["run", "--silent", "build:example"]),
    )?;
    Ok(())
}

fn is_fresh() -> bool {
    // Without a page, the shell's build script writes a placeholder, which has no assets.
    if !PAGE.folder().join("dist").join("assets").is_dir() {
        return false;
    }
    let Some(built) = modified(&stamp()) else {
        return false;
    };
    newest_source() <= built
}

fn stamp() -> PathBuf {
    workspace::notes().join("page-built")
}

fn newest_source() -> SystemTime {
    let ui = PAGE.folder();
    let mut newest = SystemTime::UNIX_EPOCH;
    let mut waiting = vec![
        ui.join("src"),
        ui.join("public"),
        PLUGIN.folder().join("guest-js"),
    ];
    for file in [
        "index.html",
        "package-lock.json",
        "vite.config.ts",
        "compressed-forms.ts",
    ] {
        newest = newest.max(modified(&ui.join(file)).unwrap_or(newest));
    }
    while let Some(folder) = waiting.pop() {
        // The time of a folder changes when a file in it is deleted.
        newest = newest.max(modified(&folder).unwrap_or(newest));
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                newest = newest.max(modified(&path).unwrap_or(newest));
            }
        }
    }
    newest
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|found| found.modified()).ok()
}
