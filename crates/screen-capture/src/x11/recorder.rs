//! Records one source: follows its size, reads what was damaged, and draws the pointer.
//!
//! Invariant: damage is taken before the pixels are read, so a change is never missed. A request
//! that fails since the source has changed meanwhile is repeated with the next frame.

use std::time::{Duration, Instant};

use x11rb::{
    NONE,
    connection::Connection,
    errors::ReplyError,
    protocol::{
        Event,
        damage::{ConnectionExt as _, Damage, ReportLevel},
        randr::{ConnectionExt as _, NotifyMask},
        xfixes::{ConnectionExt as _, CursorNotifyMask, Region},
        xproto::{
            ChangeWindowAttributesAux, ConnectionExt as _, EventMask, QueryPointerReply, Window,
        },
    },
};

use super::{display::Display, surface::Surface};
use crate::{
    error::CaptureError,
    i420::{self, Frame},
    image::Image,
    pointer::{Pointer, Shape},
    rows::Rows,
    source::SourceId,
};

/// A screen is off for a moment while its resolution changes.
const MAX_SCREEN_ABSENCE: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub(crate) struct Recorder {
    display: Display,
    source: SourceId,
    /// The window whose damage and pointer count: the root for a screen.
    window: Window,
    damage: Damage,
    region: Region,
    /// `None` while the source is not shown.
    surface: Option<Surface>,
    absent_since: Option<Instant>,
    image: Image,
    pointer: Option<Pointer>,
    shape: Option<Shape>,
    outdated: Outdated,
}

/// What has to be read again.
#[derive(Debug)]
struct Outdated {
    surface: bool,
    pixels: Pixels,
    shape: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pixels {
    UpToDate,
    Damaged,
    /// The next frame has all rows.
    All,
}

impl Recorder {
    pub(crate) fn open(display: Option<&str>, source: SourceId) -> Result<Self, CaptureError> {
        let display = Display::open(display)?;
        let window = match source {
            SourceId::Screen(_) => display.root,
            SourceId::Window(window) => window,
        };
        let damage = display.connection.generate_id()?;
        let region = display.connection.generate_id()?;
        let recorder = Self {
            display,
            source,
            window,
            damage,
            region,
            surface: None,
            absent_since: None,
            image: Image::new(0, 0),
            pointer: None,
            shape: None,
            outdated: Outdated {
                surface: true,
                pixels: Pixels::All,
                shape: true,
            },
        };
        recorder.subscribe()?;
        if matches!(source, SourceId::Screen(_)) && recorder.display.surface(source)?.is_none() {
            return Err(CaptureError::Gone);
        }
        Ok(recorder)
    }

    /// `None` if nothing has changed.
    ///
    /// # Errors
    /// [`CaptureError::Gone`] when the source is gone.
    pub(crate) fn next_frame(&mut self, now: Instant) -> Result<Option<Frame>, CaptureError> {
        match self.try_next_frame(now) {
            Err(CaptureError::Refused(ReplyError::X11Error(error))) => {
                tracing::debug!(?error, "the source has changed meanwhile");
                self.outdated.surface = true;
                self.outdated.pixels = Pixels::All;
                // What was read of it was not sent: the next frame differs in all rows.
                self.image = Image::new(0, 0);
                Ok(None)
            }
            other => other,
        }
    }

    fn subscribe(&self) -> Result<(), CaptureError> {
        let connection = &self.display.connection;
        let events = ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY);
        let known = connection.change_window_attributes(self.window, &events)?;
        known.check().map_err(|_| CaptureError::Gone)?;
        self.display.redirect(self.source)?;
        connection
            .randr_select_input(self.display.root, NotifyMask::SCREEN_CHANGE)?
            .check()?;
        connection
            .xfixes_select_cursor_input(self.display.root, CursorNotifyMask::DISPLAY_CURSOR)?
            .check()?;
        connection.xfixes_create_region(self.region, &[])?.check()?;
        let damaged = connection.damage_create(self.damage, self.window, ReportLevel::NON_EMPTY)?;
        damaged.check().map_err(|_| CaptureError::Gone)?;
        Ok(())
    }

    fn try_next_frame(&mut self, now: Instant) -> Result<Option<Frame>, CaptureError> {
        self.handle_events()?;
        if self.outdated.surface {
            self.update_surface()?;
        }
        let Some(surface) = self.surface else {
            self.check_absence(now)?;
            return Ok(None);
        };
        self.absent_since = None;
        let changed = self.update_pixels(surface)?;
        let pointed = self.update_pointer(surface)?;
        Ok(Rows::union(changed, pointed)
            .and_then(|rows| i420::frame(&self.image, rows, self.pointer.as_ref())))
    }

    /// A minimised window may stay so; a screen that stays away was unplugged.
    fn check_absence(&mut self, now: Instant) -> Result<(), CaptureError> {
        let since = *self.absent_since.get_or_insert(now);
        let is_long = now.saturating_duration_since(since) > MAX_SCREEN_ABSENCE;
        match self.source {
            SourceId::Screen(_) if is_long => Err(CaptureError::Gone),
            SourceId::Screen(_) | SourceId::Window(_) => Ok(()),
        }
    }

