//! Scrolling text that covers a screen, with a clock in its corner, so that its age is known.

use std::{
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread,
    time::Duration,
};

use anyhow::Result;
use x11rb::{
    connection::Connection,
    protocol::xproto::{ChangeGCAux, ConnectionExt, CreateGCAux, Gcontext, Pixmap, Rectangle},
    wrapper::ConnectionExt as _,
};

use super::{Picture, PlainWindow};
use crate::wait;

/// Bits of the clock, which counts milliseconds. The lowest one is the first field, white for one.
pub const CLOCK_FIELDS: u16 = 16;
const FIELD_SIZE: u16 = 32;
/// Of the screen's width and height that the clock covers.
pub const CLOCK_SHARE: (f64, f64) = (
    (CLOCK_FIELDS * FIELD_SIZE) as f64 / 1920.0,
    FIELD_SIZE as f64 / 1080.0,
);
const INTERVAL: Duration = Duration::from_millis(33);
/// Pixels of each change.
const STEP: u16 = 2;
const BLACK: u32 = 0;
const WHITE: u32 = 0x00ff_ffff;

/// A running one. Dropping it ends it.
#[derive(Debug)]
pub struct Scroll {
    _end: Sender<()>,
}

struct Drawing {
    window: PlainWindow,
    /// The picture.
    page: Pixmap,
    pen: Gcontext,
    picture: (u16, u16),
    size: (u16, u16),
}

impl Scroll {
    /// The window is of this size.
    pub(super) fn begin(window: PlainWindow, picture: &Picture, size: (u16, u16)) -> Result<Self> {
        let page = window.load(picture)?;
        let pen = window.connection.generate_id()?;
        let opaque = CreateGCAux::new().graphics_exposures(0);
        window.connection.create_gc(pen, window.window, &opaque)?;
        let drawing = Drawing {
            window,
            page,
            pen,
            picture: (picture.width, picture.height),
            size,
        };
        drawing.draw(0)?;
        let (end, ended) = mpsc::channel();
        thread::spawn(move || {
            let mut offset = 0;
            while ended.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
                offset = (offset + STEP) % drawing.picture.1;
                if drawing.draw(offset).is_err() {
                    return;
                }
            }
        });
        Ok(Self { _end: end })
    }
}

impl Drawing {
    fn draw(&self, offset: u16) -> Result<()> {
        let Self {
            window,
            page,
            pen,
            picture: (width, height),
            size: (all_width, all_height),
        } = self;
        let PlainWindow { connection, window } = window;
        for left in (0..*all_width).step_by(usize::from(*width)) {
            for top in (0..all_height + height).step_by(usize::from(*height)) {
                let (x, y) = (
                    i16::try_from(left)?,
                    i16::try_from(top)? - i16::try_from(offset)?,
                );
                connection.copy_area(*page, *window, *pen, 0, 0, x, y, *width, *height)?;
            }
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the lowest bits of milliseconds"
        )]
        let clock = wait::clock() as u64;
        for field in 0..CLOCK_FIELDS {
            let colour = if clock >> field & 1 == 1 {
                WHITE
            } else {
                BLACK
            };
            connection.change_gc(*pen, &ChangeGCAux::new().foreground(colour))?;
            let rectangle = Rectangle {
                x: i16::try_from(field * FIELD_SIZE)?,
                y: 0,
                width: FIELD_SIZE,
                height: FIELD_SIZE,
            };
            connection.poly_fill_rectangle(*window, *pen, &[rectangle])?;
        }
        connection.sync()?;
        Ok(())
    }
}
