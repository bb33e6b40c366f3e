//! The file system of one stage: files of `COPY`, and commands that run in it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail, ensure};

use super::{IGNORED, folder, shown};
use crate::{
    prove::{
        dockerfile::{Stage, Step},
        ignore::Ignored,
    },
    step, workspace,
};

/// The name of a folder that outlives a run: cargo's target folder.
const BUILT: &str = "snug/target";

/// The file system of a stage.
pub(super) struct Tree {
    pub(super) root: PathBuf,
    pub(super) base: Base,
    /// The value of `WORKDIR`.
    pub(super) folder: String,
}

pub(super) enum Base {
    /// Only this computer's programs.
    Machine,
    /// Layers above that tree.
    Debian(PathBuf),
}

impl Tree {
    pub(super) fn make(name: &str, stage: &Stage, debian: &Path) -> Result<Self> {
        let root = folder().join(name);
        let base = match stage.image.split(':').next() {
            Some("node" | "rust") => Base::Machine,
            Some("debian") => Base::Debian(debian.to_owned()),
            _ => bail!("FROM {}: this proof does not know that image.", stage.image),
        };
        empty(&root)?;
        let folder = stage.steps.iter().find_map(|step| {
            let Step::WorkDir(folder) = step else {
                return None;
            };
            Some(folder.clone())
        });
        let tree = Self {
            root,
            base,
            folder: folder.unwrap_or_else(|| "/".to_owned()),
        };
        fs::create_dir_all(tree.at(&tree.folder))?;
        Ok(tree)
    }

    /// The path of a stage's file for this program, which writes below the upper layer.
    pub(super) fn at(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    pub(super) fn apply(
        &self,
        stage: &str,
        step: &Step,
        built: &BTreeMap<String, PathBuf>,
    ) -> Result<()> {
        match step {
            Step::Copy { from, sources, to } => self.copy(from.as_deref(), sources, to, built),
            Step::Run(script) => {
                let script = format!("cd {} && {script}", quoted(&self.folder));
                let words = format!("chroot \"$ROOT\" /bin/sh -c {}", quoted(&script));
                step::run(&format!("{stage}: RUN"), &mut self.inside(&words)).map(drop)
            }
            // They apply when the image is started.
            Step::WorkDir(_)
            | Step::Env(_)
            | Step::Expose(_)
            | Step::User(_)
            | Step::HealthCheck(_)
            | Step::StopSignal(_)
            | Step::EntryPoint(_) => Ok(()),
        }
    }

    fn copy(
        &self,
        from: Option<&str>,
        sources: &[String],
        to: &str,
        built: &BTreeMap<String, PathBuf>,
    ) -> Result<()> {
        let place = match to.starts_with('/') {
            true => self.at(to),
            false => self.at(&self.folder).join(to),
        };
        for source in sources {
            let files = match from {
                Some(stage) => {
                    let root = built
                        .get(stage)
                        .with_context(|| format!("no stage {stage}"))?;
                    below(root, source.trim_start_matches('/'), &|_| false)?
                }
                None => {
                    let text = shown(IGNORED)?;
                    let ignored = Ignored::read(&text);
                    below(workspace::top(), source, &|path| ignored.leaves_out(path))?
                }
            };
            ensure!(
                !files.is_empty(),
                "COPY {source}: there is nothing of that name."
            );
            for (file, inside) in files {
                // A folder's contents are copied; a file is copied into a folder under its own
                // name.
                let to_file = match inside.as_os_str().is_empty() {
                    true if to.ends_with('/') => place.join(file.file_name().unwrap_or_default()),
                    true => place.clone(),
                    false => place.join(inside),
                };
                if let Some(parent) = to_file.parent() {
                    fs::create_dir_all(parent)?;
                }
                fs::copy(&file, &to_file).with_context(|| format!("COPY {}", file.display()))?;
            }
        }
        Ok(())
    }

    /// A bash script in which `$ROOT` is this stage's file system.
    pub(super) fn inside(&self, script: &str) -> Command {
        let mut command = Command::new("unshare");
        command.args(["--mount", "--pid", "--fork", "--kill-child", "bash", "-ec"]);
        let setting = match &self.base {
            Base::Machine => include_str!("../machine.sh"),
            Base::Debian(_) => include_str!("../debian.sh"),
        };
        command
            .arg(format!("{setting}{script}"))
            .env("TREE", &self.root);
        if let Base::Debian(base) = &self.base {
            command.env("BASE", base);
        }
        command
    }
}

/// Empties it, except for cargo's target folder.
pub(super) fn empty(root: &Path) -> Result<()> {
    let built = root.join(BUILT);
    let kept = folder().join("built");
    if built.is_dir() {
        fs::rename(&built, &kept)?;
    }
    if root.exists() {
        fs::remove_dir_all(root)?;
    }
    fs::create_dir_all(root)?;
    if kept.is_dir() {
        fs::create_dir_all(built.parent().unwrap_or(root))?;
        fs::rename(&kept, &built)?;
    }
    Ok(())
}

/// The files of that folder, or the one file, that are not ignored: each with its path below the
/// requested one.
fn below(
    root: &Path,
    source: &str,
    leaves_out: &dyn Fn(&str) -> bool,
) -> Result<Vec<(PathBuf, PathBuf)>> {
    let source = if source == "." { "" } else { source };
    let start = root.join(source);
    let mut found = Vec::new();
    let mut waiting = vec![start.clone()];
    while let Some(path) = waiting.pop() {
        let name = path.strip_prefix(root)?.to_string_lossy().into_owned();
        if !name.is_empty() && leaves_out(&name) {
            continue;
        }
        if path.is_dir() {
            for entry in fs::read_dir(&path)? {
                waiting.push(entry?.path());
            }
        } else if path.is_file() {
            found.push((path.clone(), path.strip_prefix(&start)?.to_owned()));
        }
    }
    Ok(found)
}

/// One word for a shell.
pub(super) fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}
