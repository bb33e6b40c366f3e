//! A connection to an X11 display with the extensions that capturing needs.
//!
//! Invariant: the pixels of the root window are 24 bits in words of 32, blue in the lowest byte.

use std::env;

use x11rb::{
    connection::{Connection, RequestConnection},
    protocol::{
        composite::{self, ConnectionExt as _},
        damage::{self, ConnectionExt as _},
        randr::{self, ConnectionExt as _},
        xfixes::{self, ConnectionExt as _},
        xproto::{ImageOrder, Screen, Window},
    },
    rust_connection::RustConnection,
};

use crate::error::CaptureError;

#[derive(Debug)]
pub(super) struct Display {
    pub(super) connection: RustConnection,
    pub(super) root: Window,
}

impl Display {
    /// `None` reads `DISPLAY`.
    pub(super) fn open(name: Option<&str>) -> Result<Self, CaptureError> {
        let is_wayland = env::var_os("WAYLAND_DISPLAY").is_some_and(|value| !value.is_empty());
        if name.is_none() && is_wayland {
            return Err(CaptureError::Wayland);
        }
        let (connection, number) = RustConnection::connect(name)?;
        let screen = &connection.setup().roots[number];
        if !has_known_pixels(&connection, screen) {
            return Err(CaptureError::PixelFormat);
        }
        let root = screen.root;
        let display = Self { connection, root };
        display.require_extensions()?;
        Ok(display)
    }

    /// Each must be asked for its version before it is used.
    fn require_extensions(&self) -> Result<(), CaptureError> {
        let connection = &self.connection;
        for name in [
            composite::X11_EXTENSION_NAME,
            damage::X11_EXTENSION_NAME,
            randr::X11_EXTENSION_NAME,
            xfixes::X11_EXTENSION_NAME,
        ] {
            if connection.extension_information(name)?.is_none() {
                return Err(CaptureError::NoExtension(name));
            }
        }
        connection.composite_query_version(0, 4)?.reply()?;
        connection.damage_query_version(1, 1)?.reply()?;
        connection.xfixes_query_version(5, 0)?.reply()?;
        let randr = connection.randr_query_version(1, 5)?.reply()?;
        if (randr.major_version, randr.minor_version) < (1, 5) {
            return Err(CaptureError::NoExtension("RANDR 1.5"));
        }
        Ok(())
    }
}

fn has_known_pixels(connection: &RustConnection, screen: &Screen) -> bool {
    let setup = connection.setup();
    let bits = setup
        .pixmap_formats
        .iter()
        .find(|format| format.depth == screen.root_depth)
        .map(|format| format.bits_per_pixel);
    let visuals = screen
        .allowed_depths
        .iter()
        .flat_map(|depth| &depth.visuals);
    let red = visuals
        .filter(|visual| visual.visual_id == screen.root_visual)
        .map(|visual| visual.red_mask)
        .next();
    setup.image_byte_order == ImageOrder::LSB_FIRST && bits == Some(32) && red == Some(0xff_0000)
}
