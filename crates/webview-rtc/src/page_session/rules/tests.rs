//! Scenarios of one page with several connections.

mod playback;
mod scenario;
mod sources;

use std::sync::Arc;

use self::scenario::{
    ANNA, AUDIO, BELA, CAMERA, MICROPHONE, Scenario, VIDEO, negotiated, receiver,
};
use super::*;
use crate::{
    audio::AudioCodec,
    connection::ConnectionEvent,
    page_session::senders::ActiveSender,
    wire::{
        event::VideoCodec,
        frame::Frame,
        id::{ChannelId, EncodingId},
        negotiated::{Codec, Direction, Media},
        request::SendParameters,
    },
};

#[test]
fn source_is_wanted_from_its_first_sender_to_its_last() {
    let mut scenario = Scenario::new(&[ANNA, BELA]);
    scenario.send(ANNA, AUDIO, Some(MICROPHONE));
    scenario.check_only("source", &["source 1 true"]);
    scenario.send(BELA, AUDIO, Some(MICROPHONE));
    scenario.check_only("source", &[]);
    scenario.send(ANNA, AUDIO, None);
    scenario.check_only("source", &[]);
    scenario.commit(BELA, Direction::RecvOnly);
    scenario.check_only("source", &["source 1 false"]);
}

#[test]
fn source_of_the_wrong_kind_is_not_sent() {
    let mut scenario = Scenario::new(&[ANNA]);
    scenario.send(ANNA, VIDEO, Some(MICROPHONE));
    scenario.check(&[]);
}

#[test]
fn one_encoding_goes_to_all_senders_of_its_source() {
    let mut scenario = Scenario::new(&[ANNA, BELA]);
    scenario.send(ANNA, VIDEO, Some(CAMERA));
    scenario.send(BELA, VIDEO, Some(CAMERA));
    scenario.check_only("encode", &["encode 0"]);
    scenario.encode(EncodingId(0), true);
    scenario.check_only("to", &["to 1: video true", "to 2: video true"]);
    scenario.advance(33);
    scenario.encode(EncodingId(0), false);
    scenario.check_only("to", &["to 1: video false", "to 2: video false"]);
    scenario.encode(EncodingId(7), false);
    scenario.check_only("to", &[]);
}

#[test]
fn all_senders_get_the_same_bytes() {
    let mut scenario = Scenario::new(&[ANNA, BELA]);
    scenario.send(ANNA, VIDEO, Some(CAMERA));
    scenario.send(BELA, VIDEO, Some(CAMERA));
    scenario.take();
    scenario.encode(EncodingId(0), true);
    let mut frames = Vec::new();
    while let Some(effect) = scenario.rules.poll_effect() {
        if let Effect::Command(_, Command::SendVideo { frame, .. }) = effect {
            frames.push(frame);
        }
    }
    assert_eq!(frames.len(), 2);
    assert!(Arc::ptr_eq(&frames[0], &frames[1]));
}

#[test]
fn connection_starts_with_a_key_frame_encoded_after_it() {
    let mut scenario = Scenario::new(&[]);
    let now = scenario.now();
    scenario.rules.open_connection(ANNA);
    scenario
        .rules
        .commit(now, ANNA, &negotiated(ANNA, Direction::SendRecv));
    scenario.send(ANNA, VIDEO, Some(CAMERA));
    // The encoder starts while the connection is established.
    scenario.check_only("encode", &["encode 0"]);
    scenario.encode(EncodingId(0), true);
    scenario.check_only("to 1: video", &[]);
    scenario.advance(1_000);
    scenario.take();
    scenario.dtls(ANNA, DtlsState::Connected);
    scenario.check(&["1 dtls Connected", "key frame of 0"]);
    scenario.encode(EncodingId(0), false);
    scenario.check_only("to 1: video", &[]);
    scenario.encode(EncodingId(0), true);
    scenario.encode(EncodingId(0), false);
    scenario.check_only("to 1: video", &["to 1: video true", "to 1: video false"]);
}

