//! Makes the app's context: configuration, page, capabilities. Runs at the top of the tree, where
//! `tauri.conf.json` lies.
//!
//! Invariant: compiling works before the page was ever built; the window then says so.
#![allow(
    clippy::print_stdout,
    reason = "that is how a build script speaks to cargo"
)]

#[path = "src/commands/list.rs"]
mod list;

use std::{error::Error, fs, io, path::Path};

use tauri_build::{AppManifest, Attributes, CodegenContext};

macro_rules! names {
    ($($name:ident),+) => { &[$(stringify!($name)),+] };
}

const COMMANDS: &[&str] = list::with_commands!(names);
const CAPABILITIES: &str = "src-tauri/capabilities";
const PAGE: &str = "ui/dist/index.html";
const PLACEHOLDER: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<title>Snug</title>
<h1>The page is not built yet</h1>
<p>Run <code>cargo xtask run</code>, or <code>npm ci</code> and <code>npm run build</code> in
<code>ui</code>, then start Snug again.</p>
</html>
";

fn main() -> Result<(), Box<dyn Error>> {
    for path in [
        "src-tauri/build.rs",
        "src-tauri/src/commands/list.rs",
        CAPABILITIES,
    ] {
        println!("cargo:rerun-if-changed={path}");
    }
    write_placeholder(Path::new(PAGE))?;
    tauri_build::try_build(
        Attributes::new()
            .capabilities_path_pattern("./src-tauri/capabilities/**/*")
            .app_manifest(AppManifest::new().commands(COMMANDS))
            .codegen(CodegenContext::new()),
    )?;
    Ok(())
}

fn write_placeholder(page: &Path) -> io::Result<()> {
    if page.exists() {
        return Ok(());
    }
    if let Some(folder) = page.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(page, PLACEHOLDER)
}
