//! Switches off the acceleration of 2D canvases.
//!
//! A captured canvas gives frames that belong to the graphics context of the page's thread. The
//! worker, and the encoder behind it, read them in other threads, and WebKitGTK 2.50 ends the page's
//! process for it.
//!
//! Invariant: an engine without the property is left as it is. It exists since WebKitGTK 2.46.

use webkit2gtk::{Settings, glib::object::ObjectExt};

const ACCELERATION: &str = "enable-2d-canvas-acceleration";

pub(super) fn disable_acceleration(settings: &Settings) {
    if settings.find_property(ACCELERATION).is_some() {
        settings.set_property(ACCELERATION, false);
    }
}