#[test]
fn audio_is_encoded_once_and_only_with_a_sender() {
    let mut scenario = Scenario::new(&[ANNA, BELA]);
    scenario.capture();
    scenario.check(&[]);
    scenario.send(ANNA, AUDIO, Some(MICROPHONE));
    scenario.send(BELA, AUDIO, Some(MICROPHONE));
    scenario.take();
    for frames in [2, 1] {
        scenario.capture_in_messages_of(frames);
        scenario.check(&["to 1: audio", "to 2: audio"]);
    }
    scenario.dtls(BELA, DtlsState::Closed);
    scenario.take();
    scenario.capture();
    scenario.check(&["to 1: audio"]);
}

#[test]
fn captured_audio_is_rate_limited() {
    let mut scenario = Scenario::new(&[ANNA]);
    scenario.send(ANNA, AUDIO, Some(MICROPHONE));
    scenario.take();
    for _ in 0..500 {
        scenario.capture();
        scenario.millis -= 20;
    }
    let sent = scenario.take().len();
    assert!((40..=60).contains(&sent), "{sent} packets");
}

#[test]
fn receiver_flows_from_the_first_arrival_to_the_timeout() {
    let mut scenario = Scenario::new(&[ANNA]);
    scenario.video_arrives(ANNA, true, true);
    scenario.check_only("receiver", &["receiver 11 true"]);
    scenario.audio_arrives(ANNA);
    scenario.check_only("receiver", &["receiver 10 true"]);
    scenario.advance(1_990);
    scenario.check_only("receiver", &[]);
    scenario.advance(10);
    scenario.check_only("receiver", &["receiver 11 false"]);
    scenario.advance(3_000);
    scenario.check_only("receiver", &["receiver 10 false"]);
    scenario.video_arrives(ANNA, true, true);
    scenario.check_only("receiver", &["receiver 11 true"]);
    scenario.commit(ANNA, Direction::SendOnly);
    scenario.check_only("receiver", &["receiver 11 false"]);
    scenario.video_arrives(ANNA, true, true);
    scenario.check(&[]);
}

#[test]
fn gap_in_the_video_requests_a_key_frame() {
    let mut scenario = Scenario::new(&[ANNA]);
    scenario.video_arrives(ANNA, true, true);
    scenario.advance(33);
    scenario.take();
    scenario.video_arrives(ANNA, false, false);
    scenario.check_only("to", &["to 1: key frame 1"]);
    scenario.advance(33);
    scenario.video_arrives(ANNA, true, false);
    scenario.check_only("to", &[]);
}

#[test]
fn all_video_frames_are_delivered() {
    let mut scenario = Scenario::new(&[ANNA]);
    let mut left = 0;
    for number in 0..200 {
        scenario.video_arrives(ANNA, number == 0, true);
        scenario.advance(33);
        left += scenario
            .take()
            .iter()
            .filter(|word| word.starts_with("video"))
            .count();
    }
    scenario.advance(500);
    let rest = scenario.take();
    let rest = rest.iter().filter(|word| word.starts_with("video"));
    assert_eq!(left + rest.count(), 200);
}

#[test]
fn audio_comes_on_request_and_early_requests_are_kept() {
    let mut scenario = Scenario::new(&[ANNA]);
    let want = |scenario: &mut Scenario, frames| {
        let now = scenario.now();
        let receiver = receiver(ANNA, 0);
        let request = Frame::AudioRequest { receiver, frames };
        scenario.rules.handle_frame(now, request);
    };
    want(&mut scenario, 2);
    scenario.check(&[]);
    scenario.audio_arrives(ANNA);
    scenario.check(&["receiver 10 true", "audio 10, 2 frames"]);
    scenario.advance(20);
    scenario.audio_arrives(ANNA);
    scenario.check(&[]);
    want(&mut scenario, 1);
    scenario.check(&["audio 10, 1 frames"]);
    // Requests above the rate of a sound card are limited.
    want(&mut scenario, u16::MAX);
    scenario.check(&["audio 10, 16 frames"]);
    for _ in 0..100 {
        want(&mut scenario, u16::MAX);
    }
    assert!(scenario.take().len() < 100);
}

