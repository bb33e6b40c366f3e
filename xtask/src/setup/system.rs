//! Linux packages: the webview's headers to build, and a browser, drivers, a display and a sound
//! server to test. Installed on Debian and its derivatives; on other systems an error names them.

use std::{path::Path, process::Command};

use anyhow::{Result, bail};

use super::Scope;
use crate::{report, step, tool};

/// The sign that a package is installed.
enum Sign {
    /// One of these programs can be started.
    Program(&'static [&'static str]),
    /// pkg-config knows this library's headers.
    Headers(&'static str),
    /// Plug-ins have no other sign than the package itself, so only Debian is asked.
    Package,
}

struct Need {
    package: &'static str,
    sign: Sign,
    scope: Scope,
}

const NEEDS: &[Need] = &[
    build("build-essential", Sign::Program(&["cc"])),
    build("pkg-config", Sign::Program(&["pkg-config", "pkgconf"])),
    build("libwebkit2gtk-4.1-dev", Sign::Headers("webkit2gtk-4.1")),
    build("librsvg2-dev", Sign::Headers("librsvg-2.0")),
    build("gstreamer1.0-plugins-base", Sign::Package),
    build("gstreamer1.0-plugins-good", Sign::Package),
    build("gstreamer1.0-plugins-bad", Sign::Package),
    build("gstreamer1.0-libav", Sign::Package),
    demo("gstreamer1.0-pulseaudio", Sign::Package),
    demo("webkit2gtk-driver", Sign::Program(&["WebKitWebDriver"])),
    demo("xvfb", Sign::Program(&["Xvfb"])),
    test("coturn", Sign::Program(&["turnserver"])),
    test("systemd", Sign::Program(&["systemd-analyze"])),
    test("pebble", Sign::Program(&["pebble"])),
    test("redis-server", Sign::Program(&["redis-server"])),
    test("iproute2", Sign::Program(&["ip"])),
    test("iptables", Sign::Program(&["iptables"])),
    demo("pulseaudio", Sign::Program(&["pulseaudio"])),
    test("pipewire-pulse", Sign::Program(&["pipewire-pulse"])),
    test("wireplumber", Sign::Program(&["wireplumber"])),
    test("dbus", Sign::Program(&["dbus-daemon"])),
    test("tesseract-ocr", Sign::Program(&["tesseract"])),
    test("tesseract-ocr-eng", Sign::Package),
    test("curl", Sign::Program(&["curl"])),
    test("nginx", Sign::Program(&["nginx"])),
    test("caddy", Sign::Program(&["caddy"])),
    test(
        "chromium",
        Sign::Program(&["chromium", "google-chrome", "chrome"]),
    ),
    test("chromium-driver", Sign::Program(&["chromedriver"])),
    test("firefox-esr", Sign::Program(&["firefox-esr", "firefox"])),
    // A Wayland desktop without a screen, to share.
    test("sway", Sign::Program(&["sway"])),
    test("swaybg", Sign::Program(&["swaybg"])),
    test("pipewire", Sign::Program(&["pipewire"])),
    test("xdg-desktop-portal", Sign::Package),
    test("xdg-desktop-portal-wlr", Sign::Package),
    test("dbus-bin", Sign::Program(&["dbus-send"])),
];

/// Packages whose web servers Debian starts by default. Tests start their own.
const WEB_SERVERS: [&str; 2] = ["nginx", "caddy"];

const fn build(package: &'static str, sign: Sign) -> Need {
    Need {
        package,
        sign,
        scope: Scope::Build,
    }
}

const fn demo(package: &'static str, sign: Sign) -> Need {
    Need {
        package,
        sign,
        scope: Scope::Demo,
    }
}

const fn test(package: &'static str, sign: Sign) -> Need {
    Need {
        package,
        sign,
        scope: Scope::Everything,
    }
}

pub(super) fn install(scope: Scope) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let debian = tool::exists("apt-get") && tool::exists("dpkg-query");
    let missing: Vec<&str> = NEEDS
        .iter()
        .filter(|need| need.scope <= scope)
        .filter(|need| !is_there(need, debian))
        .map(|need| need.package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !debian {
        bail!(
            "This system lacks what Debian calls {}. Install its own packages of these, then try again.",
            missing.join(", ")
        );
    }
    let prefix = as_root(&missing)?;
    report::say(&format!("  installing {}", missing.join(", ")));
    let quiet = ["apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=300"];
    step::run("package lists", command(&prefix, &quiet).arg("update"))?;
    step::run(
        "system packages",
        command(&prefix, &quiet)
            .args(["install", "--no-install-recommends"])
            .args(&missing),
    )?;
    let started: Vec<_> = WEB_SERVERS
        .into_iter()
        .filter(|name| missing.contains(name))
        .collect();
    if !started.is_empty() && Path::new("/run/systemd/system").is_dir() {
        let mut stop = command(&prefix, &["systemctl"]);
        stop.args(["disable", "--now"]).args(&started);
        step::run("web servers: stopped", &mut stop)?;
    }
    Ok(())
}

fn is_there(need: &Need, debian: bool) -> bool {
    match need.sign {
        Sign::Program(names) => names.iter().any(|name| tool::exists(name)),
        Sign::Headers(library) => succeeds(Command::new("pkg-config").args(["--exists", library])),
        Sign::Package => !debian || is_installed(need.package),
    }
}

fn is_installed(package: &str) -> bool {
    step::capture(Command::new("dpkg-query").args(["--show", "--showformat=${Status}", package]))
        .is_ok_and(|finished| finished.output.starts_with("install ok installed"))
}

/// The prefix of a command that only root may run: none, or sudo if it asks for no password.
fn as_root(missing: &[&str]) -> Result<Vec<&'static str>> {
    let root = step::capture(Command::new("id").arg("-u"))
        .is_ok_and(|finished| finished.output.trim() == "0");
    if root {
        return Ok(vec![]);
    }
    // A password prompt needs the terminal, which quiet steps do not have, so it is asked for here.
    if tool::exists("sudo") && step::foreground(Command::new("sudo").arg("--validate")).is_ok() {
        return Ok(vec!["sudo", "--preserve-env=DEBIAN_FRONTEND"]);
    }
    bail!(
        "Packages are missing and only root may install them. As root: apt-get install --no-install-recommends {}",
        missing.join(" ")
    )
}

fn command(prefix: &[&str], rest: &[&str]) -> Command {
    let mut words = prefix.iter().chain(rest);
    let mut command = Command::new(words.next().copied().unwrap_or("apt-get"));
    command.args(words).env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn succeeds(command: &mut Command) -> bool {
    step::capture(command).is_ok_and(|finished| finished.success)
}
