//! What the page is told of the sources that its receivers play.

use super::scenario::{ANNA, AUDIO_SSRC, BELA, Scenario, VIDEO_SSRC, receiver};
use crate::wire::{event::RtpSource, frame::Frame, id::ConnectionId};

/// Audio of these connections for so long, which the page plays.
fn play_audio(scenario: &mut Scenario, connections: &[ConnectionId], millis: u64) {
    for _ in 0..millis / 20 {
        for connection in connections {
            scenario.audio_arrives(*connection);
            let request = Frame::AudioRequest {
                receiver: receiver(*connection, 0),
                frames: 2,
            };
            let now = scenario.now();
            scenario.rules.handle_frame(now, request);
        }
        scenario.advance(20);
    }
    scenario.take();
}

#[test]
fn played_audio_is_told_with_its_level() {
    let mut scenario = Scenario::new(&[ANNA]);
    play_audio(&mut scenario, &[ANNA], 1000);
    let told = scenario.sources.last().unwrap();
    let [source] = &told[..] else {
        panic!("{told:?}");
    };
    assert_eq!(
        RtpSource {
            rtp_timestamp: 0,
            ..source.clone()
        },
        RtpSource {
            receiver: receiver(ANNA, 0),
            ssrc: AUDIO_SSRC,
            contributing: vec![AUDIO_SSRC + 1],
            rtp_timestamp: 0,
            audio_level: Some(0.1),
        }
    );
    assert_eq!(source.rtp_timestamp % 960, 0);
    assert!((40_000..48_000).contains(&source.rtp_timestamp));
}

#[test]
fn receivers_are_told_together_every_100_ms() {
    let mut scenario = Scenario::new(&[ANNA, BELA]);
    play_audio(&mut scenario, &[ANNA, BELA], 2000);
    let events = scenario.sources.len();
    assert!((15..=20).contains(&events), "{events} events in 2 s");
    for told in &scenario.sources[2..] {
        let receivers: Vec<_> = told.iter().map(|source| source.receiver).collect();
        assert_eq!(receivers, [receiver(ANNA, 0), receiver(BELA, 0)]);
    }
}

#[test]
fn delivered_video_is_told_without_a_level() {
    let mut scenario = Scenario::new(&[ANNA]);
    scenario.video_arrives(ANNA, true, true);
    scenario.advance(500);
    scenario.take();
    let [told] = &scenario.sources[..] else {
        panic!("{:?}", scenario.sources);
    };
    assert_eq!(
        told[..],
        [RtpSource {
            receiver: receiver(ANNA, 1),
            ssrc: VIDEO_SSRC,
            contributing: vec![VIDEO_SSRC + 1],
            rtp_timestamp: 0,
            audio_level: None,
        }]
    );
}

#[test]
fn nothing_is_told_while_nothing_is_played() {
    let mut scenario = Scenario::new(&[ANNA]);
    scenario.audio_arrives(ANNA);
    scenario.advance(500);
    scenario.take();
    assert_eq!(scenario.sources, [[]; 0]);
    play_audio(&mut scenario, &[ANNA], 500);
    scenario.sources.clear();
    for _ in 0..50 {
        let request = Frame::AudioRequest {
            receiver: receiver(ANNA, 0),
            frames: 2,
        };
        let now = scenario.now();
        scenario.rules.handle_frame(now, request);
        scenario.advance(20);
    }
    scenario.take();
    // Only what was in the jitter buffer.
    assert!(scenario.sources.len() <= 2, "{:?}", scenario.sources);
}
