//! The app where no window can open: a sentence says what is missing, without a backtrace.

use std::process::Command;

use anyhow::{Result, ensure};
use e2e::programs;

/// Values of the variables that name a display, and the sentence for them.
const CASES: [([Option<&str>; 2], &str); 5] = [
    ([None, None], "neither DISPLAY nor WAYLAND_DISPLAY is set"),
    (
        [Some(""), None],
        "neither DISPLAY nor WAYLAND_DISPLAY is set",
    ),
    ([Some(":4711"), None], "DISPLAY=:4711"),
    ([Some("nonsense"), None], "DISPLAY=nonsense"),
    (
        [Some(":4711"), Some("wayland-4711")],
        "WAYLAND_DISPLAY=wayland-4711",
    ),
];

#[test]
fn snug_without_a_display_says_so_in_a_sentence() -> Result<()> {
    let folder = tempfile::tempdir()?;
    for (values, expect) in CASES {
        let mut app = Command::new("timeout");
        app.arg("60").arg(programs::ours("snug")?);
        app.arg("--data-dir").arg(folder.path());
        // Without a variable, a desktop's own Wayland socket would be found there.
        app.env("XDG_RUNTIME_DIR", folder.path());
        app.env("DBUS_SESSION_BUS_ADDRESS", "disabled:");
        app.env("RUST_BACKTRACE", "1");
        for (name, value) in ["DISPLAY", "WAYLAND_DISPLAY"].into_iter().zip(values) {
            match value {
                Some(value) => app.env(name, value),
                None => app.env_remove(name),
            };
        }
        let output = app.output()?;
        let said = String::from_utf8(output.stderr)?;
        let sentences: Vec<_> = said.lines().filter(|line| !line.is_empty()).collect();
        ensure!(
            matches!(sentences[..], [one] if one.starts_with("error: ") && one.contains(expect)),
            "{values:?}: {said}"
        );
        ensure!(
            output.status.code() == Some(1),
            "{values:?}: {}",
            output.status
        );
    }
    Ok(())
}
