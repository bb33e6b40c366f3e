//! The display that the window opens on. The toolkit reports only a failure. The variables that
//! name a display show the cause.

use std::env;

const X11: &str = "DISPLAY";
const WAYLAND: &str = "WAYLAND_DISPLAY";
/// Restricts the toolkit to one of the two.
const BACKEND: &str = "GDK_BACKEND";

/// Opens the display for windows.
///
/// # Errors
/// No display can be opened. The sentence says what is missing and what to do.
pub(crate) fn open_display() -> Result<(), String> {
    gtk::init().map_err(|_| {
        let named = [X11, WAYLAND, BACKEND].map(|name| Some((name, env::var(name).ok()?)));
        cannot_open(named.into_iter().flatten())
    })
}

/// `named`: the variables that are set, with their values.
fn cannot_open<'a>(named: impl Iterator<Item = (&'a str, String)>) -> String {
    let named: Vec<_> = named.filter(|(_, value)| !value.is_empty()).collect();
    if named.iter().all(|(name, _)| *name == BACKEND) {
        return format!(
            "Snug opens a window, and there is no display to open it on: neither {X11} nor {WAYLAND} is set. Start it in a desktop session; over SSH, connect by `ssh -X`."
        );
    }
    let named: Vec<_> = named
        .iter()
        .map(|(name, value)| format!("{name}={}", value.escape_debug()))
        .collect();
    format!(
        "Snug opens a window, and the display ({}) cannot be opened. Start it in a desktop session, as the user whose session it is, and without changing these variables.",
        named.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::{BACKEND, WAYLAND, X11, cannot_open};

    #[test]
    fn missing_display_differs_from_broken_display() {
        let check = |named: &[(&'static str, &str)], expect: &str| {
            let named = named
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned()));
            let said = cannot_open(named);
            assert!(said.contains(expect), "no {expect:?} in {said}");
        };
        check(&[], "neither DISPLAY nor WAYLAND_DISPLAY is set");
        check(&[(X11, ""), (WAYLAND, "")], "neither DISPLAY");
        check(&[(X11, ":99")], "the display (DISPLAY=:99) cannot");
        check(
            &[(X11, ""), (WAYLAND, "wayland-7")],
            "(WAYLAND_DISPLAY=wayland-7)",
        );
        check(
            &[(X11, ":0"), (WAYLAND, "w")],
            "(DISPLAY=:0, WAYLAND_DISPLAY=w)",
        );
        check(&[(BACKEND, "x11")], "neither DISPLAY nor WAYLAND_DISPLAY");
        check(&[(X11, ":0"), (BACKEND, "wayland")], "GDK_BACKEND=wayland)");
        check(&[(X11, ":0\r")], "(DISPLAY=:0\\r)");
    }
}
