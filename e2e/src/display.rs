//! A virtual screen: Xvfb on a free display number. Its windows are closed by the request that a
//! window manager sends for a press on the cross.

use std::{path::Path, process::Command};

use anyhow::{Context, Result};
use x11rb::{
    connection::Connection,
    protocol::xproto::{AtomEnum, ClientMessageEvent, ConnectionExt, EventMask, Window},
    rust_connection::RustConnection,
};

use crate::{process::Process, programs};

/// A running one.
#[derive(Debug)]
pub struct Display {
    name: String,
    _process: Process,
}

impl Display {
    pub async fn start(log: &Path) -> Result<Self> {
        let mut program = Command::new(programs::linux("Xvfb")?);
        program.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1280x800x24",
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

    fn connect(&self) -> Result<(RustConnection, Window)> {
        let (connection, screen) = RustConnection::connect(Some(&self.name))?;
        let roots = &connection.setup().roots;
        let root = roots.get(screen).context("the display has no screen")?.root;
        Ok((connection, root))
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
