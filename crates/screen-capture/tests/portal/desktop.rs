//! A Wayland desktop without a screen: sway with the portal of wlroots, PipeWire and a message bus,
//! in a folder of its own.
//!
//! Invariant: all of it ends with the test, also when the test is killed. The bus starts nothing by
//! itself.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "a test fails at once on anything unexpected and waits with a limit; two crates use it"
)]

#[path = "screencopy_proxy.rs"]
mod screencopy_proxy;

use std::{
    env, fmt, fs,
    fs::File,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

/// This shell leads the program's process group. It waits for the end of its input, which comes
/// when the test drops the process or ends, and then kills the whole group.
const LEADER: &str = r#""$@" & cat >/dev/null; kill -KILL 0"#;
/// Longer than a slow computer needs.
const TIMEOUT: Duration = Duration::from_secs(40);
const POLL: Duration = Duration::from_millis(20);

/// The Wayland socket of the portal's part for wlroots.
const FOR_PORTAL: &str = "wayland-portal";
/// In the order in which they need each other, with their names on the bus.
const PORTALS: [(&str, Option<Part>, &str, &str); 3] = [
    (
        "permissions",
        None,
        "/usr/libexec/xdg-permission-store",
        "org.freedesktop.impl.portal.PermissionStore",
    ),
    (
        "wlr",
        Some(Part::PortalOfWlroots),
        "/usr/libexec/xdg-desktop-portal-wlr",
        "org.freedesktop.impl.portal.desktop.wlr",
    ),
    (
        "portal",
        Some(Part::Portal),
        "/usr/libexec/xdg-desktop-portal",
        "org.freedesktop.portal.Desktop",
    ),
];
/// Nobody is asked: the only output is shared.
const PORTAL_CONFIGURATION: &str =
    "[screencast]\nchooser_type=none\noutput_name=HEADLESS-1\nmax_fps=30\n";

pub struct Desktop {
    folder: PathBuf,
    bus: String,
    programs: Mutex<Vec<Program>>,
}

/// Parts of the desktop that a test ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Portal,
    PortalOfWlroots,
    PipeWire,
}

/// Kills its process group when it is dropped.
struct Program {
    leader: Child,
    part: Option<Part>,
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.leader.stdin.take());
        self.leader.wait().ok();
    }
}

impl Desktop {
    /// `folder` is empty, and its path short: it has the sockets. The output has this size.
    pub fn start(folder: &Path, size: &str) -> Self {
        let desktop = Self {
            folder: folder.to_owned(),
            bus: format!("unix:path={}", folder.join("bus").display()),
            programs: Mutex::default(),
        };
        let configuration = folder.join("xdg-desktop-portal-wlr");
        fs::create_dir(&configuration).unwrap();
        fs::write(configuration.join("config"), PORTAL_CONFIGURATION).unwrap();
        let sway = format!("output HEADLESS-1 mode {size}\ndefault_border none\n");
        fs::write(folder.join("sway.conf"), sway).unwrap();
        let has = |name: &str| folder.join(name).exists();

        desktop.run("sway", None, &mut desktop.sway());
        desktop.wait_for("sway", || desktop.ipc_socket().is_some());
        screencopy_proxy::serve(&folder.join(FOR_PORTAL), &desktop.wayland_socket());
        let mut bus = Command::new("dbus-daemon");
        bus.args(["--session", "--nofork"]);
        bus.arg(format!("--address={}", desktop.bus));
        // Without files of services.
        bus.env("XDG_DATA_DIRS", folder.join("none"));
        desktop.run("bus", None, &mut bus);
        desktop.wait_for("the message bus", || has("bus"));
        let pipewire = Some(Part::PipeWire);
        desktop.run("pipewire", pipewire, &mut Command::new("pipewire"));
        desktop.wait_for("PipeWire", || has("pipewire-0"));
        desktop.run("wireplumber", None, &mut Command::new("wireplumber"));
        for (name, part, file, on_bus) in PORTALS {
            let mut program = Command::new(file);
            if part == Some(Part::PortalOfWlroots) {
                program.env("WAYLAND_DISPLAY", FOR_PORTAL);
            }
            desktop.run(name, part, &mut program);
            desktop.wait_for(on_bus, || desktop.has_name(on_bus));
        }
        desktop
    }

    /// The address of the message bus.
    pub fn bus(&self) -> &str {
        &self.bus
    }

