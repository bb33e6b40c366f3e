//! Playback by the system, and the copies for the page.

use super::scenario::{ANNA, Scenario, receiver};
use crate::{page_session::refusal::Refusal, playback::PlaybackEvent, wire::frame::Frame};

fn page_requests(scenario: &mut Scenario, frames: u16) {
    let now = scenario.now();
    let receiver = receiver(ANNA, 0);
    scenario
        .rules
        .handle_frame(now, Frame::AudioRequest { receiver, frames });
}

fn system_requests(scenario: &mut Scenario, frames: u16) {
    let receiver = receiver(ANNA, 0);
    let event = PlaybackEvent::FramesRequested { receiver, frames };
    scenario.rules.handle_playback(scenario.now(), event);
}

fn set_playing(scenario: &mut Scenario, playing: bool) {
    let receiver = receiver(ANNA, 0);
    let event = PlaybackEvent::Playing { receiver, playing };
    scenario.rules.handle_playback(scenario.now(), event);
}

#[test]
fn page_gets_copies_of_the_frames_the_system_plays() {
    let mut scenario = Scenario::new(&[ANNA]);
    scenario.rules.play(receiver(ANNA, 0), 0.5, None).unwrap();
    scenario.check(&["play 10 at 0.5"]);
    set_playing(&mut scenario, true);
    system_requests(&mut scenario, 4);
    scenario.check(&["playing 10 true", "play 10, 4 frames"]);
    scenario.audio_arrives(ANNA);
    scenario.take();
    page_requests(&mut scenario, 3);
    scenario.check(&[]);
    system_requests(&mut scenario, 2);
    scenario.check(&["play 10, 2 frames", "audio 10, 2 frames"]);
    system_requests(&mut scenario, 2);
    scenario.check(&["play 10, 2 frames", "audio 10, 1 frames"]);
    page_requests(&mut scenario, 1);
    scenario.check(&["audio 10, 1 frames"]);
}

#[test]
fn late_page_loses_the_oldest_frames() {
    let mut scenario = Scenario::new(&[ANNA]);
    set_playing(&mut scenario, true);
    scenario.audio_arrives(ANNA);
    for _ in 0..10 {
        system_requests(&mut scenario, 2);
    }
    scenario.take();
    page_requests(&mut scenario, 16);
    scenario.check(&["audio 10, 8 frames"]);
}

#[test]
fn page_gets_all_audio_without_system_playback() {
    let mut scenario = Scenario::new(&[ANNA]);
    set_playing(&mut scenario, true);
    scenario.audio_arrives(ANNA);
    scenario.take();
    page_requests(&mut scenario, 2);
    scenario.check(&[]);
    set_playing(&mut scenario, false);
    scenario.advance(20);
    scenario.audio_arrives(ANNA);
    scenario.check(&["playing 10 false", "audio 10, 2 frames"]);
    page_requests(&mut scenario, 2);
    scenario.check(&["audio 10, 2 frames"]);
}

#[test]
fn volume_out_of_range_is_refused() {
    let mut scenario = Scenario::new(&[ANNA]);
    for volume in [-0.1, 1.1, f32::NAN, f32::INFINITY] {
        let refused = scenario.rules.play(receiver(ANNA, 0), volume, None);
        assert_eq!(refused, Err(Refusal::OutOfRange("volume")));
    }
    scenario.check(&[]);
}
