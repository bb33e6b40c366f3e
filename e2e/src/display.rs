//! A virtual screen: Xvfb on a free display number. Its windows are closed by the request that a
//! window manager sends for a press on the cross. Another program's window can be on it too.

use std::{path::Path, process::Command};

use anyhow::{Context, Result};
use x11rb::{
    connection::Connection,
    protocol::xproto::{
        AtomEnum, ChangeWindowAttributesAux, ClientMessageEvent, ConfigureWindowAux, ConnectionExt,
        CreateGCAux, CreateWindowAux, EventMask, ImageFormat, KEY_PRESS_EVENT, KEY_RELEASE_EVENT,
        MapState, Pixmap, PropMode, Rectangle, Window, WindowClass,
    },
    protocol::xtest::ConnectionExt as _,
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

mod scroll;

use crate::{process::Process, programs};
pub use scroll::{CLOCK_FIELDS, CLOCK_SHARE, Scroll};

/// Of a screen.
pub const DEFAULT_SIZE: (u16, u16) = (1280, 800);
/// Of one request to draw.
const ROWS: usize = 16;

/// A running one.
#[derive(Debug)]
pub struct Display {
    name: String,
    _process: Process,
}

/// A window of one colour or with a picture, which another program shows. Dropping it closes the
/// window.
#[derive(Debug)]
pub struct PlainWindow {
    connection: RustConnection,
    window: Window,
}

/// Symbols of keys (keysymdef.h).
const ENTER: u32 = 0xff0d;
const SHIFT: u32 = 0xffe1;
/// Pixels with red, green, blue and an ignored byte.
#[derive(Debug, Clone)]
pub struct Picture {
    pub width: u16,
    pub height: u16,
    pub rgba: Vec<u8>,
}

/// Of the side of a pointer.
const POINTER_SIDE: u16 = 24;
/// Of every window of one colour.
pub const PLAIN_WINDOW_SIZE: (u16, u16) = (320, 200);

impl Display {
    /// Of 1280×800.
    pub async fn start(log: &Path) -> Result<Self> {
        Self::sized(log, DEFAULT_SIZE).await
    }

    pub async fn sized(log: &Path, (width, height): (u16, u16)) -> Result<Self> {
        let screen = format!("{width}x{height}x24");
        let mut program = Command::new(programs::linux("Xvfb")?);
        program.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            &screen,
            "-nolisten",
            "tcp",
        ]);
        let process = Process::start(&program, log)?;
        let number = process
            .printed("Xvfb says its display", |line| {
                line.trim().parse::<u32>().ok()
            })
            .await?;
        Ok(Self {
            name: format!(":{number}"),
            _process: process,
        })
    }

    /// The value of `DISPLAY`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Asks every window that supports it to close. Returns how many were asked.
    pub fn close_windows(&self) -> Result<usize> {
        let (screen, root) = self.connect()?;
        let atom = |name: &str| -> Result<u32> {
            Ok(screen.intern_atom(false, name.as_bytes())?.reply()?.atom)
        };
        let (protocols, delete) = (atom("WM_PROTOCOLS")?, atom("WM_DELETE_WINDOW")?);
        let mut asked = 0;
        for window in screen.query_tree(root)?.reply()?.children {
            if !understands(&screen, window, protocols, delete)? {
                continue;
            }
            let now = 0;
            let message = ClientMessageEvent::new(32, window, protocols, [delete, now, 0, 0, 0]);
            screen.send_event(false, window, EventMask::NO_EVENT, message)?;
            asked += 1;
        }
        screen.flush()?;
        Ok(asked)
    }

    /// `colour` is 0xRRGGBB.
    pub fn show_window(&self, title: &str, colour: u32) -> Result<PlainWindow> {
        let background = CreateWindowAux::new().background_pixel(colour);
        self.show(title, PLAIN_WINDOW_SIZE, &background)
    }

    /// A window of the picture's size.
    pub fn show_picture(&self, title: &str, picture: &Picture) -> Result<PlainWindow> {
        let size = (picture.width, picture.height);
        let window = self.show(title, size, &CreateWindowAux::new())?;
        window.show(picture)?;
        Ok(window)
    }

    /// Covers the screen with this picture, side by side with itself, which scrolls. A clock is in
    /// its corner.
    pub fn scroll(&self, picture: &Picture, size: (u16, u16)) -> Result<Scroll> {
        let above_all = CreateWindowAux::new().override_redirect(1);
        let window = self.show("Scrolling text", size, &above_all)?;
        Scroll::begin(window, picture, size)
    }

    /// Covers the screen with this picture, side by side with itself.
    pub fn cover(&self, picture: &Picture, size: (u16, u16)) -> Result<PlainWindow> {
        let above_all = CreateWindowAux::new().override_redirect(1);
        let window = self.show("Slide", size, &above_all)?;
        window.show(picture)?;
        Ok(window)
    }

    fn show(
        &self,
        title: &str,
        (width, height): (u16, u16),
        background: &CreateWindowAux,
    ) -> Result<PlainWindow> {
        let (connection, root) = self.connect()?;
        let window = connection.generate_id()?;
        let is_above_all = background.override_redirect.is_some();
        let (x, y) = if is_above_all { (0, 0) } else { (40, 40) };
        connection.create_window(
            x11rb::COPY_DEPTH_FROM_PARENT,
            window,
            root,
            x,
            y,
            width,
            height,
            0,
            WindowClass::INPUT_OUTPUT,
            x11rb::COPY_FROM_PARENT,
            background,
        )?;
        connection.change_property8(
            PropMode::REPLACE,
            window,
            AtomEnum::WM_NAME,
            AtomEnum::STRING,
            title.as_bytes(),
        )?;
        connection.map_window(window)?;
        connection.sync()?;
        Ok(PlainWindow { connection, window })
    }

    /// Types as on its keyboard, into what has the focus there: also into a window that belongs to
    /// the system and not to the page. Ends with Enter.
    pub fn type_line(&self, text: &str) -> Result<()> {
        let (connection, root) = self.connect()?;
        let setup = connection.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let keys = connection
            .get_keyboard_mapping(first, last - first + 1)?
            .reply()?;
        let width = usize::from(keys.keysyms_per_keycode);
        let rows: Vec<&[u32]> = keys.keysyms.chunks(width).collect();
        let key_of = |symbol: u32, level: usize| {
            let row = rows
                .iter()
                .position(|row| row.get(level) == Some(&symbol))?;
            u8::try_from(row).ok().map(|row| first + row)
        };
        let shift = key_of(SHIFT, 0).context("the keyboard has no Shift")?;
        let stroke = |kind: u8, key: u8| -> Result<()> {
            connection.xtest_fake_input(kind, key, 0, root, 0, 0, 0)?;
            Ok(connection.sync()?)
        };
        // The symbols of Latin-1 have the numbers of their letters.
        for symbol in text.chars().map(u32::from).chain([ENTER]) {
            let plain = key_of(symbol, 0);
            let key = plain.or_else(|| key_of(symbol, 1));
            let key = key.with_context(|| format!("no key has symbol {symbol:#x}"))?;
            if plain.is_none() {
                stroke(KEY_PRESS_EVENT, shift)?;
            }
            stroke(KEY_PRESS_EVENT, key)?;
            stroke(KEY_RELEASE_EVENT, key)?;
            if plain.is_none() {
                stroke(KEY_RELEASE_EVENT, shift)?;
            }
        }
        Ok(())
    }

    /// The titles of its windows that are shown.
    pub fn titles(&self) -> Result<Vec<String>> {
        let (connection, root) = self.connect()?;
        let mut titles = vec![];
        for window in connection.query_tree(root)?.reply()?.children {
            let is_shown = connection.get_window_attributes(window)?.reply()?.map_state;
            if is_shown != MapState::VIEWABLE {
                continue;
            }
            let title = connection
                .get_property(false, window, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 256)?
                .reply()?;
            titles.push(String::from_utf8_lossy(&title.value).into_owned());
        }
        Ok(titles)
    }

    fn connect(&self) -> Result<(RustConnection, Window)> {
        let (connection, screen) = RustConnection::connect(Some(&self.name))?;
        let roots = &connection.setup().roots;
        let root = roots.get(screen).context("the display has no screen")?.root;
        Ok((connection, root))
    }
}

