//! Paths of the programs that tests start: ours are beside the test, browsers and drivers on the
//! system. The error for a missing one says how to install it.

use std::{
    env,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

/// The top of the checkout.
pub fn top() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// One of our own programs, as cargo built it.
pub fn ours(name: &str) -> Result<PathBuf> {
    let here = env::current_exe().context("this test cannot tell where it lies")?;
    // Tests are in `target/debug/deps`, programs in `target/debug`.
    here.ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(format!("{name}{}", env::consts::EXE_SUFFIX)))
        .find(|candidate| candidate.is_file())
        .with_context(|| {
            format!("{name} is not built. `cargo xtask test` builds it, or: cargo build -p {name}")
        })
}

/// The built page.
pub fn page() -> Result<PathBuf> {
    let page = top().join("ui").join("dist");
    if !page.join("assets").is_dir() {
        bail!("The page is not built. `cargo xtask test` builds it, or: npm run build, in ui.");
    }
    Ok(page)
}

/// The built pages of the plugin's example app.
pub fn example_pages() -> Result<PathBuf> {
    let example = top().join("crates/tauri-plugin-webrtc/examples/call/dist");
    if !example.join("assets").is_dir() {
        bail!(
            "The example's pages are not built. `cargo xtask test` builds them, or: npm run build:example, in crates/tauri-plugin-webrtc."
        );
    }
    Ok(example)
}

/// Chromium, or a browser built from it.
pub fn chromium() -> Result<PathBuf> {
    let mac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
    let windows = r"C:\Program Files\Google\Chrome\Application\chrome.exe";
    first(&["chromium", "google-chrome", "chrome", mac, windows], None)
        .context("There is no Chromium here. `cargo xtask setup` installs it where it can.")
}

/// The driver of this browser.
pub fn chromedriver() -> Result<PathBuf> {
    // GitHub's machines have its folder in this variable.
    first(
        &["chromedriver"],
        env::var_os("CHROMEWEBDRIVER").map(PathBuf::from),
    )
    .context("There is no chromedriver here. `cargo xtask setup` installs it where it can.")
}

/// Firefox; Debian has its version with long support.
pub fn firefox() -> Result<PathBuf> {
    first(&["firefox-esr", "firefox"], None)
        .context("There is no Firefox here. `cargo xtask setup` installs it where it can.")
}

/// The driver of Firefox.
pub fn geckodriver() -> Result<PathBuf> {
    first(&["geckodriver"], cargo_bin())
        .context("There is no geckodriver here. `cargo xtask setup` installs it where it can.")
}

/// The folder of `cargo install`, which need not be in the path.
fn cargo_bin() -> Option<PathBuf> {
    env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cargo")))
        .map(|home| home.join("bin"))
}

/// A program that exists on Linux only.
pub fn linux(name: &str) -> Result<PathBuf> {
    first(&[name], None)
        .with_context(|| format!("There is no {name} here. `cargo xtask setup` installs it."))
}

fn first(names: &[&str], extra: Option<PathBuf>) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = extra.into_iter().chain(env::split_paths(&path)).collect();
    names.iter().find_map(|name| {
        folders
            .iter()
            // Joining an absolute name gives that name.
            .map(|folder| {
                folder.join(format!(
                    "{}{}",
                    name.trim_end_matches(".exe"),
                    env::consts::EXE_SUFFIX
                ))
            })
            .find(|candidate| candidate.is_file())
    })
}

/// A port without a listener.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}
