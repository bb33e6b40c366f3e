//! Small pictures of screens and windows.

use screen_capture::{CaptureError, SourceId, Thumbnail, Thumbnailer};
use x11rb::protocol::xproto::ConnectionExt as _;

use crate::server::{BLUE, RED, Server};

const MAX: (u16, u16) = (240, 150);
const RED_RGBA: [u8; 4] = [255, 0, 0, 255];
const BLUE_RGBA: [u8; 4] = [0, 0, 255, 255];

fn pixel(thumbnail: &Thumbnail, x: u16, y: u16) -> &[u8] {
    let at = usize::from(y) * usize::from(thumbnail.width) + usize::from(x);
    &thumbnail.rgba[at * 4..at * 4 + 4]
}

#[test]
fn thumbnail_of_a_screen_shows_its_windows() {
    let server = Server::start("960x600");
    server.window("drawing", (400, 200), RED);
    let mut thumbnailer = Thumbnailer::open(Some(&server.display)).unwrap();
    let taken = thumbnailer.take(server.screen(), MAX).unwrap().unwrap();
    assert_eq!((taken.width, taken.height), (240, 150));
    // A quarter of the size.
    assert_eq!(pixel(&taken, 110, 60), RED_RGBA);
    assert_eq!(pixel(&taken, 90, 60), [0, 0, 0, 255]);
}

#[test]
fn thumbnail_of_a_covered_window_is_whole_and_new() {
    let server = Server::start("640x480");
    let window = server.window("below", (100, 100), RED);
    server.window("above", (90, 90), BLUE);
    let mut thumbnailer = Thumbnailer::open(Some(&server.display)).unwrap();
    let mut take = || {
        let taken = thumbnailer.take(SourceId::Window(window), MAX);
        taken.unwrap().unwrap()
    };
    let first = take();
    assert_eq!((first.width, first.height), (100, 60));
    assert_eq!(pixel(&first, 25, 25), RED_RGBA);
    server.fill(window, BLUE, (20, 20));
    assert_eq!(pixel(&take(), 25, 25), BLUE_RGBA);
}

#[test]
fn hidden_window_has_no_thumbnail() {
    let server = Server::start("640x480");
    let window = server.window("hidden", (100, 100), RED);
    let mut thumbnailer = Thumbnailer::open(Some(&server.display)).unwrap();
    server.connection.unmap_window(window).unwrap();
    server.sync();
    let taken = thumbnailer.take(SourceId::Window(window), MAX);
    assert_eq!(taken.unwrap(), None);
    server.connection.destroy_window(window).unwrap();
    server.sync();
    let taken = thumbnailer.take(SourceId::Window(window), MAX);
    assert!(matches!(taken, Err(CaptureError::Gone)), "{taken:?}");
}

#[test]
fn thumbnail_of_an_8k_screen_is_read_in_parts() {
    let server = Server::start("7680x4320");
    server.window("far", (7_500, 4_200), BLUE);
    let mut thumbnailer = Thumbnailer::open(Some(&server.display)).unwrap();
    let taken = thumbnailer.take(server.screen(), MAX).unwrap().unwrap();
    assert_eq!((taken.width, taken.height), (240, 135));
    // Pixels of 32 by 32; the window has 100 by 60 and a border.
    assert_eq!(pixel(&taken, 236, 132), BLUE_RGBA);
}
