//! The rules of a bridge, told as plays of one page with several connections.

mod play;
mod playback;

use std::sync::Arc;

use self::play::{ANNA, AUDIO, BELA, CAMERA, MICROPHONE, Play, VIDEO, receiver, session};
use super::*;
use crate::{
    connection::ConnectionEvent,
    wire::{
        frame::Frame,
        id::{ChannelId, EncodingId},
        session::Direction,
    },
};

#[test]
fn a_source_is_wanted_from_its_first_sender_to_its_last() {
    let mut play = Play::new(&[ANNA, BELA]);
    play.send(ANNA, AUDIO, Some(MICROPHONE));
    play.check_only("source", &["source 1 true"]);
    play.send(BELA, AUDIO, Some(MICROPHONE));
    play.check_only("source", &[]);
    play.send(ANNA, AUDIO, None);
    play.check_only("source", &[]);
    play.agree(BELA, Direction::RecvOnly);
    play.check_only("source", &["source 1 false"]);
}

#[test]
fn a_source_of_the_wrong_kind_is_not_sent() {
    let mut play = Play::new(&[ANNA]);
    play.send(ANNA, VIDEO, Some(MICROPHONE));
    play.check(&[]);
}

#[test]
fn one_encoding_goes_to_all_who_send_its_source() {
    let mut play = Play::new(&[ANNA, BELA]);
    play.send(ANNA, VIDEO, Some(CAMERA));
    play.send(BELA, VIDEO, Some(CAMERA));
    play.check_only("encode", &["encode 0"]);
    play.encoded(EncodingId(0), true);
    play.check_only("to", &["to 1: picture true", "to 2: picture true"]);
    play.later(33);
    play.encoded(EncodingId(0), false);
    play.check_only("to", &["to 1: picture false", "to 2: picture false"]);
    play.encoded(EncodingId(7), false);
    play.check_only("to", &[]);
}

#[test]
fn all_members_get_the_same_bytes() {
    let mut play = Play::new(&[ANNA, BELA]);
    play.send(ANNA, VIDEO, Some(CAMERA));
    play.send(BELA, VIDEO, Some(CAMERA));
    play.take();
    play.encoded(EncodingId(0), true);
    let mut frames = Vec::new();
    while let Some(effect) = play.rules.poll_effect() {
        if let Effect::Command(_, Command::SendVideo { frame, .. }) = effect {
            frames.push(frame);
        }
    }
    assert_eq!(frames.len(), 2);
    assert!(Arc::ptr_eq(&frames[0], &frames[1]));
}

#[test]
fn a_connection_begins_with_a_key_frame_of_its_own_time() {
    let mut play = Play::new(&[]);
    let now = play.now();
    play.rules.open_connection(ANNA);
    play.rules
        .commit(now, ANNA, &session(ANNA, Direction::SendRecv));
    play.send(ANNA, VIDEO, Some(CAMERA));
    // The encoder warms up while the connection is made.
    play.check_only("encode", &["encode 0"]);
    play.encoded(EncodingId(0), true);
    play.check_only("to 1: picture", &[]);
    play.later(1_000);
    play.take();
    play.dtls(ANNA, DtlsState::Connected);
    play.check(&["1 dtls Connected", "key frame of 0"]);
    play.encoded(EncodingId(0), false);
    play.check_only("to 1: picture", &[]);
    play.encoded(EncodingId(0), true);
    play.encoded(EncodingId(0), false);
    play.check_only(
        "to 1: picture",
        &["to 1: picture true", "to 1: picture false"],
    );
}

#[test]
fn sound_is_coded_once_and_only_for_somebody() {
    let mut play = Play::new(&[ANNA, BELA]);
    play.captured();
    play.check(&[]);
    play.send(ANNA, AUDIO, Some(MICROPHONE));
    play.send(BELA, AUDIO, Some(MICROPHONE));
    play.take();
    for pieces in [2, 1] {
        play.captured_in_messages_of(pieces);
        play.check(&["to 1: sound", "to 2: sound"]);
    }
    play.dtls(BELA, DtlsState::Closed);
    play.take();
    play.captured();
    play.check(&["to 1: sound"]);
}

