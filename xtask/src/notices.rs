//! The notices of third parties that go with a bundle: the licences of the crates in the program,
//! which cargo-about reads from their sources, and those of the npm packages in the page, which Vite
//! writes when it builds the page.
//!
//! Invariant: a crate of the program that no notice names fails the bundle.

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::{Context, Result, ensure};

use crate::{
    setup, step, tool,
    workspace::{self, PAGE},
};

/// `packaging/notices/about.toml` and `packaging/notices/notices.hbs` say which licences are taken
/// and how they are written.
const FOLDER: &str = "packaging/notices";
const RULE: &str =
    "================================================================================";

/// A program that is given to people.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bundle {
    App,
    Relay,
}

impl Bundle {
    fn package(self) -> &'static str {
        match self {
            Self::App => "snug",
            Self::Relay => "signal-server",
        }
    }

    fn manifest(self) -> &'static str {
        match self {
            Self::App => "Cargo.toml",
            Self::Relay => "signal-server/Cargo.toml",
        }
    }

    /// `tauri.conf.json`, `bundle.rs` and `signal-server/Cargo.toml` name these files.
    fn file(self) -> PathBuf {
        let name = match self {
            Self::App => "app.txt",
            Self::Relay => "relay.txt",
        };
        workspace::notes().join("notices").join(name)
    }
}

/// Writes the notices of a bundle. The page must be built.
pub(crate) fn write(bundle: Bundle) -> Result<()> {
    let crates = crates(bundle)?;
    let tree = step::capture(&mut tool::dependencies(bundle.package()))?;
    ensure!(tree.success, "{}", tree.output);
    let unnamed = unnamed(&tree.output, &crates);
    ensure!(
        unnamed.is_empty(),
        "No notice names {}. See {FOLDER}/about.toml.",
        unnamed.join(", ")
    );
    join(bundle, &crates)
}

/// Writes notices without those of the crates, whose licences take minutes to read: for tests of
/// what a package holds.
pub(crate) fn write_without_crates(bundle: Bundle) -> Result<()> {
    join(
        bundle,
        "A test made this package: the crates' notices are left out.\n",
    )
}

/// What cargo-about says of the program's crates, from the last time if nothing has changed since.
fn crates(bundle: Bundle) -> Result<String> {
    let folder = workspace::top().join(FOLDER);
    let found = bundle.file().with_extension("crates.txt");
    let sources = [
        workspace::top().join("Cargo.lock"),
        folder.join("about.toml"),
        folder.join("notices.hbs"),
    ];
    if !is_newer(&found, &sources) {
        setup::program("cargo-about", &["--features", "cli"])?;
        create_folder_of(&found)?;
        // cargo-about reads the manifests of all platforms.
        step::run("crates' sources", &mut tool::cargo(&["fetch", "--locked"]))?;
        let mut about = tool::cargo(&["about", "generate", "--locked", "--offline", "--fail"]);
        about.arg("--config").arg(folder.join("about.toml"));
        about.args(["--manifest-path", bundle.manifest()]);
        about.args(["--target", &host()?]);
        about.arg("--output-file").arg(&found);
        step::run("crates' notices", about.arg(folder.join("notices.hbs")))?;
    }
    read(&found)
}

fn join(bundle: Bundle, crates: &str) -> Result<()> {
    let page = read(&PAGE.folder().join("dist/third-party-notices.txt"))?;
    let file = bundle.file();
    create_folder_of(&file)?;
    let text = format!(
        "Notices of third parties, whose work is part of Snug.\n\n\
         The program: {RULE}\n\n{crates}\nThe page: {RULE}\n\n{page}"
    );
    fs::write(&file, text).with_context(|| format!("{} could not be written.", file.display()))
}

/// The crates in what `cargo tree` printed that the notices do not name. A crate of the workspace
/// has a path in its line.
fn unnamed(tree: &str, notices: &str) -> Vec<String> {
    let mut unnamed: Vec<_> = tree
        .lines()
        .filter(|line| !line.contains(['/', '\\']))
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?, words.next()?.strip_prefix('v')?))
        })
        .filter(|(name, version)| {
            let named = format!("  {name} {version}");
            !notices.lines().any(|line| {
                line.strip_prefix(&named)
                    .is_some_and(|rest| !rest.starts_with('.'))
            })
        })
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    unnamed.sort();
    unnamed.dedup();
    unnamed
}

/// The platform that the bundle is made for.
fn host() -> Result<String> {
    let said = step::capture(std::process::Command::new("rustc").arg("-vV"))?;
    let host = said
        .output
        .lines()
        .find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc names no host")?.to_owned())
}

fn is_newer(file: &Path, sources: &[PathBuf]) -> bool {
    let modified = |path: &Path| -> Option<SystemTime> { fs::metadata(path).ok()?.modified().ok() };
    modified(file).is_some_and(|made| {
        sources
            .iter()
            .all(|source| modified(source).is_some_and(|changed| changed < made))
    })
}

fn create_folder_of(file: &Path) -> Result<()> {
    let folder = file.parent().context("the file has no folder")?;
    fs::create_dir_all(folder).with_context(|| format!("{} could not be made.", folder.display()))
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("{} could not be read.", path.display()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn crate_that_no_notice_names_is_found() {
        let notices = "MIT License, for:\n  axum 0.8.9  https://example.org\n  ring 0.17.14\n";
        let check = |tree: &str, expect: &[&str]| assert_eq!(unnamed(tree, notices), expect);
        check("axum v0.8.9\nring v0.17.14 (*)\n", &[]);
        check("signal-server v0.1.0 (/home/ann/snug)\n", &[]);
        check(
            "hyper v1.0.0\nhyper v1.0.0 (*)\naxum v0.8\n",
            &["axum 0.8", "hyper 1.0.0"],
        );
        check(
            "serde_derive v1.0.2 (proc-macro)\n",
            &["serde_derive 1.0.2"],
        );
    }

    #[test]
    fn licences_of_the_notices_are_those_of_the_dependency_check() {
        let list = |file: &str, key: &str| {
            let text = read(&workspace::top().join(file)).unwrap();
            let (_, rest) = text.split_once(&format!("{key} = [\n")).unwrap();
            let (list, _) = rest.split_once("\n]").unwrap();
            let licences = list
                .lines()
                .map(str::trim)
                .filter(|line| line.starts_with('"'));
            licences
                .map(|line| line.trim_end_matches(',').to_owned())
                .collect::<BTreeSet<_>>()
        };
        let taken = list(&format!("{FOLDER}/about.toml"), "accepted");
        assert!(taken.len() > 5);
        assert_eq!(taken, list("deny.toml", "allow"));
    }
}
