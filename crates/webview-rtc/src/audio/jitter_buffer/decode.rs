//! Produces samples: decodes packets, recovers or conceals lost ones, and adjusts the delay.
//!
//! Invariant: every step adds at least one sample to the sample buffer, so a pull ends.

use std::time::Instant;

use super::{
    super::{
        Channels, FRAME_10MS,
        decoder::{self, AudioDecoder, CONCEALMENT_STEP_SAMPLES},
        seconds,
    },
    JitterBuffer, SAMPLES_PER_MS, State,
    concealment::Loudness,
    delay_estimator,
    packet_buffer::BufferedPacket,
    time_stretch::{MIN_AHEAD_SAMPLES, StretchRate},
    to_f64,
};

/// Concealment lasts at most this long; silence follows.
const MAX_CONCEALED_SAMPLES: u64 = 1000 * SAMPLES_PER_MS;
/// A larger gap is not loss but a jump of media time.
const MAX_GAP_SAMPLES: u64 = 1000 * SAMPLES_PER_MS;
/// Error of the delay that is not corrected.
const DELAY_TOLERANCE_SAMPLES: u64 = 10 * SAMPLES_PER_MS;
/// A larger error of the delay is corrected fast.
const MAX_GENTLE_ERROR_SAMPLES: f64 = (60 * SAMPLES_PER_MS) as f64;
/// Pulls between two time stretches.
const GENTLE_PAUSE_PULLS: u32 = 10;
const HURRIED_PAUSE_PULLS: u32 = 2;
const MAX_INAUDIBLE_POWER: f64 = 1e-6;
/// Weight of one packet in the smoothed loss.
const LOSS_WEIGHT: f64 = 1.0 / 128.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transition {
    /// The decoder continues from its previous output.
    Continuous,
    Discontinuous,
}

impl JitterBuffer {
    /// Adds samples to the sample buffer.
    pub(super) fn produce_samples(&mut self, now: Instant) {
        match self.state {
            State::Silent => self.produce_while_silent(now),
            State::Playing => self.produce_while_playing(now),
        }
    }

    fn produce_while_silent(&mut self, now: Instant) {
        let Some(first) = self.packet_buffer.first() else {
            self.produce_silence();
            return;
        };
        let age =
            delay_estimator::samples(now.saturating_duration_since(first.arrival)).unsigned_abs();
        let wait = age + first.relative_delay;
        let is_full = self.packet_buffer.span() >= self.target() + 2 * first.duration;
        if wait < self.target() && !is_full {
            self.produce_silence();
            return;
        }
        self.state = State::Playing;
        self.noise_samples = 0;
        self.position = first.media_time;
        self.delay = to_f64(wait.min(self.target()));
        self.concealment.handle_silence();
        self.decode_first(Transition::Discontinuous, now);
    }

    fn produce_while_playing(&mut self, now: Instant) {
        self.drop_late();
        let Some(first) = self.packet_buffer.first() else {
            self.produce_without_packet();
            return;
        };
        if first.media_time <= self.position {
            self.decode_first(Transition::Continuous, now);
            return;
        }
        let is_consecutive = self
            .last_sequence
            .is_some_and(|last| last + 1 == first.sequence);
        if is_consecutive {
            // No packet is missing in between: the sender was in DTX.
            self.concealment.handle_silence();
            self.state = State::Silent;
            self.produce_while_silent(now);
            return;
        }
        self.fill_gap(now);
    }

    /// Drops packets whose media time is already concealed.
    fn drop_late(&mut self) {
        while self
            .packet_buffer
            .first()
            .is_some_and(|first| first.end() <= self.position)
        {
            self.packet_buffer.pop_first();
            self.counters.packets_discarded += 1;
        }
    }