#[test]
fn a_flood_of_sound_is_cut() {
    let mut play = Play::new(&[ANNA]);
    play.send(ANNA, AUDIO, Some(MICROPHONE));
    play.take();
    for _ in 0..500 {
        play.captured();
        play.millis -= 20;
    }
    let sent = play.take().len();
    assert!((40..=60).contains(&sent), "{sent} packets");
}

#[test]
fn a_receiver_flows_from_the_first_arrival_to_silence() {
    let mut play = Play::new(&[ANNA]);
    play.picture_arrives(ANNA, true, true);
    play.check_only("receiver", &["receiver 11 true"]);
    play.sound_arrives(ANNA);
    play.check_only("receiver", &["receiver 10 true"]);
    play.later(1_990);
    play.check_only("receiver", &[]);
    play.later(10);
    play.check_only("receiver", &["receiver 11 false"]);
    play.later(3_000);
    play.check_only("receiver", &["receiver 10 false"]);
    play.picture_arrives(ANNA, true, true);
    play.check_only("receiver", &["receiver 11 true"]);
    play.agree(ANNA, Direction::SendOnly);
    play.check_only("receiver", &["receiver 11 false"]);
    play.picture_arrives(ANNA, true, true);
    play.check(&[]);
}

#[test]
fn a_hole_in_the_pictures_asks_for_a_key_frame() {
    let mut play = Play::new(&[ANNA]);
    play.picture_arrives(ANNA, true, true);
    play.later(33);
    play.take();
    play.picture_arrives(ANNA, false, false);
    play.check_only("to", &["to 1: key frame 1"]);
    play.later(33);
    play.picture_arrives(ANNA, true, false);
    play.check_only("to", &[]);
}

#[test]
fn pictures_leave_in_order_and_all_of_them() {
    let mut play = Play::new(&[ANNA]);
    let mut left = 0;
    for number in 0..200 {
        play.picture_arrives(ANNA, number == 0, true);
        play.later(33);
        left += play
            .take()
            .iter()
            .filter(|word| word.starts_with("picture"))
            .count();
    }
    play.later(500);
    let rest = play.take();
    let rest = rest.iter().filter(|word| word.starts_with("picture"));
    assert_eq!(left + rest.count(), 200);
}

#[test]
fn sound_comes_only_when_wanted_and_early_wishes_are_owed() {
    let mut play = Play::new(&[ANNA]);
    let want = |play: &mut Play, frames| {
        let now = play.now();
        let receiver = receiver(ANNA, 0);
        let wish = Frame::SoundWanted { receiver, frames };
        play.rules.handle_frame(now, wish);
    };
    want(&mut play, 2);
    play.check(&[]);
    play.sound_arrives(ANNA);
    play.check(&["receiver 10 true", "sound 10, 2 pieces"]);
    play.later(20);
    play.sound_arrives(ANNA);
    play.check(&[]);
    want(&mut play, 1);
    play.check(&["sound 10, 1 pieces"]);
    // A page that wants more than a sound card plays gets no more than that.
    want(&mut play, u16::MAX);
    play.check(&["sound 10, 16 pieces"]);
    for _ in 0..100 {
        want(&mut play, u16::MAX);
    }
    assert!(play.take().len() < 100);
}

#[test]
fn a_refused_agreement_brings_the_one_before_back() {
    let mut play = Play::new(&[ANNA]);
    play.send(ANNA, AUDIO, Some(MICROPHONE));
    play.take();
    let refused = play.agree(ANNA, Direction::Inactive);
    play.check_only("source", &["source 1 false"]);
    let now = play.now();
    play.rules.handle_commit_refused(now, ANNA, refused);
    play.check_only("source", &["source 1 true"]);
    // One that was replaced meanwhile changes nothing.
    let refused = play.agree(ANNA, Direction::SendOnly);
    play.agree(ANNA, Direction::Inactive);
    play.take();
    play.rules.handle_commit_refused(now, ANNA, refused);
    play.check_only("source", &[]);
}

