//! Where the pixels of a source are now: a part of the root window, or the pixmap of a window.
//!
//! Invariant: a window is redirected while it is captured, so its pixmap is whole also where other
//! windows cover it. A pixmap has one size; each size of the window has its own.

use x11rb::{
    connection::Connection,
    protocol::{
        composite::{ConnectionExt as _, Redirect},
        randr::ConnectionExt as _,
        xproto::{ConnectionExt as _, Drawable, ImageFormat, MapState, Pixmap, Window},
    },
};

use super::display::Display;
use crate::{error::CaptureError, rows::Rows, source::SourceId};

const ALL_PLANES: u32 = u32::MAX;
/// Of windows whose pixels are four bytes, with or without transparency.
const DEPTHS: [u8; 2] = [24, 32];
/// The largest side of a window, as its place is a number of 16 bits.
const MAX_SIDE: u16 = i16::MAX.unsigned_abs();

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Surface {
    drawable: Drawable,
    /// Of the first pixel in the drawable.
    x: i16,
    y: i16,
    pub(super) width: u16,
    pub(super) height: u16,
}

impl Surface {
    fn has_pixels(&self) -> bool {
        let sides = 1..=MAX_SIDE;
        sides.contains(&self.width) && sides.contains(&self.height)
    }
}

impl Display {
    /// Makes the pixels of a window available. Call it once, before [`Display::surface`].
    pub(super) fn redirect(&self, source: SourceId) -> Result<(), CaptureError> {
        if let SourceId::Window(window) = source {
            let redirected = self
                .connection
                .composite_redirect_window(window, Redirect::AUTOMATIC)?;
            redirected.check().map_err(|_| CaptureError::Gone)?;
        }
        Ok(())
    }

    /// `None` while the window is not shown, or there is no such screen.
    pub(super) fn surface(&self, source: SourceId) -> Result<Option<Surface>, CaptureError> {
        match source {
            SourceId::Screen(name) => {
                let monitors = self.connection.randr_get_monitors(self.root, true)?;
                let monitors = monitors.reply()?.monitors;
                let monitor = monitors.into_iter().find(|monitor| monitor.name == name);
                let surface = monitor.map(|monitor| Surface {
                    drawable: self.root,
                    x: monitor.x,
                    y: monitor.y,
                    width: monitor.width,
                    height: monitor.height,
                });
                Ok(surface.filter(Surface::has_pixels))
            }
            SourceId::Window(window) => self.window_surface(window),
        }
    }

    fn window_surface(&self, window: Window) -> Result<Option<Surface>, CaptureError> {
        let attributes = self.connection.get_window_attributes(window)?.reply();
        let attributes = attributes.map_err(|_| CaptureError::Gone)?;
        if attributes.map_state != MapState::VIEWABLE {
            return Ok(None);
        }
        let geometry = self.connection.get_geometry(window)?.reply();
        let geometry = geometry.map_err(|_| CaptureError::Gone)?;
        if !DEPTHS.contains(&geometry.depth) {
            return Err(CaptureError::PixelFormat);
        }
        let pixmap: Pixmap = self.connection.generate_id()?;
        let named = self
            .connection
            .composite_name_window_pixmap(window, pixmap)?;
        if named.check().is_err() {
            // It was hidden meanwhile.
            return Ok(None);
        }
        // The pixmap has the window's border too.
        let border = i16::try_from(geometry.border_width).unwrap_or(0);
        let surface = Surface {
            drawable: pixmap,
            x: border,
            y: border,
            width: geometry.width,
            height: geometry.height,
        };
        if !surface.has_pixels() {
            self.free(surface)?;
            return Ok(None);
        }
        Ok(Some(surface))
    }

    pub(super) fn free(&self, surface: Surface) -> Result<(), CaptureError> {
        if surface.drawable != self.root {
            self.connection.free_pixmap(surface.drawable)?;
        }
        Ok(())
    }

    /// Four bytes per pixel. An X11 error means that the surface is not up to date.
    pub(super) fn read(&self, surface: Surface, rows: Rows) -> Result<Vec<u8>, CaptureError> {
        let range = rows.range();
        let top = surface.y.saturating_add_unsigned(range.start);
        let image = self.connection.get_image(
            ImageFormat::Z_PIXMAP,
            surface.drawable,
            surface.x,
            top,
            surface.width,
            range.end - range.start,
            ALL_PLANES,
        )?;
        Ok(image.reply()?.data)
    }

    /// The rows of the surface among those of the source's window.
    pub(super) fn rows_of(&self, surface: Surface, top: i16, height: u16) -> Option<Rows> {
        let above = if surface.drawable == self.root {
            surface.y
        } else {
            0
        };
        let top = i32::from(top) - i32::from(above);
        Rows::clipped(top, top + i32::from(height), surface.height)
    }

    /// The origin of the surface in its window.
    pub(super) fn origin(&self, surface: Surface) -> (i16, i16) {
        if surface.drawable == self.root {
            (surface.x, surface.y)
        } else {
            (0, 0)
        }
    }
}