impl PlainWindow {
    /// Shows this picture from now on.
    pub fn show(&self, picture: &Picture) -> Result<()> {
        let Self { connection, window } = self;
        let pixmap = self.load(picture)?;
        // The server draws it whenever it is needed.
        let background = ChangeWindowAttributesAux::new().background_pixmap(pixmap);
        connection.change_window_attributes(*window, &background)?;
        connection.clear_area(false, *window, 0, 0, 0, 0)?;
        connection.free_pixmap(pixmap)?;
        connection.sync()?;
        Ok(())
    }

    /// Shows this colour, 0xRRGGBB, from now on.
    pub fn fill(&self, colour: u32) -> Result<()> {
        let Self { connection, window } = self;
        let background = ChangeWindowAttributesAux::new().background_pixel(colour);
        connection.change_window_attributes(*window, &background)?;
        connection.clear_area(false, *window, 0, 0, 0, 0)?;
        connection.sync()?;
        Ok(())
    }

    /// Its upper left corner stays.
    pub fn resize(&self, (width, height): (u16, u16)) -> Result<()> {
        let size = ConfigureWindowAux::new()
            .width(u32::from(width))
            .height(u32::from(height));
        self.connection.configure_window(self.window, &size)?;
        self.connection.sync()?;
        Ok(())
    }