    /// Handles a gap before the first buffered packet: packets that are lost, or too late to
    /// matter.
    fn fill_gap(&mut self, now: Instant) {
        let Some(first) = self.packet_buffer.first() else {
            return;
        };
        let begin = first.media_time;
        let frame = first.duration;
        let has_fec = decoder::has_fec(first.codec, &first.bytes);
        let gap = begin - self.position;
        // The samples concealed while waiting replace a part of the gap.
        let gap = gap - self.concealment.take_waited(gap);
        self.position = begin - gap;
        let is_overfull = self.packet_buffer.span() > self.target() + 200 * SAMPLES_PER_MS;
        if gap == 0 {
            self.decode_first(Transition::Continuous, now);
            return;
        }
        if gap > MAX_GAP_SAMPLES || is_overfull {
            self.position = begin;
            self.decode_first(Transition::Discontinuous, now);
            return;
        }
        if has_fec && gap <= frame && self.recover_from_fec(frame, gap) {
            return;
        }
        // The FEC of the next packet covers the last part of the gap.
        let covered_by_fec = if has_fec && gap > frame { frame } else { 0 };
        let missing = usize::try_from(gap - covered_by_fec)
            .unwrap_or(FRAME_10MS)
            .min(FRAME_10MS);
        self.conceal(missing);
        self.position += missing as u64;
        let loudness = self.loudness();
        self.concealment
            .handle_gap(missing as u64, loudness, &mut self.counters);
    }

    /// Recovers the last `gap` samples before the first packet from its FEC.
    fn recover_from_fec(&mut self, frame: u64, gap: u64) -> bool {
        let Some(first) = self.packet_buffer.first() else {
            return false;
        };
        let (Ok(frame), Ok(gap)) = (usize::try_from(frame), usize::try_from(gap)) else {
            return false;
        };
        let channels = self.decoder.channels().count();
        let decoded = self.decoder.decode_fec(&first.bytes, frame);
        if decoded.len() != frame * channels {
            return false;
        }
        let decoded = &decoded[(frame - gap) * channels..];
        if frame == gap {
            self.sample_buffer.push(decoded);
        } else {
            self.sample_buffer.push_smoothed(decoded);
        }
        self.position += gap as u64;
        self.counters.fec_packets_received += 1;
        self.concealment.handle_decoded(&mut self.counters);
        true
    }

    /// The first packet covers the current position.
    fn decode_first(&mut self, transition: Transition, now: Instant) {
        let Some(packet) = self.packet_buffer.pop_first() else {
            return;
        };
        self.adapt_decoder(&packet);
        self.count_packet(&packet);
        let delay = seconds(self.sample_buffer.ready_samples() as u64)
            + now.saturating_duration_since(packet.arrival).as_secs_f64();
        let before = self.position - packet.media_time;
        self.position = packet.end();

        let channels = self.decoder.channels().count();
        let decoded = self.decoder.decode(&packet.bytes);
        let skip = usize::try_from(before).unwrap_or(usize::MAX) * channels;
        if decoded.len() <= skip {
            // Valid as a packet, but its content is not decodable.
            self.conceal(FRAME_10MS);
            return;
        }
        if transition == Transition::Continuous && skip == 0 {
            self.sample_buffer.push(decoded);
        } else {
            self.sample_buffer.push_smoothed(&decoded[skip..]);
        }
        let samples = packet.duration - before;
        let target = self.target();
        self.concealment.handle_decoded(&mut self.counters);
        self.counters.jitter_buffer_emitted_count += samples;
        self.counters.jitter_buffer_delay += delay * to_f64(samples);
        self.counters.jitter_buffer_target_delay += seconds(target) * to_f64(samples);
    }

    fn count_packet(&mut self, packet: &BufferedPacket) {
        self.has_fec =
            decoder::has_fec(packet.codec, &packet.bytes) || (self.has_fec && self.loss > 0.0);
        let lost = self
            .last_sequence
            .map_or(0, |last| packet.sequence.saturating_sub(last + 1))
            .min(10);
        for _ in 0..lost {
            self.loss += (1.0 - self.loss) * LOSS_WEIGHT;
        }
        self.loss -= self.loss * LOSS_WEIGHT;
        self.last_sequence = Some(packet.sequence);
    }