#[test]
fn the_end_of_one_connection_touches_no_other() {
    let mut play = Play::new(&[ANNA, BELA]);
    for connection in [ANNA, BELA] {
        play.send(connection, VIDEO, Some(CAMERA));
        play.send(connection, AUDIO, Some(MICROPHONE));
    }
    play.encoded(EncodingId(0), true);
    play.take();
    let now = play.now();
    play.rules.handle_ended(now, ANNA);
    play.check(&["1 dtls Failed", "1 ice Failed"]);
    play.captured();
    play.encoded(EncodingId(0), false);
    play.check(&["to 2: sound", "to 2: picture false"]);
    play.picture_arrives(ANNA, true, true);
    play.check(&[]);
    play.rules.close_connection(now, BELA);
    play.check(&["source 1 false", "source 2 false", "stop 0"]);
}

#[test]
fn calls_that_are_over_leave_nothing_behind() {
    let mut play = Play::new(&[]);
    let one_call = |play: &mut Play, call: u32| {
        let connection = ConnectionId(call);
        let camera = SourceId(call);
        let now = play.now();
        play.rules
            .open_source(now, camera, SourceKind::Video, None)
            .unwrap();
        play.rules.open_connection(connection);
        play.agree(connection, Direction::SendRecv);
        play.dtls(connection, DtlsState::Connected);
        play.send(connection, AUDIO, Some(MICROPHONE));
        play.send(connection, VIDEO, Some(camera));
        play.captured();
        play.sound_arrives(connection);
        play.picture_arrives(connection, true, true);
        play.later(500);
        let now = play.now();
        play.rules.close_connection(now, connection);
        play.rules.close_source(now, camera).unwrap();
        play.take();
        // All that is kept, in words; ids grow by a letter now and then.
        format!("{:?}", play.rules).len()
    };
    let before = one_call(&mut play, 1_000);
    let after = (1_001..1_200).fold(before, |_, call| one_call(&mut play, call));
    assert!(after < before + 20, "{:?}", play.rules);
}

#[test]
fn the_worst_path_decides_how_sound_is_coded() {
    let mut play = Play::new(&[ANNA, BELA]);
    play.send(ANNA, AUDIO, Some(MICROPHONE));
    play.send(BELA, AUDIO, Some(MICROPHONE));
    let mid = AUDIO.to_owned();
    let fraction = 0.2;
    play.happens(BELA, ConnectionEvent::AudioLoss { mid, fraction });
    play.happens(ANNA, ConnectionEvent::Estimate(80_000));
    let rules = &play.rules;
    let active = rules.senders.active(&rules.sources, |id| {
        let entry = rules.connections.get(&id)?;
        Some((&entry.negotiated_media, entry.link()))
    });
    let paths = crate::page_session::senders::worst_path(&active);
    assert!((paths.loss - 0.2).abs() < 1e-9);
    assert_eq!(paths.bitrate, Some(20_000));
}

#[test]
fn messages_pass_both_ways() {
    let mut play = Play::new(&[ANNA]);
    let now = play.now();
    let message = crate::wire::frame::ChannelMessage {
        binary: true,
        connection: ANNA,
        channel: ChannelId(3),
        bytes: b"hello",
    };
    play.rules.handle_frame(now, Frame::ChannelMessage(message));
    play.check(&["to 1: message 3 5"]);
    let event = ConnectionEvent::ChannelMessage {
        channel: ChannelId(3),
        binary: true,
        bytes: b"hello".to_vec(),
    };
    play.happens(ANNA, event);
    play.check(&["message 15"]);
}
