//! The screen of a real desktop, shared by its portal.

use std::{fs, io::Write as _, path::Path, time::Instant};

use screen_capture::{Capture, End, Kind, Persistence, PortalGrant, PortalRequest};

use crate::{
    desktop::{Desktop, Part},
    pointer::VirtualPointer,
    recording::Recording,
};

/// Of a person who has ended the share.
const MAX_END_SECONDS: f32 = 1.0;
const RED: &str = "#ff0000";
const RED_LUMA: u8 = 82;
const BLUE: &str = "#0000ff";
const BLUE_LUMA: u8 = 41;

/// A desktop, and the runtime on which its portal is asked.
struct Share {
    desktop: Desktop,
    recording: Recording,
    runtime: tokio::runtime::Runtime,
    folder: tempfile::TempDir,
    restore_token: String,
}

fn ask(runtime: &tokio::runtime::Runtime, desktop: &Desktop, token: Option<String>) -> PortalGrant {
    let request = PortalRequest {
        bus: Some(desktop.bus().to_owned()),
        restore_token: token,
        persistence: Persistence::UntilRevoked,
        ..PortalRequest::default()
    };
    runtime.block_on(request.ask()).unwrap()
}

impl Share {
    fn start(size: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let desktop = Desktop::start(folder.path(), size);
        desktop.show_colour(RED);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let grant = ask(&runtime, &desktop, None);
        // xdg-desktop-portal-wlr 0.7 says that its screens are windows.
        assert_eq!(grant.source.kind(), Some(Kind::Window));
        let restore_token = grant.restore_token.expect("a token");
        let recording =
            Recording::request_first(|handle| Capture::start_shared(grant.source, 30.0, handle));
        let mut share = Self {
            desktop,
            recording,
            runtime,
            folder,
            restore_token,
        };
        // wlroots gives the first picture when something changes: the colour may be there already.
        share.until_changed(|recording| recording.width > 0);
        share.desktop.show_colour(RED);
        share.until_middle_is(RED_LUMA);
        share
    }

    /// wlroots' portal gives a picture of another size when something else changes.
    fn until_changed(&mut self, fulfilled: impl Fn(&Recording) -> bool) {
        let desktop = &self.desktop;
        let mut colours = [BLUE, RED].into_iter().cycle();
        self.recording.until_with(fulfilled, || {
            desktop.show_colour(colours.next().unwrap_or(RED));
        });
    }

    fn until_middle_is(&mut self, luma: u8) {
        self.recording.until(|recording| {
            let middle = recording.luma(recording.width / 2, recording.height / 2);
            middle.abs_diff(luma) < 3
        });
    }

    /// The share ends by itself, and soon.
    fn ends(&self, end: impl FnOnce()) {
        let start = Instant::now();
        end();
        let end = self.recording.end();
        let seconds = start.elapsed().as_secs_f32();
        assert!(matches!(end, End::SourceGone | End::Failed(_)), "{end:?}");
        assert!(seconds < MAX_END_SECONDS, "it ended after {seconds} s");
    }
}

#[test]
fn shared_screen_shows_what_changes() {
    let mut share = Share::start("1280x720");
    assert_eq!((share.recording.width, share.recording.height), (1280, 720));
    share.until_middle_is(RED_LUMA);
    share.desktop.show_colour(BLUE);
    share.until_middle_is(BLUE_LUMA);
}

#[test]
fn shared_screen_follows_its_size_and_scale() {
    let mut share = Share::start("1280x720");
    share.desktop.tell("output HEADLESS-1 mode 801x603");
    // An odd last row and column are left out.
    share.until_changed(|recording| (recording.width, recording.height) == (800, 602));
    share.desktop.show_colour(BLUE);
    share.until_middle_is(BLUE_LUMA);
    // A dense screen is shared with all its pixels.
    share.desktop.tell("output HEADLESS-1 mode 1600x900");
    share.desktop.tell("output HEADLESS-1 scale 2");
    share.until_changed(|recording| (recording.width, recording.height) == (1600, 900));
    share.desktop.show_colour(RED);
    share.until_middle_is(RED_LUMA);
}

/// Four grey levels, from the top left in reading order.
fn write_quarters(path: &Path, (width, height): (usize, usize)) {
    let mut file = fs::File::create(path).unwrap();
    writeln!(file, "P6 {width} {height} 255").unwrap();
    let mut pixels = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let quarter = x * 2 / width + y * 2 / height * 2;
            pixels.extend([[0, 80, 160, 240][quarter]; 3]);
        }
    }
    file.write_all(&pixels).unwrap();
}

const QUARTERS: [u8; 4] = [16, 85, 153, 222];