    fn handle_events(&mut self) -> Result<(), CaptureError> {
        while let Some(event) = self.display.connection.poll_for_event()? {
            if let Event::DestroyNotify(event) = &event
                && event.window == self.window
            {
                return Err(CaptureError::Gone);
            }
            self.handle_event(&event);
        }
        Ok(())
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the events are those of another crate, and others change nothing"
    )]
    fn handle_event(&mut self, event: &Event) {
        match event {
            Event::DamageNotify(_) if self.outdated.pixels == Pixels::UpToDate => {
                self.outdated.pixels = Pixels::Damaged;
            }
            Event::XfixesCursorNotify(_) => self.outdated.shape = true,
            // A window that only moves keeps its pixmap.
            Event::ConfigureNotify(event) => {
                let size = self.surface.map(|surface| (surface.width, surface.height));
                let is_screen = self.window == self.display.root;
                if is_screen || size != Some((event.width, event.height)) {
                    self.outdated.surface = true;
                }
            }
            Event::MapNotify(_)
            | Event::UnmapNotify(_)
            | Event::ReparentNotify(_)
            | Event::RandrScreenChangeNotify(_) => self.outdated.surface = true,
            _ => (),
        }
    }

    fn update_surface(&mut self) -> Result<(), CaptureError> {
        let surface = self.display.surface(self.source)?;
        if let Some(old) = self.surface.take() {
            self.display.free(old)?;
        }
        self.surface = surface;
        self.outdated.surface = false;
        self.outdated.pixels = Pixels::All;
        Ok(())
    }

    fn update_pixels(&mut self, surface: Surface) -> Result<Option<Rows>, CaptureError> {
        let Surface { width, height, .. } = surface;
        let rows = match self.outdated.pixels {
            Pixels::UpToDate => None,
            Pixels::Damaged => self.take_damage(surface)?,
            Pixels::All => {
                self.take_damage(surface)?;
                Rows::new(0..height)
            }
        };
        let Some(rows) = rows else {
            self.outdated.pixels = Pixels::UpToDate;
            return Ok(None);
        };
        let bytes = self.display.read(surface, rows)?;
        let is_other_size = (self.image.width(), self.image.height()) != (width, height);
        if is_other_size {
            self.image = Image::new(width, height);
        }
        let changed = self.image.update(rows, &bytes);
        self.outdated.pixels = Pixels::UpToDate;
        // A black picture of another size differs nowhere from the new image.
        Ok(if is_other_size { Some(rows) } else { changed })
    }

    fn take_damage(&self, surface: Surface) -> Result<Option<Rows>, CaptureError> {
        let connection = &self.display.connection;
        connection.damage_subtract(self.damage, NONE, self.region)?;
        let damaged = connection.xfixes_fetch_region(self.region)?.reply()?;
        let extents = damaged.extents;
        Ok(self.display.rows_of(surface, extents.y, extents.height))
    }

    /// Returns the rows where the pointer was or is, if it has changed.
    fn update_pointer(&mut self, surface: Surface) -> Result<Option<Rows>, CaptureError> {
        let pointer = self.pointer_above(surface)?;
        if pointer == self.pointer {
            return Ok(None);
        }
        let rows = |pointer: &Option<Pointer>| {
            let pointer = pointer.as_ref();
            pointer.and_then(|pointer| pointer.rows(surface.height))
        };
        let changed = Rows::union(rows(&self.pointer), rows(&pointer));
        self.pointer = pointer;
        Ok(changed)
    }

    fn pointer_above(&mut self, surface: Surface) -> Result<Option<Pointer>, CaptureError> {
        let at = self
            .display
            .connection
            .query_pointer(self.window)?
            .reply()?;
        if self.outdated.shape || self.shape.is_none() {
            self.shape = Some(self.read_shape()?);
            self.outdated.shape = false;
        }
        let (left, top) = self.display.origin(surface);
        let x = i32::from(at.win_x) - i32::from(left);
        let y = i32::from(at.win_y) - i32::from(top);
        let is_inside = (0..i32::from(surface.width)).contains(&x)
            && (0..i32::from(surface.height)).contains(&y);
        if !is_inside || !self.is_topmost(&at)? {
            return Ok(None);
        }
        let shape = self.shape.clone();
        Ok(shape.map(|shape| Pointer { shape, x, y }))
    }

    /// Whether the pointer is above the captured window and not above one that covers it.
    fn is_topmost(&self, at: &QueryPointerReply) -> Result<bool, CaptureError> {
        if self.window == self.display.root {
            return Ok(at.same_screen);
        }
        let connection = &self.display.connection;
        let root = self.display.root;
        let topmost = connection.query_pointer(root)?.reply()?.child;
        // The window manager may have put the window into frames of its own.
        let mut above = self.window;
        loop {
            if above == topmost {
                return Ok(true);
            }
            let parent = connection.query_tree(above)?.reply()?.parent;
            if parent == root || parent == NONE {
                return Ok(false);
            }
            above = parent;
        }
    }

    fn read_shape(&self) -> Result<Shape, CaptureError> {
        let cursor = self.display.connection.xfixes_get_cursor_image()?.reply()?;
        Ok(Shape {
            width: cursor.width,
            height: cursor.height,
            hot_x: cursor.xhot,
            hot_y: cursor.yhot,
            pixels: cursor.cursor_image,
        })
    }
}