#[test]
fn refused_commit_restores_the_previous_media() {
    let mut scenario = Scenario::new(&[ANNA]);
    scenario.send(ANNA, AUDIO, Some(MICROPHONE));
    scenario.take();
    let refused = scenario.commit(ANNA, Direction::Inactive);
    scenario.check_only("source", &["source 1 false"]);
    let now = scenario.now();
    scenario.rules.handle_commit_refused(now, ANNA, refused);
    scenario.check_only("source", &["source 1 true"]);
    // A refused commit that was already replaced changes nothing.
    let refused = scenario.commit(ANNA, Direction::SendOnly);
    scenario.commit(ANNA, Direction::Inactive);
    scenario.take();
    scenario.rules.handle_commit_refused(now, ANNA, refused);
    scenario.check_only("source", &[]);
}

#[test]
fn end_of_one_connection_affects_no_other() {
    let mut scenario = Scenario::new(&[ANNA, BELA]);
    for connection in [ANNA, BELA] {
        scenario.send(connection, VIDEO, Some(CAMERA));
        scenario.send(connection, AUDIO, Some(MICROPHONE));
    }
    scenario.encode(EncodingId(0), true);
    scenario.take();
    let now = scenario.now();
    scenario.rules.handle_ended(now, ANNA);
    scenario.check(&["1 dtls Failed", "1 ice Failed"]);
    scenario.capture();
    scenario.encode(EncodingId(0), false);
    scenario.check(&["to 2: audio", "to 2: video false"]);
    scenario.video_arrives(ANNA, true, true);
    scenario.check(&[]);
    scenario.rules.close_connection(now, BELA);
    scenario.check(&["source 1 false", "source 2 false", "stop 0"]);
}

#[test]
fn ended_calls_leave_no_state() {
    let mut scenario = Scenario::new(&[]);
    let one_call = |scenario: &mut Scenario, call: u32| {
        let connection = ConnectionId(call);
        let camera = SourceId(call);
        let now = scenario.now();
        scenario
            .rules
            .open_source(now, camera, SourceKind::Video, None)
            .unwrap();
        scenario.rules.open_connection(connection);
        scenario.commit(connection, Direction::SendRecv);
        scenario.dtls(connection, DtlsState::Connected);
        scenario.send(connection, AUDIO, Some(MICROPHONE));
        scenario.send(connection, VIDEO, Some(camera));
        scenario
            .rules
            .set_jitter_buffer_target(connection, receiver(connection, 0), Some(100.0))
            .unwrap();
        scenario.capture();
        scenario.audio_arrives(connection);
        scenario.video_arrives(connection, true, true);
        scenario.advance(500);
        let now = scenario.now();
        scenario.rules.close_connection(now, connection);
        scenario.rules.close_source(now, camera).unwrap();
        scenario.take();
        // The debug output shows all state; ids may get longer by a digit.
        format!("{:?}", scenario.rules).len()
    };
    let before = one_call(&mut scenario, 1_000);
    let after = (1_001..1_200).fold(before, |_, call| one_call(&mut scenario, call));
    assert!(after < before + 20, "{:?}", scenario.rules);
}

#[test]
fn worst_path_limits_the_audio_encoder() {
    let mut scenario = Scenario::new(&[ANNA, BELA]);
    scenario.send(ANNA, AUDIO, Some(MICROPHONE));
    scenario.send(BELA, AUDIO, Some(MICROPHONE));
    let mid = AUDIO.to_owned();
    let fraction = 0.2;
    scenario.handle_event(BELA, ConnectionEvent::AudioLoss { mid, fraction });
    scenario.handle_event(ANNA, ConnectionEvent::Estimate(80_000));
    let active = active(&scenario.rules);
    let worst = crate::page_session::senders::worst_paths(&active)[&AudioCodec::Opus];
    assert!((worst.loss - 0.2).abs() < 1e-9);
    assert_eq!(worst.bitrate, Some(20_000));
}

