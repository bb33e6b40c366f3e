//! Small pictures of screens and windows, for a person who chooses one of them.
//!
//! Invariant: a window stays redirected once its picture was taken, so that a later one is whole also
//! where other windows cover it. All ends with the connection.

use std::collections::BTreeSet;

use x11rb::errors::ReplyError;

use super::{display::Display, surface::Surface};
use crate::{
    error::CaptureError,
    image::PIXEL_BYTES,
    rows::Rows,
    source::SourceId,
    thumbnail::{Scaler, Thumbnail},
};

/// A source is read in parts of this size, unless one row is more.
const MAX_READ_BYTES: usize = 4 << 20;

/// A connection to an X11 display for thumbnails.
#[derive(Debug)]
pub struct Thumbnailer {
    display: Display,
    redirected: BTreeSet<SourceId>,
}

impl Thumbnailer {
    /// `display` is as in `DISPLAY`, which `None` reads.
    ///
    /// # Errors
    /// When the display cannot be captured.
    pub fn open(display: Option<&str>) -> Result<Self, CaptureError> {
        Ok(Self {
            display: Display::open(display)?,
            redirected: BTreeSet::new(),
        })
    }

    /// The source as it is now, at most this wide and high; `None` if it shows nothing.
    ///
    /// # Errors
    /// [`CaptureError::Gone`] when the source is gone; others when the display is.
    pub fn take(
        &mut self,
        source: SourceId,
        max: (u16, u16),
    ) -> Result<Option<Thumbnail>, CaptureError> {
        match self.try_take(source, max) {
            // It was closed, hidden or resized meanwhile.
            Err(CaptureError::Refused(ReplyError::X11Error(_))) => Ok(None),
            other => other,
        }
    }

    fn try_take(
        &mut self,
        source: SourceId,
        max: (u16, u16),
    ) -> Result<Option<Thumbnail>, CaptureError> {
        if !self.redirected.contains(&source) {
            self.display.redirect(source)?;
            self.redirected.insert(source);
        }
        let Some(surface) = self.display.surface(source)? else {
            return Ok(None);
        };
        let taken = self.scale(surface, max);
        self.display.free(surface)?;
        taken.map(Some)
    }

    fn scale(&self, surface: Surface, max: (u16, u16)) -> Result<Thumbnail, CaptureError> {
        let Surface { width, height, .. } = surface;
        let mut scaler = Scaler::new((width, height), max);
        let row_bytes = usize::from(width) * PIXEL_BYTES;
        let step = u16::try_from((MAX_READ_BYTES / row_bytes).max(1)).unwrap_or(u16::MAX);
        for top in (0..height).step_by(usize::from(step)) {
            let Some(rows) = Rows::new(top..height.min(top.saturating_add(step))) else {
                break;
            };
            scaler.add(&self.display.read(surface, rows)?);
        }
        Ok(scaler.finish())
    }
}
