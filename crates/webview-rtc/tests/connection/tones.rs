//! Telephone events are sent instead of audio, in the RTP clock of its codec.

use std::time::Duration;

use webview_rtc::{connection::ConnectionEvent, wire::negotiated::Direction};

use crate::{
    audio,
    negotiation::{Kind, Negotiation},
    test_env::{Side, TestEnv},
};

const TONES: [u8; 2] = [101, 110];
const TONE: Duration = Duration::from_millis(100);

/// The RTP header of a datagram, which is not encrypted.
#[derive(Debug, PartialEq, Eq)]
struct Header {
    payload_type: u8,
    has_marker: bool,
    timestamp: u32,
}

fn header(bytes: &[u8]) -> Option<Header> {
    let is_rtp = bytes.first()? >> 6 == 2 && !(192..=223).contains(bytes.get(1)?);
    let timestamp = bytes.get(4..8)?.try_into().ok()?;
    is_rtp.then(|| Header {
        payload_type: bytes[1] & 0x7f,
        has_marker: bytes[1] & 0x80 != 0,
        timestamp: u32::from_be_bytes(timestamp),
    })
}

/// Lets A send alone for this time. Returns its telephone events.
fn sent(env: &mut TestEnv, time: Duration) -> Vec<Header> {
    let mut sent = Vec::new();
    let end = env.now + time;
    while env.now < end {
        env.now += Duration::from_millis(5);
        let now = env.now;
        env.a.session.handle_timeout(now);
        while let Some(datagram) = env.a.session.poll_transmit() {
            sent.extend(
                header(&datagram.bytes).filter(|header| TONES.contains(&header.payload_type)),
            );
        }
    }
    sent
}

fn connected(kind: Kind) -> TestEnv {
    TestEnv::connected(31, &Negotiation::new().with("0", kind, Direction::SendRecv))
}

#[test]
fn tone_is_sent_as_one_event_with_three_ends() {
    for (kind, payload_type) in [(Kind::AudioWithTones, 110), (Kind::Telephone, 101)] {
        let mut env = connected(kind);
        let now = env.now;
        env.a.session.send_tone("0", 5, TONE, now);
        let sent = sent(&mut env, Duration::from_millis(300));
        // Every 20 ms, and the end twice more.
        assert_eq!(sent.len(), 7, "{sent:?}");
        assert!(sent[0].has_marker && sent[1..].iter().all(|header| !header.has_marker));
        for header in &sent {
            assert_eq!(header.payload_type, payload_type);
            assert_eq!(header.timestamp, sent[0].timestamp);
        }
    }
}

#[test]
fn second_tone_begins_50_ms_after_the_first() {
    let mut env = connected(Kind::AudioWithTones);
    let now = env.now;
    for event in [1, 2] {
        env.a.session.send_tone("0", event, TONE, now);
    }
    let mut times: Vec<u32> = sent(&mut env, Duration::from_millis(500))
        .iter()
        .map(|header| header.timestamp)
        .collect();
    times.dedup();
    assert_eq!(times.len(), 2, "{times:?}");
    assert_eq!(times[1].wrapping_sub(times[0]), 150 * 48);
}

#[test]
fn audio_is_not_sent_during_a_tone() {
    let mut env = connected(Kind::AudioWithTones);
    audio::send(&mut env, Side::A, "0", 0, 10);
    env.run(Duration::from_millis(100));
    env.b.events.clear();
    let now = env.now;
    env.a.session.send_tone("0", 11, TONE, now);
    env.settle();
    audio::send(&mut env, Side::A, "0", 10, 10);
    env.run(Duration::from_millis(100));
    let numbers: Vec<u8> = audio::received_audio(&mut env, Side::B)
        .iter()
        .map(|packet| packet.bytes[1])
        .collect();
    assert_eq!(numbers, [15, 16, 17, 18, 19]);
}

#[test]
fn tone_that_is_not_negotiated_is_dropped() {
    let mut env = connected(Kind::Audio);
    let now = env.now;
    env.a.session.send_tone("0", 1, TONE, now);
    env.a.session.send_tone("7", 1, TONE, now);
    assert_eq!(sent(&mut env, Duration::from_millis(300)), []);
    let audio = |event: &ConnectionEvent| matches!(event, ConnectionEvent::Audio { .. });
    assert_eq!(env.b.count(audio), 0);
}
