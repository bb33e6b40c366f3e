//! Captures of one window.

use screen_capture::{End, Source, SourceId};
use x11rb::protocol::xproto::{ConfigureWindowAux, ConnectionExt as _};

use crate::server::{BLUE, BLUE_LUMA, RED, RED_LUMA, Server};

#[test]
fn windows_are_listed_with_title_and_size() {
    let server = Server::start("640x480");
    let window = server.window("Quarterly numbers", (10, 20), RED);
    let hidden = server.window("Hidden", (10, 20), RED);
    server.connection.unmap_window(hidden).unwrap();
    server.window("", (10, 20), RED);
    let sources = server.sources();
    assert_eq!(
        (sources[0].width, sources[0].height),
        (640, 480),
        "the screen comes first"
    );
    let expect = Source {
        id: SourceId::Window(window),
        title: "Quarterly numbers".to_owned(),
        width: 100,
        height: 60,
    };
    assert_eq!(sources[1..], [expect]);
}

#[test]
fn covered_window_is_captured_whole() {
    let server = Server::start("640x480");
    let window = server.window("below", (100, 100), RED);
    server.window("above", (90, 90), BLUE);
    let mut recording = server.record(SourceId::Window(window));
    assert_eq!((recording.width, recording.height), (100, 60));
    assert_eq!(recording.luma(0, 0), RED_LUMA);
    recording.request();
    server.fill(window, BLUE, (20, 20));
    assert_eq!(recording.next(), 20..30);
    assert_eq!(recording.luma(25, 25), BLUE_LUMA);
}

#[test]
fn resized_window_gives_frames_of_its_new_size() {
    let server = Server::start("640x480");
    let window = server.window("growing", (100, 100), RED);
    let mut recording = server.record(SourceId::Window(window));
    let larger = ConfigureWindowAux::new().width(200).height(150);
    server.connection.configure_window(window, &larger).unwrap();
    server.sync();
    recording.until(|recording| (recording.width, recording.height) == (200, 150));
    server.fill(window, BLUE, (150, 120));
    recording.until(|recording| recording.luma(155, 125) == BLUE_LUMA);
}

#[test]
fn hidden_window_comes_back_with_its_new_picture() {
    let server = Server::start("640x480");
    let window = server.window("hiding", (100, 100), RED);
    let mut recording = server.record(SourceId::Window(window));
    recording.request();
    server.connection.unmap_window(window).unwrap();
    server.sync();
    server.connection.map_window(window).unwrap();
    server.fill(window, BLUE, (20, 20));
    recording.next();
    recording.until(|recording| recording.luma(25, 25) == BLUE_LUMA);
}

#[test]
fn closed_window_ends_the_capture() {
    let server = Server::start("640x480");
    let window = server.window("closing", (100, 100), RED);
    let recording = server.record(SourceId::Window(window));
    server.connection.destroy_window(window).unwrap();
    server.sync();
    let end = recording.end();
    assert!(matches!(end, End::SourceGone), "{end:?}");
}
