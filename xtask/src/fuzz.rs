//! `cargo xtask fuzz`: cargo-fuzz searches for bytes that break something. Its inputs are kept in
//! `fuzz/tried`, which git ignores. `--keep` reduces them to the small corpus that tests repeat.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context, Result, ensure};

use crate::{report, setup, step, tool, workspace};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only these, of fuzz/fuzz_targets
    targets: Vec<String>,
    /// Minutes for each target
    #[arg(long, default_value_t = 1)]
    minutes: u32,
    /// Rewrite the corpus: the smallest set of inputs with the same coverage
    #[arg(long)]
    keep: bool,
}

/// Longer inputs reach nothing more, and are slow.
const MAX_INPUT_LENGTH: &str = "-max_len=4096";

pub(crate) fn run(args: &Args) -> Result<()> {
    setup::program("cargo-fuzz", &[])?;
    let known = known()?;
    for target in &args.targets {
        ensure!(
            known.contains(target),
            "There is no fuzz target {target}; there are {}.",
            known.join(", ")
        );
    }
    let chosen = if args.targets.is_empty() {
        &known
    } else {
        &args.targets
    };
    for target in chosen {
        let (tried, corpus) = (folder("tried", target), folder("corpus", target));
        for folder in [&tried, &corpus] {
            fs::create_dir_all(folder)
                .with_context(|| format!("{} could not be made.", folder.display()))?;
        }
        report::say(&format!("{target}:"));
        if args.minutes > 0 {
            let span = format!("-max_total_time={}", args.minutes * 60);
            let mut fuzz = cargo_fuzz(target);
            fuzz.args([&tried, &corpus])
                .args(["--", MAX_INPUT_LENGTH, &span]);
            step::foreground(fuzz.args(["-timeout=10", "-print_final_stats=1"]))?;
        }
        if args.keep {
            keep(target, &tried, &corpus)?;
        }
    }
    Ok(())
}

fn keep(target: &str, tried: &PathBuf, corpus: &PathBuf) -> Result<()> {
    let fresh = folder("fresh", target);
    // A run that was interrupted may have left one.
    fs::remove_dir_all(&fresh).ok();
    fs::create_dir_all(&fresh)?;
    let mut merge = cargo_fuzz(target);
    merge.args([&fresh, corpus, tried]);
    step::run(
        &format!("{target}: the least of it"),
        merge.args(["--", "-merge=1", "-max_len=512", "-use_counters=0"]),
    )?;
    fs::remove_dir_all(corpus)?;
    fs::rename(&fresh, corpus)?;
    Ok(())
}

fn cargo_fuzz(target: &str) -> Command {
    let mut command = tool::cargo(&["fuzz", "run", "--fuzz-dir", "fuzz", target]);
    // Only nightly compilers allow sanitizers. This variable allows them for ours.
    command.env("RUSTC_BOOTSTRAP", "1");
    command
}

fn known() -> Result<Vec<String>> {
    let folder = workspace::top().join("fuzz/fuzz_targets");
    let mut names = Vec::new();
    for entry in
        fs::read_dir(&folder).with_context(|| format!("{} could not be read.", folder.display()))?
    {
        let path = entry?.path();
        names.extend(
            path.file_stem()
                .map(|name| name.to_string_lossy().into_owned()),
        );
    }
    names.sort();
    Ok(names)
}

fn folder(kind: &str, target: &str) -> PathBuf {
    workspace::top().join("fuzz").join(kind).join(target)
}