fn has_quarters(recording: &Recording) -> bool {
    let (width, height) = (recording.width, recording.height);
    let points = [(1, 1), (3, 1), (1, 3), (3, 3)];
    let lumas = points.map(|(x, y)| recording.luma(width * x / 4, height * y / 4));
    lumas
        .iter()
        .zip(QUARTERS)
        .all(|(luma, expect)| luma.abs_diff(expect) < 4)
}

#[test]
fn turned_screen_is_shared_upright() {
    let mut share = Share::start("640x360");
    let picture = share.folder.path().join("quarters.ppm");
    write_quarters(&picture, (640, 360));
    share.desktop.show_picture(&picture);
    share.recording.until(has_quarters);
    for (transform, size) in [
        ("180", (640, 360)),
        ("90", (360, 640)),
        ("flipped-90", (360, 640)),
        ("270", (360, 640)),
        ("flipped", (640, 360)),
    ] {
        let desktop = &share.desktop;
        desktop.tell(&format!("output HEADLESS-1 transform {transform}"));
        // Another picture first, so that the next one is of this transformation.
        let is_blue = |recording: &Recording| {
            (recording.width, recording.height) == size
                && recording.luma(size.0 / 4, size.1 / 4).abs_diff(BLUE_LUMA) < 3
        };
        let recording = &mut share.recording;
        recording.until_with(is_blue, || desktop.show_colour(BLUE));
        recording.until_with(has_quarters, || desktop.show_picture(&picture));
    }
}

#[test]
fn pointer_is_seen_on_the_shared_screen() {
    let mut share = Share::start("640x360");
    share.until_middle_is(RED_LUMA);
    let mut pointer = VirtualPointer::new(&share.desktop.wayland_socket());
    pointer.move_to((320, 180), (640, 360));
    let is_pointed_at = |recording: &Recording, (x, y): (usize, usize)| {
        let around = (x - 4..x + 24).flat_map(|x| (y - 4..y + 24).map(move |y| (x, y)));
        let drawn = around.filter(|(x, y)| recording.luma(*x, *y).abs_diff(RED_LUMA) > 20);
        drawn.count() > 10
    };
    share
        .recording
        .until(|recording| is_pointed_at(recording, (320, 180)));
    pointer.move_to((100, 60), (640, 360));
    share.recording.until(|recording| {
        is_pointed_at(recording, (100, 60)) && !is_pointed_at(recording, (320, 180))
    });
}

#[test]
fn share_ends_when_the_portal_ends() {
    let share = Share::start("640x360");
    share.ends(|| share.desktop.end(Part::Portal));
}

#[test]
fn share_ends_when_the_compositors_part_ends() {
    let share = Share::start("640x360");
    share.ends(|| share.desktop.end(Part::PortalOfWlroots));
}

#[test]
fn share_ends_when_pipewire_ends() {
    let share = Share::start("640x360");
    share.ends(|| share.desktop.end(Part::PipeWire));
}

#[test]
fn kept_choice_shares_the_same_again() {
    let mut share = Share::start("640x360");
    let token = share.restore_token.clone();
    let grant = ask(&share.runtime, &share.desktop, Some(token));
    assert!(grant.restore_token.is_some());
    share.recording =
        Recording::request_first(|handle| Capture::start_shared(grant.source, 30.0, handle));
    // wlroots gives a second share its first picture when something changes.
    share.until_changed(|recording| (recording.width, recording.height) == (640, 360));
    share.desktop.show_colour(BLUE);
    share.until_middle_is(BLUE_LUMA);
}

#[test]
fn token_that_the_portal_refuses_is_as_none() {
    let share = Share::start("640x360");
    for token in ["no UUID", "9f4b4d0a-6a9e-4d0b-8f0e-3d3a2f1c0b9a"] {
        let grant = ask(&share.runtime, &share.desktop, Some(token.to_owned()));
        assert!(grant.restore_token.is_some());
    }
}

#[test]
fn tiny_and_huge_screens_are_shared() {
    let mut share = Share::start("640x360");
    share.desktop.tell("output HEADLESS-1 mode 7680x4320");
    share.until_changed(|recording| (recording.width, recording.height) == (7680, 4320));
    // It has no pair of pixels, so no frame comes.
    share.desktop.tell("output HEADLESS-1 mode 1x1");
    share.desktop.show_colour(BLUE);
    share.desktop.tell("output HEADLESS-1 mode 3x3");
    share.until_changed(|recording| (recording.width, recording.height) == (2, 2));
    share.desktop.tell("output HEADLESS-1 mode 640x360");
    share.until_changed(|recording| (recording.width, recording.height) == (640, 360));
    share.desktop.show_colour(RED);
    share.until_middle_is(RED_LUMA);
}