    /// For programs on this desktop.
    pub fn variables(&self) -> Vec<(String, String)> {
        let pairs = [
            ("XDG_RUNTIME_DIR", self.folder.display().to_string()),
            ("XDG_CONFIG_HOME", self.folder.display().to_string()),
            ("XDG_DATA_HOME", self.folder.display().to_string()),
            ("XDG_STATE_HOME", self.folder.display().to_string()),
            ("XDG_CACHE_HOME", self.folder.display().to_string()),
            ("XDG_CURRENT_DESKTOP", "sway".to_owned()),
            ("DBUS_SESSION_BUS_ADDRESS", self.bus.clone()),
            ("WAYLAND_DISPLAY", "wayland-1".to_owned()),
        ];
        let pairs = pairs.into_iter();
        pairs
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    pub fn wayland_socket(&self) -> PathBuf {
        self.folder.join("wayland-1")
    }

    /// Tells sway a command.
    pub fn tell(&self, command: &str) {
        let socket = self.ipc_socket().expect("sway has ended");
        let mut swaymsg = Command::new("swaymsg");
        let told = swaymsg.arg("-s").arg(socket).arg(command).output().unwrap();
        let said = String::from_utf8_lossy(&told.stdout);
        assert!(told.status.success(), "{command}: {said}");
    }

    /// The whole output has this picture: its path is that of a file that can be read.
    pub fn show_picture(&self, path: &Path) {
        self.tell(&format!("output HEADLESS-1 bg {} stretch", path.display()));
    }

    /// `colour` is as in `#00ff00`.
    pub fn show_colour(&self, colour: &str) {
        self.tell(&format!("output HEADLESS-1 bg {colour} solid_color"));
    }

    /// Ends it at once, as a crash does.
    pub fn end(&self, part: Part) {
        let mut programs = self.programs.lock().unwrap();
        programs.retain(|program| program.part != Some(part));
    }

    /// sway refuses to run for root, so root gets another id in a namespace of its own.
    fn sway(&self) -> Command {
        let mut sway = if is_root() {
            let mut unshare = Command::new("unshare");
            unshare.args(["--user", "--map-user=1000", "--map-group=1000", "sway"]);
            unshare
        } else {
            Command::new("sway")
        };
        sway.arg("--config").arg(self.folder.join("sway.conf"));
        sway.env("WLR_BACKENDS", "headless");
        sway.env("WLR_LIBINPUT_NO_DEVICES", "1");
        sway.env("WLR_RENDERER", "pixman");
        sway
    }

    fn run(&self, name: &str, part: Option<Part>, program: &mut Command) {
        let log = File::create(self.folder.join(format!("{name}.log"))).unwrap();
        let mut leader = Command::new("sh");
        leader.args(["-c", LEADER, "sh"]).arg(program.get_program());
        leader.args(program.get_args());
        leader.env_remove("DISPLAY").env_remove("WAYLAND_SOCKET");
        for (name, value) in self.variables() {
            leader.env(name, value);
        }
        if name == "sway" {
            leader.env_remove("WAYLAND_DISPLAY");
        }
        for (name, value) in program.get_envs() {
            leader.env(name, value.unwrap_or_default());
        }
        leader.stdin(Stdio::piped());
        leader.stdout(log.try_clone().unwrap()).stderr(log);
        leader.process_group(0);
        let leader = leader.spawn().unwrap();
        let mut programs = self.programs.lock().unwrap();
        programs.push(Program { leader, part });
    }

    fn wait_for(&self, what: &str, is_there: impl Fn() -> bool) {
        let start = Instant::now();
        while !is_there() {
            assert!(
                start.elapsed() < TIMEOUT,
                "{what} does not start: {}",
                self.logs()
            );
            thread::sleep(POLL);
        }
    }

    fn has_name(&self, name: &str) -> bool {
        let mut ask = Command::new("dbus-send");
        ask.arg(format!("--bus={}", self.bus));
        ask.args(["--print-reply", "--dest=org.freedesktop.DBus", "/"]);
        ask.arg("org.freedesktop.DBus.NameHasOwner");
        ask.arg(format!("string:{name}"));
        let answer = ask.output().unwrap();
        String::from_utf8_lossy(&answer.stdout).contains("boolean true")
    }

    fn ipc_socket(&self) -> Option<PathBuf> {
        let files = fs::read_dir(&self.folder).unwrap();
        let mut paths = files.map(|file| file.unwrap().path());
        paths.find(|path| path.to_string_lossy().contains("/sway-ipc."))
    }

    fn logs(&self) -> String {
        let files = fs::read_dir(&self.folder).unwrap();
        let paths = files.map(|file| file.unwrap().path());
        let logs = paths.filter(|path| path.extension().is_some_and(|end| end == "log"));
        let logs = logs.map(|path| {
            let text = fs::read_to_string(&path).unwrap_or_default();
            let from = text.len().saturating_sub(2000);
            format!(
                "\n{}: {}",
                path.display(),
                text.get(from..).unwrap_or(&text)
            )
        });
        logs.collect()
    }
}

impl fmt::Debug for Desktop {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut desktop = formatter.debug_struct("Desktop");
        desktop
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.starts_with(b"0\n") && env::consts::OS == "linux"
}
