//! `cargo xtask check-windows`: type-checks the workspace for Windows from Linux. It uses rustup's
//! standard library for that target if it is installed. Otherwise it uses Debian's compiler and its
//! sources, unpacked beside the toolchain and not installed into the system.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{page, report, setup, step, tool, workspace};

const TARGET: &str = "x86_64-pc-windows-gnu";
const LINKER: &str = "x86_64-w64-mingw32-gcc";

/// Debian packages that together are a compiler able to build its own standard library.
const PARTS: [&str; 5] = [
    "rustc-web",
    "libstd-rust-web-dev",
    "libstd-rust-web-1.96",
    "rust-web-src",
    "libllvm22",
];

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Get the missing parts first (Debian: about 130 MB into target/windows-parts)
    #[arg(long)]
    install: bool,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    if !tool::exists(LINKER) {
        bail!(
            "{LINKER} is missing; some dependencies compile C for Windows. As root: apt-get install --no-install-recommends gcc-mingw-w64-x86-64-posix"
        );
    }
    setup::run(setup::Scope::Build)?;
    page::build_if_stale()?;
    // The transport is for webviews without WebRTC, so no Windows program contains it.
    let mut check = tool::cargo(&[
        "check",
        "--workspace",
        "--exclude",
        "webview-rtc",
        "--target",
        TARGET,
    ]);
    check.arg("--target-dir");
    check.arg(workspace::top().join("target").join("windows"));
    if !has_standard_library()? {
        if args.install && !is_unpacked() {
            unpack()?;
        }
        if !is_unpacked() {
            bail!(
                "The standard library for {TARGET} is missing. `rustup target add {TARGET}` installs it; on Debian, `cargo xtask check-windows --install` gets a compiler that builds it."
            );
        }
        with_parts(&mut check);
    }
    step::run("check for Windows", &mut check)?;
    report::say("The workspace type-checks for Windows.");
    Ok(())
}

fn has_standard_library() -> Result<bool> {
    let asked = step::capture(Command::new("rustc").args([
        "--print",
        "target-libdir",
        "--target",
        TARGET,
    ]))?;
    Ok(asked.success && Path::new(asked.output.trim()).is_dir())
}

fn folder() -> PathBuf {
    workspace::top().join("target").join("windows-parts")
}

fn is_unpacked() -> bool {
    folder().join("complete").is_file()
}

/// Downloads the packages without root, and unpacks them without installing.
fn unpack() -> Result<()> {
    let archives = folder().join("archives");
    fs::create_dir_all(&archives)
        .with_context(|| format!("{} could not be made.", archives.display()))?;
    step::run(
        "compiler's packages",
        Command::new("apt-get")
            .arg("download")
            .args(PARTS)
            .current_dir(&archives),
    )?;
    for entry in fs::read_dir(&archives)? {
        let archive = entry?.path();
        let name = archive.file_name().unwrap_or_default().to_string_lossy();
        let name = name.split('_').next().unwrap_or_default().to_owned();
        step::run(
            &format!("unpack {name}"),
            Command::new("dpkg-deb")
                .arg("--extract")
                .arg(&archive)
                .arg(folder()),
        )?;
    }
    fs::remove_dir_all(&archives)?;
    fs::write(folder().join("complete"), "")?;
    Ok(())
}

/// Makes cargo use the unpacked compiler, and build the standard library as well.
fn with_parts(check: &mut Command) {
    let system = folder().join("usr");
    check
        .args(["-Z", "build-std=std,panic_unwind"])
        .env("RUSTC", system.join("bin").join("rustc"))
        .env(
            "LD_LIBRARY_PATH",
            system.join("lib").join("x86_64-linux-gnu"),
        )
        // Debian's compiler is a stable one, and building the standard library is an unstable
        // feature.
        .env("RUSTC_BOOTSTRAP", "1")
        .env_remove("RUSTC_WRAPPER");
}
