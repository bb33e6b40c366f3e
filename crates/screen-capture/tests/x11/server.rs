//! An X server of its own for each test, and a client that draws on it.
//!
//! Invariant: the server ends with its test.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use screen_capture::{Capture, Kind, Source, SourceId, sources};
use x11rb::{
    COPY_DEPTH_FROM_PARENT, COPY_FROM_PARENT,
    connection::Connection,
    protocol::randr::{ConnectionExt as _, ModeInfo, Rotation},
    protocol::xproto::{
        AtomEnum, ChangeGCAux, ConnectionExt as _, CreateGCAux, CreateWindowAux, Gcontext,
        PropMode, Rectangle, Window, WindowClass,
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

use crate::recording::Recording;

pub(crate) const RED: u32 = 0xff_0000;
pub(crate) const BLUE: u32 = 0x00_00ff;
pub(crate) const RED_LUMA: u8 = 82;
pub(crate) const BLUE_LUMA: u8 = 41;

pub(crate) struct Server {
    process: Child,
    pub(crate) display: String,
    pub(crate) connection: RustConnection,
    pub(crate) root: Window,
    gc: Gcontext,
}

impl Server {
    pub(crate) fn start(size: &str) -> Self {
        let screen = format!("{size}x24");
        let mut process = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", &screen, "-noreset"])
            .args(["-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb: cargo xtask setup installs it");
        let mut line = String::new();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let display = format!(":{}", line.trim());
        let (connection, _) = RustConnection::connect(Some(&display)).unwrap();
        let root = connection.setup().roots[0].root;
        let gc = connection.generate_id().unwrap();
        let server = Self {
            process,
            display,
            connection,
            root,
            gc,
        };
        let made = server.connection.create_gc(gc, root, &CreateGCAux::new());
        made.unwrap().check().unwrap();
        // The pointer is in nobody's way.
        server.point_at(0, 0);
        server
    }

    pub(crate) fn sources(&self) -> Vec<Source> {
        sources(Some(&self.display)).unwrap()
    }

    /// A capture of the source, with its first frame.
    pub(crate) fn record(&self, source: SourceId) -> Recording {
        let display = Some(self.display.clone());
        Recording::start(|handle| Capture::start(display, source, 30.0, handle))
    }

    pub(crate) fn screen(&self) -> SourceId {
        let sources = self.sources();
        let mut screens = sources
            .iter()
            .filter(|source| source.id.kind() == Kind::Screen);
        screens.next().expect("a screen").id
    }

    /// A mapped window of one colour.
    pub(crate) fn window(&self, title: &str, (x, y): (i16, i16), colour: u32) -> Window {
        let connection = &self.connection;
        let window = connection.generate_id().unwrap();
        let colour = CreateWindowAux::new().background_pixel(colour);
        connection
            .create_window(
                COPY_DEPTH_FROM_PARENT,
                window,
                self.root,
                x,
                y,
                100,
                60,
                2,
                WindowClass::INPUT_OUTPUT,
                COPY_FROM_PARENT,
                &colour,
            )
            .unwrap();
        connection
            .change_property8(
                PropMode::REPLACE,
                window,
                AtomEnum::WM_NAME,
                AtomEnum::STRING,
                title.as_bytes(),
            )
            .unwrap();
        connection.map_window(window).unwrap();
        self.sync();
        window
    }

    pub(crate) fn fill(&self, window: Window, colour: u32, (x, y): (i16, i16)) {
        let colour = ChangeGCAux::new().foreground(colour);
        self.connection.change_gc(self.gc, &colour).unwrap();
        let rectangle = Rectangle {
            x,
            y,
            width: 20,
            height: 10,
        };
        self.connection
            .poly_fill_rectangle(window, self.gc, &[rectangle])
            .unwrap();
        self.sync();
    }

    pub(crate) fn point_at(&self, x: i16, y: i16) {
        self.connection
            .warp_pointer(x11rb::NONE, self.root, 0, 0, 0, 0, x, y)
            .unwrap();
        self.sync();
    }

    /// The only output gets a mode of this size, and the screen is as large.
    pub(crate) fn resize_screen(&self, width: u16, height: u16) {
        let connection = &self.connection;
        // Replies have the form of the version that was asked for.
        let version = connection.randr_query_version(1, 5).unwrap();
        version.reply().unwrap();
        let resources = connection.randr_get_screen_resources(self.root).unwrap();
        let resources = resources.reply().unwrap();
        let (crtc, output) = (resources.crtcs[0], resources.outputs[0]);
        let name = format!("{width}x{height}");
        let mode = ModeInfo {
            width,
            height,
            htotal: width,
            vtotal: height,
            name_len: u16::try_from(name.len()).unwrap(),
            ..ModeInfo::default()
        };
        let mode = connection.randr_create_mode(self.root, mode, name.as_bytes());
        let mode = mode.unwrap().reply().unwrap().mode;
        connection
            .randr_add_output_mode(output, mode)
            .unwrap()
            .check()
            .unwrap();
        let set_crtc = |mode, outputs: &[u32]| {
            let (now, rotation) = (x11rb::CURRENT_TIME, Rotation::ROTATE0);
            let set =
                connection.randr_set_crtc_config(crtc, now, now, 0, 0, mode, rotation, outputs);
            set.unwrap().reply().unwrap();
        };
        set_crtc(x11rb::NONE, &[]);
        connection
            .randr_set_screen_size(self.root, width, height, 80, 60)
            .unwrap()
            .check()
            .unwrap();
        set_crtc(mode, &[output]);
    }

    pub(crate) fn sync(&self) {
        self.connection.sync().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
