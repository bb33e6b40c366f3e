//! Whether a graphics processor composes the page.
//!
//! Without one, Mesa composes every layer of every frame in software. In a call on two cores that
//! took three quarters of the page's processor time. Painting without layers costs far less.

use std::{
    fs::{self, OpenOptions},
    path::Path,
};

/// The kernel's list of graphics devices.
const DEVICES: &str = "/dev/dri";
/// Devices that render without a screen have this prefix (drm-uapi, “render nodes”).
const RENDER_NODE: &str = "renderD";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Graphics {
    Hardware,
    Software,
}

pub(super) fn of_this_computer() -> Graphics {
    graphics_in(Path::new(DEVICES))
}

fn graphics_in(devices: &Path) -> Graphics {
    let is_usable = fs::read_dir(devices).is_ok_and(|entries| {
        entries.flatten().any(|entry| {
            entry.file_name().to_string_lossy().starts_with(RENDER_NODE)
                && OpenOptions::new()
                    .read(true)
                    .write(true)
                    .open(entry.path())
                    .is_ok()
        })
    });
    if is_usable {
        Graphics::Hardware
    } else {
        Graphics::Software
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names in the devices' folder. A name with a slash at its end is a folder.
    fn check(devices: &[&str], expect: Graphics) {
        let folder = tempfile::tempdir().unwrap();
        for device in devices {
            let path = folder.path().join(device.trim_end_matches('/'));
            if device.ends_with('/') {
                fs::create_dir(path).unwrap();
            } else {
                fs::write(path, "").unwrap();
            }
        }
        assert_eq!(graphics_in(folder.path()), expect, "{devices:?}");
    }

    #[test]
    fn usable_render_node_is_a_graphics_processor() {
        check(&["by-path/", "card0", "renderD128"], Graphics::Hardware);
        check(&["by-path/", "card0"], Graphics::Software);
        // A folder cannot be opened for writing, and neither can a device without permission.
        check(&["card0", "renderD128/"], Graphics::Software);
        check(&[], Graphics::Software);
    }

    #[test]
    fn computer_without_graphics_devices_renders_in_software() {
        let nowhere = Path::new("/nowhere/dri");
        assert_eq!(graphics_in(nowhere), Graphics::Software);
    }
}
