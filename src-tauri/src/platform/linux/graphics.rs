//! Whether a graphics processor composes the page.
//!
//! Without one, Mesa composes in software, every layer of every frame: in a call on two cores that
//! took three quarters of the page's processor time. Painting without layers is far cheaper there.

use std::{
    fs::{self, OpenOptions},
    path::Path,
};

/// Where the kernel lists graphics devices.
const DEVICES: &str = "/dev/dri";
/// Devices that draw without owning a screen are called so (drm-uapi, “render nodes”).
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

    /// Files and folders (with a slash at the end) among the devices.
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
    fn a_render_node_that_can_be_opened_is_a_graphics_processor() {
        check(&["by-path/", "card0", "renderD128"], Graphics::Hardware);
        check(&["by-path/", "card0"], Graphics::Software);
        // Nobody can write to a folder, nor to a device without the right to it.
        check(&["card0", "renderD128/"], Graphics::Software);
        check(&[], Graphics::Software);
    }

    #[test]
    fn a_computer_without_graphics_devices_draws_in_software() {
        let nowhere = Path::new("/nowhere/dri");
        assert_eq!(graphics_in(nowhere), Graphics::Software);
    }
}
