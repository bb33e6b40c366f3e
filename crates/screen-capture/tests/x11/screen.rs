//! Captures of a whole screen.

use screen_capture::{Capture, CaptureError, End, Event, SourceId, sources};
use x11rb::protocol::xproto::{ConfigureWindowAux, ConnectionExt as _};

use crate::server::{BLUE, BLUE_LUMA, RED, RED_LUMA, Server};

#[test]
fn frame_has_only_the_rows_that_changed() {
    let server = Server::start("640x480");
    let window = server.window("drawing", (100, 100), RED);
    let mut recording = server.record(server.screen());
    assert_eq!((recording.width, recording.height), (640, 480));
    assert_eq!(recording.luma(110, 110), RED_LUMA);

    recording.request();
    // The same colour is damage, and no change.
    server.fill(window, RED, (0, 0));
    server.fill(window, BLUE, (40, 28));
    assert_eq!(recording.next(), 130..140);
    assert_eq!(recording.luma(145, 135), BLUE_LUMA);
    assert_eq!(recording.luma(110, 135), RED_LUMA);
}

#[test]
fn moved_pointer_is_drawn_where_it_is() {
    let server = Server::start("640x480");
    let mut recording = server.record(server.screen());
    let before = recording.luma(300, 201);
    recording.request();
    server.point_at(300, 200);
    let rows = recording.next();
    assert!(rows.contains(&200), "{rows:?}");
    let around = (290..310).flat_map(|x| (195..215).map(move |y| (x, y)));
    let drawn = around.filter(|(x, y)| recording.luma(*x, *y) != before);
    assert!(drawn.count() > 10);
    // The place that it left is as before.
    recording.request();
    server.point_at(500, 400);
    recording.next();
    let around = (290..310).flat_map(|x| (195..215).map(move |y| (x, y)));
    let drawn = around.filter(|(x, y)| recording.luma(*x, *y) != before);
    assert_eq!(drawn.count(), 0);
}

#[test]
fn screen_of_another_resolution_goes_on() {
    let server = Server::start("640x480");
    let window = server.window("drawing", (10, 10), RED);
    let mut recording = server.record(server.screen());
    server.resize_screen(320, 240);
    recording.until(|recording| (recording.width, recording.height) == (320, 240));
    recording.request();
    server.fill(window, BLUE, (0, 0));
    recording.until(|recording| recording.luma(15, 15) == BLUE_LUMA);
}

#[test]
fn window_that_moves_changes_both_places() {
    let server = Server::start("640x480");
    let window = server.window("moving", (0, 100), BLUE);
    let mut recording = server.record(server.screen());
    let empty = recording.luma(300, 110);
    let moved = ConfigureWindowAux::new().y(300);
    server.connection.configure_window(window, &moved).unwrap();
    server.sync();
    recording.until(|recording| recording.luma(10, 310) == BLUE_LUMA);
    recording.until(|recording| recording.luma(10, 110) == empty);
}

#[test]
fn unknown_screen_ends_the_capture() {
    let server = Server::start("640x480");
    let (sender, events) = std::sync::mpsc::channel();
    let handle = move |event| sender.send(event).unwrap();
    let display = Some(server.display.clone());
    let capture = Capture::start(display, SourceId::Screen(99_999), 5.0, handle).unwrap();
    capture.request_frame();
    let event = events.recv().unwrap();
    assert!(matches!(event, Event::Ended(End::SourceGone)), "{event:?}");
}

#[test]
fn missing_display_is_an_error() {
    let error = sources(Some(":59000")).unwrap_err();
    assert!(matches!(error, CaptureError::Connect(_)), "{error}");
}
