//! Captures of sources of unusual sizes.

use screen_capture::{Capture, SourceId};
use x11rb::protocol::xproto::{ConfigureWindowAux, ConnectionExt as _};

use crate::{
    recording::Recording,
    server::{BLUE, BLUE_LUMA, RED, RED_LUMA, Server},
};

#[test]
fn window_of_one_pixel_has_frames_once_it_is_larger() {
    let server = Server::start("640x480");
    let window = server.window("tiny", (100, 100), RED);
    let size = |width, height| {
        let size = ConfigureWindowAux::new().width(width).height(height);
        server.connection.configure_window(window, &size).unwrap();
        server.sync();
    };
    size(1, 1);
    let display = Some(server.display.clone());
    let source = SourceId::Window(window);
    let mut recording =
        Recording::request_first(|handle| Capture::start(display, source, 30.0, handle));
    size(1, 90);
    size(90, 1);
    size(2, 2);
    // The first one of all: no size before has a pair of rows and columns.
    recording.next();
    assert_eq!((recording.width, recording.height), (2, 2));
    assert_eq!(recording.luma(1, 1), RED_LUMA);
    size(1, 1);
    size(40, 30);
    recording.until(|recording| (recording.width, recording.height) == (40, 30));
    assert_eq!(recording.luma(39, 29), RED_LUMA);
}

#[test]
fn odd_sizes_lose_one_row_and_one_column() {
    let server = Server::start("641x479");
    let mut screen = server.record(server.screen());
    assert_eq!((screen.width, screen.height), (640, 478));
    let window = server.window("odd", (100, 100), RED);
    let odd = ConfigureWindowAux::new().width(101).height(61);
    server.connection.configure_window(window, &odd).unwrap();
    server.sync();
    let mut recording = server.record(SourceId::Window(window));
    assert_eq!((recording.width, recording.height), (100, 60));
    recording.request();
    // Also in the row that is left out.
    server.fill(window, BLUE, (90, 55));
    assert_eq!(recording.next(), 54..60);
    assert_eq!(recording.luma(99, 59), BLUE_LUMA);
    assert_eq!(recording.luma(99, 54), RED_LUMA);
    screen.until(|screen| screen.luma(195, 160) == BLUE_LUMA);
}

#[test]
fn screen_of_8k_is_captured_whole_and_then_what_changes() {
    let server = Server::start("7680x4320");
    let window = server.window("far", (7_500, 4_200), RED);
    let mut recording = server.record(server.screen());
    assert_eq!((recording.width, recording.height), (7_680, 4_320));
    assert_eq!(recording.luma(7_510, 4_210), RED_LUMA);
    recording.request();
    server.fill(window, BLUE, (40, 28));
    // The border has two pixels.
    assert_eq!(recording.next(), 4_230..4_240);
    assert_eq!(recording.luma(7_545, 4_235), BLUE_LUMA);
}