#[test]
fn each_connection_gets_audio_of_its_codec() {
    let mut scenario = Scenario::new(&[ANNA, BELA]);
    let now = scenario.now();
    let mut negotiated = negotiated(BELA, Direction::SendRecv);
    let Some(Media::Audio(audio)) = negotiated.media.first_mut() else {
        panic!("no audio");
    };
    audio.codecs[0].name = "PCMA".to_owned();
    scenario.rules.commit(now, BELA, &negotiated);
    for connection in [ANNA, BELA] {
        scenario.send(connection, AUDIO, Some(MICROPHONE));
    }
    scenario.take();
    scenario.capture();
    let mut sent = Vec::new();
    while let Some(effect) = scenario.rules.poll_effect() {
        if let Effect::Command(connection, Command::SendAudio { packet, .. }) = effect {
            sent.push((connection, packet.codec, packet.bytes.len() == 160));
        }
    }
    let expect = [
        (ANNA, AudioCodec::Opus, false),
        (BELA, AudioCodec::Pcma, true),
    ];
    assert_eq!(sent, expect);
}

#[test]
fn sender_uses_the_codec_of_its_parameters() {
    let mut scenario = Scenario::new(&[ANNA]);
    let now = scenario.now();
    let mut negotiated = negotiated(ANNA, Direction::SendRecv);
    for (media, second) in negotiated.media.iter_mut().zip(["PCMU", "H264"]) {
        let (Media::Audio(rtp) | Media::Video(rtp)) = media else {
            panic!("no audio or video");
        };
        rtp.codecs.push(Codec {
            payload_type: 97,
            name: second.to_owned(),
            ..rtp.codecs[0].clone()
        });
    }
    scenario.rules.commit(now, ANNA, &negotiated);
    for (payload_type, expect) in [
        (None, (AudioCodec::Opus, VideoCodec::Vp8)),
        (Some(97), (AudioCodec::Pcmu, VideoCodec::H264)),
        (Some(96), (AudioCodec::Opus, VideoCodec::Vp8)),
        // Not negotiated.
        (Some(120), (AudioCodec::Opus, VideoCodec::Vp8)),
    ] {
        let parameters = SendParameters {
            payload_type,
            ..SendParameters::default()
        };
        for (mid, source) in [(AUDIO, MICROPHONE), (VIDEO, CAMERA)] {
            let mid = mid.to_owned();
            let rules = &mut scenario.rules;
            rules
                .set_sender(now, ANNA, mid, Some(source), parameters)
                .unwrap();
        }
        let active = active(&scenario.rules);
        let sender_of = |mid: &str| active.iter().find(|sender| sender.mid == mid).unwrap();
        let (audio, video) = (sender_of(AUDIO), sender_of(VIDEO));
        let used = (audio.audio_codec.unwrap(), video.codec.unwrap());
        assert_eq!(used, expect, "{payload_type:?}");
    }
}

fn active(rules: &Rules) -> Vec<ActiveSender<'_>> {
    rules.senders.active(&rules.sources, |id| {
        let entry = rules.connections.get(&id)?;
        Some((&entry.negotiated_media, entry.path()))
    })
}

#[test]
fn channel_messages_pass_in_both_directions() {
    let mut scenario = Scenario::new(&[ANNA]);
    let now = scenario.now();
    let message = crate::wire::frame::ChannelMessage {
        binary: true,
        connection: ANNA,
        channel: ChannelId(3),
        bytes: b"hello",
    };
    scenario
        .rules
        .handle_frame(now, Frame::ChannelMessage(message));
    scenario.check(&["to 1: message 3 5"]);
    let event = ConnectionEvent::ChannelMessage {
        channel: ChannelId(3),
        binary: true,
        bytes: b"hello".to_vec(),
    };
    scenario.handle_event(ANNA, event);
    scenario.check(&["message 15"]);
}