    /// Over this window, the pointer is a square of this colour from now on, 0xRRGGBB.
    pub fn colour_pointer(&self, colour: u32) -> Result<()> {
        let Self { connection, window } = self;
        let (shape, pen) = (connection.generate_id()?, connection.generate_id()?);
        connection.create_pixmap(1, shape, *window, POINTER_SIDE, POINTER_SIDE)?;
        connection.create_gc(pen, shape, &CreateGCAux::new().foreground(1))?;
        let square = Rectangle {
            x: 0,
            y: 0,
            width: POINTER_SIDE,
            height: POINTER_SIDE,
        };
        connection.poly_fill_rectangle(shape, pen, &[square])?;
        let [_, red, green, blue] = colour.to_be_bytes().map(|value| u16::from(value) * 0x101);
        let (pointer, middle) = (connection.generate_id()?, POINTER_SIDE / 2);
        let (back_red, back_green, back_blue) = (0, 0, 0);
        connection.create_cursor(
            pointer, shape, shape, red, green, blue, back_red, back_green, back_blue, middle,
            middle,
        )?;
        let cursor = ChangeWindowAttributesAux::new().cursor(pointer);
        connection.change_window_attributes(*window, &cursor)?;
        connection.free_cursor(pointer)?;
        connection.free_gc(pen)?;
        connection.free_pixmap(shape)?;
        connection.sync()?;
        Ok(())
    }

    /// Moves the screen's pointer to this pixel of the window, or beside it.
    pub fn move_pointer(&self, (x, y): (i16, i16)) -> Result<()> {
        let Self { connection, window } = self;
        connection.warp_pointer(x11rb::NONE, *window, 0, 0, 0, 0, x, y)?;
        connection.sync()?;
        Ok(())
    }

    /// The picture in the server.
    fn load(&self, picture: &Picture) -> Result<Pixmap> {
        let Self { connection, window } = self;
        let Picture {
            width,
            height,
            rgba,
        } = picture;
        let depth = connection.get_geometry(*window)?.reply()?.depth;
        let (pixmap, pen) = (connection.generate_id()?, connection.generate_id()?);
        connection.create_pixmap(depth, pixmap, *window, *width, *height)?;
        connection.create_gc(pen, pixmap, &CreateGCAux::new())?;
        let row_bytes = usize::from(*width) * 4;
        // A request has a limit.
        for (row, rows) in (0..).step_by(ROWS).zip(rgba.chunks(row_bytes * ROWS)) {
            let pixels = rows.chunks_exact(4);
            let bgrx: Vec<u8> = pixels.flat_map(|p| [p[2], p[1], p[0], 0]).collect();
            let count = u16::try_from(rows.len() / row_bytes)?;
            let format = ImageFormat::Z_PIXMAP;
            let (left, pad) = (0, 0);
            connection.put_image(
                format, pixmap, pen, *width, count, left, row, pad, depth, &bgrx,
            )?;
        }
        connection.free_gc(pen)?;
        Ok(pixmap)
    }
}

/// Whether the window is on the screen and supports the request to close.
fn understands(screen: &RustConnection, window: Window, protocols: u32, wish: u32) -> Result<bool> {
    let list = screen
        .get_property(false, window, protocols, AtomEnum::ATOM, 0, 32)?
        .reply()?;
    let mut wishes = list.value32().into_iter().flatten();
    Ok(wishes.any(|found| found == wish))
}
