//! G.711 through the jitter buffer, and a change of the codec within a stream.

use super::*;
use crate::{
    audio::{G711Encoder, Law},
    connection::AudioPacket,
};

fn packets(law: Law, audio: &[f32]) -> Vec<AudioPacket> {
    let mut encoder = G711Encoder::new(law);
    let frames = audio.chunks_exact(FRAME_10MS).zip(0..);
    frames
        .filter_map(|(frame, index)| encoder.encode(Channels::Mono, frame, millis(index * 10)))
        .collect()
}

/// Plays packets of 20 ms that arrive in time, but for every `lost`th.
fn play(packets: &[AudioPacket], lost: Option<usize>) -> (Vec<f32>, AudioStatistics) {
    let mut jitter_buffer = JitterBuffer::new();
    let start = Instant::now();
    let mut played = Vec::new();
    for (index, packet) in packets.iter().enumerate() {
        let at = start + millis(index as u64 * 20);
        if lost.is_none_or(|lost| index % lost != lost - 1) {
            let AudioPacket {
                codec,
                sequence,
                media_time,
                ..
            } = *packet;
            jitter_buffer.handle_packet(codec, sequence, media_time, &packet.bytes, at);
        }
        for pull in 0..2 {
            played.extend_from_slice(jitter_buffer.pull(at + millis(pull * 10)));
        }
    }
    (played, jitter_buffer.statistics())
}

#[test]
fn g711_plays_the_tone() {
    for law in [Law::Mu, Law::A] {
        let (played, statistics) = play(&packets(law, &tone(440.0, 0.4, 4 * SECOND)), None);
        for part in played[SECOND..].chunks(4800) {
            let share = share_at(440.0, part);
            assert!(share > 0.95, "{law:?}: {share}");
        }
        assert_eq!(statistics.concealed_samples, 0);
        assert_eq!(statistics.packets_discarded, 0);
    }
}

#[test]
fn lost_g711_packet_is_concealed() {
    let audio = tone(200.0, 0.4, 6 * SECOND);
    let (played, statistics) = play(&packets(Law::Mu, &audio), Some(20));
    assert!(share_at(200.0, &played[SECOND..SECOND + 24_000]) > 0.9);
    assert!(largest_step(&played[SECOND..]) < 3.0 * largest_step(&audio[..4800]));
    assert!(statistics.concealment_events >= 10, "{statistics:?}");
}

#[test]
fn codec_change_within_a_stream_plays_on() {
    let audio = tone(440.0, 0.4, 6 * SECOND);
    let mut opus = AudioEncoder::new(Channels::Mono);
    let mut packets = packets(Law::A, &audio);
    let other: Vec<_> = audio
        .chunks_exact(FRAME_10MS)
        .zip(0..)
        .filter_map(|(frame, index)| opus.encode(Channels::Mono, frame, millis(index * 10)))
        .collect();
    packets[100..200].clone_from_slice(&other[100..200]);
    let (played, statistics) = play(&packets, None);
    for second in [1, 3, 5] {
        let share = share_at(440.0, &played[second * SECOND..][..24_000]);
        assert!(share > 0.98, "{second}: {share}");
    }
    assert_eq!(statistics.packets_discarded, 0);
}
