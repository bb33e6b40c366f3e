//! How a receiver makes sound: decodes what is there, recovers or conceals what is not, and holds
//! the delay.
//!
//! Invariant: every step puts at least one sample on the tape, so a pull ends.

use std::time::Instant;

use super::{
    super::{
        Channels, FRAME_10MS,
        decoder::{self, AudioDecoder, STEP},
        seconds,
    },
    JitterBuffer, MILLISECOND, State, approximate,
    concealment::Loudness,
    delay_estimator,
    packet_buffer::Waiting,
    time_stretch::{AHEAD, StretchRate},
};

/// Nothing is concealed longer than this; silence follows.
const OUTAGE: u64 = 1000 * MILLISECOND;
/// A gap longer than this is no loss but another media time.
const LONGEST_GAP: u64 = 1000 * MILLISECOND;
/// The delay may be off by this much before the sound is stretched.
const TOLERANCE: u64 = 10 * MILLISECOND;
/// Off by this much, it is stretched in a hurry.
const FAR: f64 = (60 * MILLISECOND) as f64;
/// Pulls between two stretches.
const REST: u32 = 10;
const SHORT_REST: u32 = 2;
const INAUDIBLE: f64 = 1e-6;
/// One packet's weight in the smoothed loss.
const LOSS_WEIGHT: f64 = 1.0 / 128.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    /// The decoder goes on from what it gave before.
    Seamless,
    Broken,
}

impl JitterBuffer {
    /// Puts some sound on the tape.
    pub(super) fn make_sound(&mut self, now: Instant) {
        match self.state {
            State::Silent => self.make_sound_of_silence(now),
            State::Playing => self.make_next_sound(now),
        }
    }

    fn make_sound_of_silence(&mut self, now: Instant) {
        let Some(first) = self.queue.first() else {
            self.make_silence();
            return;
        };
        let age =
            delay_estimator::samples(now.saturating_duration_since(first.arrival)).unsigned_abs();
        let wait = age + first.late;
        let enough = self.queue.span() >= self.target() + 2 * first.duration;
        if wait < self.target() && !enough {
            self.make_silence();
            return;
        }
        self.state = State::Playing;
        self.silent_for = 0;
        self.position = first.media_time;
        self.delay = approximate(wait.min(self.target()));
        self.concealment.handle_silence();
        self.decode_first(Joint::Broken, now);
    }

    fn make_next_sound(&mut self, now: Instant) {
        self.drop_late();
        let Some(first) = self.queue.first() else {
            self.wait_for_packet();
            return;
        };
        if first.media_time <= self.position {
            self.decode_first(Joint::Seamless, now);
            return;
        }
        let follows = self
            .last_sequence
            .is_some_and(|last| last + 1 == first.sequence);
        if follows {
            // Nothing is missing in between: the sender was silent.
            self.concealment.handle_silence();
            self.state = State::Silent;
            self.make_sound_of_silence(now);
            return;
        }
        self.bridge_gap(now);
    }

    /// Packets that concealment has overtaken.
    fn drop_late(&mut self) {
        while self
            .queue
            .first()
            .is_some_and(|first| first.end() <= self.position)
        {
            self.queue.pop_first();
            self.counters.packets_discarded += 1;
        }
    }

    /// Packets between the last one and the first in the queue are lost, or so late that it does
    /// not matter.
    fn bridge_gap(&mut self, now: Instant) {
        let Some(first) = self.queue.first() else {
            return;
        };
        let begin = first.media_time;
        let frame = first.duration;
        let redundant = decoder::carries_previous(&first.bytes);
        let gap = begin - self.position;
        // What was concealed while waiting stands for the lost sound.
        let gap = gap - self.concealment.take_waited(gap);
        self.position = begin - gap;
        let far_too_much = self.queue.span() > self.target() + 200 * MILLISECOND;
        if gap == 0 {
            self.decode_first(Joint::Seamless, now);
            return;
        }
        if gap > LONGEST_GAP || far_too_much {
            self.position = begin;
            self.decode_first(Joint::Broken, now);
            return;
        }
        if redundant && gap <= frame && self.recover(frame, gap) {
            return;
        }
        // What the next packet carries is left to it.
        let carried = if redundant && gap > frame { frame } else { 0 };
        let missing = usize::try_from(gap - carried)
            .unwrap_or(FRAME_10MS)
            .min(FRAME_10MS);
        self.conceal(missing);
        self.position += missing as u64;
        let loudness = self.loudness();
        self.concealment
            .handle_gap(missing as u64, loudness, &mut self.counters);
    }

    /// Takes the last `gap` samples before the first packet from the copy it carries.
    fn recover(&mut self, frame: u64, gap: u64) -> bool {
        let Some(first) = self.queue.first() else {
            return false;
        };
        let (Ok(frame), Ok(gap)) = (usize::try_from(frame), usize::try_from(gap)) else {
            return false;
        };
        let channels = self.decoder.channels().count();
        let sound = self.decoder.recover(&first.bytes, frame);
        if sound.len() != frame * channels {
            return false;
        }
        let sound = &sound[(frame - gap) * channels..];
        if frame == gap {
            self.tape.push(sound);
        } else {
            self.tape.push_bridged(sound);
        }
        self.position += gap as u64;
        self.counters.fec_packets_received += 1;
        self.concealment.handle_sound(&mut self.counters);
        true
    }

