//! What the system's loudspeakers have, and what is left for the page.

use super::play::{ANNA, Play, receiver};
use crate::{page_session::refusal::Refusal, playback::PlaybackEvent, wire::frame::Frame};

fn page_wants(play: &mut Play, frames: u16) {
    let now = play.now();
    let receiver = receiver(ANNA, 0);
    play.rules
        .handle_frame(now, Frame::SoundWanted { receiver, frames });
}

fn loudspeakers_want(play: &mut Play, pieces: u16) {
    let receiver = receiver(ANNA, 0);
    let event = PlaybackEvent::FramesRequested {
        receiver,
        frames: pieces,
    };
    play.rules.handle_playback(play.now(), event);
}

fn playing(play: &mut Play, playing: bool) {
    let receiver = receiver(ANNA, 0);
    let event = PlaybackEvent::Playing { receiver, playing };
    play.rules.handle_playback(play.now(), event);
}

#[test]
fn the_page_gets_what_the_loudspeakers_were_given() {
    let mut play = Play::new(&[ANNA]);
    play.rules.play(receiver(ANNA, 0), 0.5, None).unwrap();
    play.check(&["play 10 at 0.5"]);
    playing(&mut play, true);
    loudspeakers_want(&mut play, 4);
    play.check(&["playing 10 true", "play 10, 4 pieces"]);
    play.sound_arrives(ANNA);
    play.take();
    page_wants(&mut play, 3);
    play.check(&[]);
    loudspeakers_want(&mut play, 2);
    play.check(&["play 10, 2 pieces", "sound 10, 2 pieces"]);
    loudspeakers_want(&mut play, 2);
    play.check(&["play 10, 2 pieces", "sound 10, 1 pieces"]);
    page_wants(&mut play, 1);
    play.check(&["sound 10, 1 pieces"]);
}

#[test]
fn a_page_that_is_behind_loses_the_oldest() {
    let mut play = Play::new(&[ANNA]);
    playing(&mut play, true);
    play.sound_arrives(ANNA);
    for _ in 0..10 {
        loudspeakers_want(&mut play, 2);
    }
    play.take();
    page_wants(&mut play, 16);
    play.check(&["sound 10, 8 pieces"]);
}

#[test]
fn without_loudspeakers_the_page_has_it_all() {
    let mut play = Play::new(&[ANNA]);
    playing(&mut play, true);
    play.sound_arrives(ANNA);
    play.take();
    page_wants(&mut play, 2);
    play.check(&[]);
    playing(&mut play, false);
    play.later(20);
    play.sound_arrives(ANNA);
    play.check(&["playing 10 false", "sound 10, 2 pieces"]);
    page_wants(&mut play, 2);
    play.check(&["sound 10, 2 pieces"]);
}

#[test]
fn an_impossible_volume_is_refused() {
    let mut play = Play::new(&[ANNA]);
    for volume in [-0.1, 1.1, f32::NAN, f32::INFINITY] {
        let refused = play.rules.play(receiver(ANNA, 0), volume, None);
        assert_eq!(refused, Err(Refusal::OutOfRange("volume")));
    }
    play.check(&[]);
}
