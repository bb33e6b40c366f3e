//! The screens and windows of a display.
//!
//! Invariant: windows without a title, hidden ones and those of this process are left out.

use std::process;

use x11rb::protocol::{
    randr::ConnectionExt as _,
    xproto::{Atom, AtomEnum, ConnectionExt as _, GetPropertyReply, MapState, Window, WindowClass},
};

use super::display::Display;
use crate::{
    error::CaptureError,
    source::{Source, SourceId},
};

/// More than people can tell apart.
const MAX_WINDOWS: usize = 100;
/// As many as a window manager may list.
const MAX_LISTED_WINDOWS: u32 = 4096;
/// In words of 32 bits.
const MAX_TITLE_WORDS: u32 = 256;
/// Smaller ones only receive events.
const MIN_SIDE: u16 = 16;

/// The screens, then the windows. `display` is as in `DISPLAY`, which `None` reads.
///
/// # Errors
/// When the display cannot be captured.
pub fn sources(display: Option<&str>) -> Result<Vec<Source>, CaptureError> {
    let display = Display::open(display)?;
    let mut sources = display.screens()?;
    sources.extend(display.windows()?);
    Ok(sources)
}

impl Display {
    fn screens(&self) -> Result<Vec<Source>, CaptureError> {
        let monitors = self.connection.randr_get_monitors(self.root, true)?;
        let mut screens = Vec::new();
        for monitor in monitors.reply()?.monitors {
            let name = self.connection.get_atom_name(monitor.name)?.reply()?.name;
            screens.push(Source {
                id: SourceId::Screen(monitor.name),
                title: String::from_utf8_lossy(&name).into_owned(),
                width: monitor.width,
                height: monitor.height,
            });
        }
        Ok(screens)
    }

    fn windows(&self) -> Result<Vec<Source>, CaptureError> {
        let atoms = Atoms::intern(self)?;
        let mut windows = Vec::new();
        for window in self.candidates(&atoms)? {
            // A window that has just been closed is left out.
            if let Ok(Some(source)) = self.window(window, &atoms) {
                windows.push(source);
            }
            if windows.len() == MAX_WINDOWS {
                break;
            }
        }
        Ok(windows)
    }

    /// The windows that the window manager lists; without one, all of the top level. The topmost is
    /// first.
    fn candidates(&self, atoms: &Atoms) -> Result<Vec<Window>, CaptureError> {
        let request = self.connection.get_property(
            false,
            self.root,
            atoms.client_list,
            AtomEnum::WINDOW,
            0,
            MAX_LISTED_WINDOWS,
        )?;
        let listed = request.reply()?;
        let mut windows: Vec<Window> = listed.value32().into_iter().flatten().collect();
        if windows.is_empty() {
            windows = self.connection.query_tree(self.root)?.reply()?.children;
        }
        windows.reverse();
        Ok(windows)
    }

    fn window(&self, window: Window, atoms: &Atoms) -> Result<Option<Source>, CaptureError> {
        let attributes = self.connection.get_window_attributes(window)?.reply()?;
        let geometry = self.connection.get_geometry(window)?.reply()?;
        let is_shown = attributes.map_state == MapState::VIEWABLE
            && attributes.class == WindowClass::INPUT_OUTPUT
            && !attributes.override_redirect
            && geometry.width >= MIN_SIDE
            && geometry.height >= MIN_SIDE;
        let owner = self.property(window, atoms.pid, AtomEnum::CARDINAL.into())?;
        let owner = owner.value32().and_then(|mut values| values.next());
        if !is_shown || owner == Some(process::id()) {
            return Ok(None);
        }
        let Some(title) = self.title(window, atoms)? else {
            return Ok(None);
        };
        Ok(Some(Source {
            id: SourceId::Window(window),
            title,
            width: geometry.width,
            height: geometry.height,
        }))
    }

    fn title(&self, window: Window, atoms: &Atoms) -> Result<Option<String>, CaptureError> {
        let modern = self.property(window, atoms.name, atoms.utf8)?;
        let title = if modern.value.is_empty() {
            self.property(window, AtomEnum::WM_NAME.into(), AtomEnum::ANY.into())?
        } else {
            modern
        };
        let title = String::from_utf8_lossy(&title.value).trim().to_owned();
        Ok((!title.is_empty()).then_some(title))
    }

    fn property(
        &self,
        window: Window,
        property: Atom,
        of_type: Atom,
    ) -> Result<GetPropertyReply, CaptureError> {
        let request =
            self.connection
                .get_property(false, window, property, of_type, 0, MAX_TITLE_WORDS)?;
        Ok(request.reply()?)
    }
}

/// Names of the Extended Window Manager Hints.
struct Atoms {
    client_list: Atom,
    name: Atom,
    pid: Atom,
    utf8: Atom,
}

impl Atoms {
    fn intern(display: &Display) -> Result<Self, CaptureError> {
        let intern = |name: &str| -> Result<Atom, CaptureError> {
            let request = display.connection.intern_atom(false, name.as_bytes())?;
            Ok(request.reply()?.atom)
        };
        Ok(Self {
            client_list: intern("_NET_CLIENT_LIST_STACKING")?,
            name: intern("_NET_WM_NAME")?,
            pid: intern("_NET_WM_PID")?,
            utf8: intern("UTF8_STRING")?,
        })
    }
}