    /// Follows the codec of the packet. Switches to stereo for good at the first stereo packet;
    /// samples that are ready play first.
    fn adapt_decoder(&mut self, packet: &BufferedPacket) {
        let before = self.decoder.channels();
        let channels = match decoder::channels(packet.codec, &packet.bytes) {
            Channels::Stereo => Channels::Stereo,
            Channels::Mono => before,
        };
        if before != channels {
            self.sample_buffer = self.sample_buffer.to_stereo();
        }
        if before != channels || self.decoder.codec() != packet.codec {
            self.decoder = AudioDecoder::new(packet.codec, channels);
        }
    }

    fn produce_without_packet(&mut self) {
        if self.concealment.waited() >= MAX_CONCEALED_SAMPLES {
            self.state = State::Silent;
            self.concealment.handle_lost(&mut self.counters);
            self.produce_silence();
            return;
        }
        self.conceal(FRAME_10MS);
        let loudness = self.loudness();
        self.concealment
            .handle_wait(FRAME_10MS as u64, loudness, &mut self.counters);
    }

    /// Comfort noise while the decoder can model it, then zeros.
    fn produce_silence(&mut self) {
        if self.last_sequence.is_some() && self.noise_samples < MAX_CONCEALED_SAMPLES {
            self.noise_samples += FRAME_10MS as u64;
            self.conceal(FRAME_10MS);
            return;
        }
        let channels = self.decoder.channels().count();
        self.sample_buffer
            .push_smoothed(&[0.0; 2 * FRAME_10MS][..FRAME_10MS * channels]);
    }

    fn conceal(&mut self, samples: usize) {
        let channels = self.decoder.channels().count();
        let rounded = samples.next_multiple_of(CONCEALMENT_STEP_SAMPLES);
        let decoded = self.decoder.conceal(rounded);
        if decoded.len() < samples * channels {
            let silence = vec![0.0; samples * channels];
            self.sample_buffer.push_smoothed(&silence);
            return;
        }
        self.sample_buffer.push(&decoded[..samples * channels]);
    }

    fn loudness(&self) -> Loudness {
        if self.sample_buffer.power() < MAX_INAUDIBLE_POWER {
            Loudness::Silent
        } else {
            Loudness::Audible
        }
    }

    /// Time-stretches the audio while the delay is off its target.
    pub(super) fn adjust_delay(&mut self, now: Instant) {
        self.stretch_pause = self.stretch_pause.saturating_sub(1);
        if self.state != State::Playing || self.concealment.waited() > 0 || self.stretch_pause > 0 {
            return;
        }
        let target = self.target();
        let high = to_f64(target + DELAY_TOLERANCE_SAMPLES + target / 8);
        let low = to_f64(target * 3 / 4);
        let error = self.delay - to_f64(target);
        let rate = if error.abs() > MAX_GENTLE_ERROR_SAMPLES {
            StretchRate::Hurried
        } else {
            StretchRate::Gentle
        };
        let changed = if self.delay > high {
            self.decode_ahead(now);
            if self.sample_buffer.ready_samples() < MIN_AHEAD_SAMPLES + FRAME_10MS {
                return;
            }
            let removed = self.sample_buffer.accelerate(error as usize, rate) as u64;
            self.counters.removed_samples_for_acceleration += removed;
            self.delay -= to_f64(removed);
            removed
        } else if self.delay < low {
            let inserted = self
                .sample_buffer
                .decelerate((-error as usize).max(2 * CONCEALMENT_STEP_SAMPLES), rate)
                as u64;
            self.counters.inserted_samples_for_deceleration += inserted;
            self.delay += to_f64(inserted);
            inserted
        } else {
            return;
        };
        if changed > 0 {
            self.stretch_pause = match rate {
                StretchRate::Gentle => GENTLE_PAUSE_PULLS,
                StretchRate::Hurried => HURRIED_PAUSE_PULLS,
            };
        }
    }

    /// Acceleration compares audio ahead, so it decodes packets early.
    fn decode_ahead(&mut self, now: Instant) {
        self.drop_late();
        while self.sample_buffer.ready_samples() < MIN_AHEAD_SAMPLES + FRAME_10MS
            && self
                .packet_buffer
                .first()
                .is_some_and(|first| first.media_time <= self.position)
        {
            self.decode_first(Transition::Continuous, now);
            self.drop_late();
        }
    }
}