    /// The first packet reaches to the position or over it.
    fn decode_first(&mut self, joint: Joint, now: Instant) {
        let Some(packet) = self.queue.pop_first() else {
            return;
        };
        self.become_wide_enough(&packet);
        self.count_packet(&packet);
        let delay = seconds(self.tape.ready() as u64)
            + now.saturating_duration_since(packet.arrival).as_secs_f64();
        let before = self.position - packet.media_time;
        self.position = packet.end();

        let channels = self.decoder.channels().count();
        let sound = self.decoder.decode(&packet.bytes);
        let skip = usize::try_from(before).unwrap_or(usize::MAX) * channels;
        if sound.len() <= skip {
            // Its form was Opus, its content is not.
            self.conceal(FRAME_10MS);
            return;
        }
        if joint == Joint::Seamless && skip == 0 {
            self.tape.push(sound);
        } else {
            self.tape.push_bridged(&sound[skip..]);
        }
        let samples = packet.duration - before;
        let target = self.target();
        self.concealment.handle_sound(&mut self.counters);
        self.counters.jitter_buffer_emitted_count += samples;
        self.counters.jitter_buffer_delay += delay * approximate(samples);
        self.counters.jitter_buffer_target_delay += seconds(target) * approximate(samples);
    }

    fn count_packet(&mut self, packet: &Waiting) {
        self.carries_previous =
            decoder::carries_previous(&packet.bytes) || (self.carries_previous && self.loss > 0.0);
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

    /// Stereo once is stereo from then on; what waits on the tape is played first.
    fn become_wide_enough(&mut self, packet: &Waiting) {
        let wide = decoder::channels(&packet.bytes);
        if self.decoder.channels() == wide || wide == Channels::Mono {
            return;
        }
        self.decoder = AudioDecoder::new(wide);
        self.tape = self.tape.widened();
    }

    fn wait_for_packet(&mut self) {
        if self.concealment.waited() >= OUTAGE {
            self.state = State::Silent;
            self.concealment.handle_lost(&mut self.counters);
            self.make_silence();
            return;
        }
        self.conceal(FRAME_10MS);
        let loudness = self.loudness();
        self.concealment
            .handle_wait(FRAME_10MS as u64, loudness, &mut self.counters);
    }

    /// Background noise for as long as the decoder may know it, then nothing.
    fn make_silence(&mut self) {
        if self.last_sequence.is_some() && self.silent_for < OUTAGE {
            self.silent_for += FRAME_10MS as u64;
            self.conceal(FRAME_10MS);
            return;
        }
        let channels = self.decoder.channels().count();
        self.tape
            .push_bridged(&[0.0; 2 * FRAME_10MS][..FRAME_10MS * channels]);
    }

    fn conceal(&mut self, samples: usize) {
        let channels = self.decoder.channels().count();
        let whole = samples.next_multiple_of(STEP);
        let sound = self.decoder.conceal(whole);
        if sound.len() < samples * channels {
            let silence = vec![0.0; samples * channels];
            self.tape.push_bridged(&silence);
            return;
        }
        self.tape.push(&sound[..samples * channels]);
    }

    fn loudness(&self) -> Loudness {
        if self.tape.power() < INAUDIBLE {
            Loudness::Silent
        } else {
            Loudness::Audible
        }
    }

    /// Stretches the sound where the delay is not what it should be.
    pub(super) fn hold_delay(&mut self, now: Instant) {
        self.rest = self.rest.saturating_sub(1);
        if self.state != State::Playing || self.concealment.waited() > 0 || self.rest > 0 {
            return;
        }
        let target = self.target();
        let high = approximate(target + TOLERANCE + target / 8);
        let low = approximate(target * 3 / 4);
        let off = self.delay - approximate(target);
        let haste = if off.abs() > FAR {
            StretchRate::Hurried
        } else {
            StretchRate::Gentle
        };
        let changed = if self.delay > high {
            self.decode_ahead(now);
            if self.tape.ready() < AHEAD + FRAME_10MS {
                return;
            }
            let removed = self.tape.shorten(off as usize, haste) as u64;
            self.counters.removed_samples_for_acceleration += removed;
            self.delay -= approximate(removed);
            removed
        } else if self.delay < low {
            let inserted = self.tape.lengthen((-off as usize).max(2 * STEP), haste) as u64;
            self.counters.inserted_samples_for_deceleration += inserted;
            self.delay += approximate(inserted);
            inserted
        } else {
            return;
        };
        if changed > 0 {
            self.rest = match haste {
                StretchRate::Gentle => REST,
                StretchRate::Hurried => SHORT_REST,
            };
        }
    }

    /// Leaving out needs sound to compare; only packets that follow give it.
    fn decode_ahead(&mut self, now: Instant) {
        self.drop_late();
        while self.tape.ready() < AHEAD + FRAME_10MS
            && self
                .queue
                .first()
                .is_some_and(|first| first.media_time <= self.position)
        {
            self.decode_first(Joint::Seamless, now);
            self.drop_late();
        }
    }
}
