//! One received sound: its packets, in whatever order and time they come, made into an even flow.
//!
//! Whoever plays pulls 10 ms pieces by its own clock. A packet waits as long as the late ones of
//! its stream need ([`delay_estimator`]); the delay is held there by stretching the sound. A lost
//! packet is taken from the one after it where that carries it (in-band FEC), else concealed by
//! Opus.
//!
//! Invariant: a pull always gives 10 ms, whatever came or did not come; memory and work are
//! bounded; the same calls give the same samples.

mod concealment;
mod decode;
pub(super) mod delay_estimator;
mod packet_buffer;
mod playout_clock;
mod statistics;
mod time_stretch;

#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

pub use statistics::AudioStatistics;

use self::{
    concealment::Concealment,
    delay_estimator::DelayEstimator,
    packet_buffer::{PacketBuffer, Pushed, Waiting},
    playout_clock::{PlayoutClock, Pull},
    time_stretch::SampleBuffer,
};
use super::{Channels, FRAME_10MS, decoder::AudioDecoder, level::Level};

const MILLISECOND: u64 = 48;
/// The packet after a lost one must be there in time for its FEC.
const FEC_DELAY: u64 = 25 * MILLISECOND;
/// From this share of lost packets on it is worth the delay.
const FEC_WORTH: f64 = 0.01;
/// So many packets in a row too late: the sender's media time has begun anew.
const LATE_IN_A_ROW: u32 = 25;
const MOST_DELAY: u64 = 1000 * MILLISECOND;
/// One packet's weight in the smoothed delay.
const DELAY_WEIGHT: f64 = 1.0 / 16.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing has come yet, or silence is not sent: the next packet plays when it has waited.
    Silent,
    Playing,
}

#[derive(Debug)]
pub struct JitterBuffer {
    queue: PacketBuffer,
    arrival: DelayEstimator,
    decoder: AudioDecoder,
    tape: SampleBuffer,
    piece: Vec<f32>,
    state: State,
    /// Media time of what is decoded next.
    position: u64,
    last_sequence: Option<u64>,
    concealment: Concealment,
    /// Smoothed: how long a packet that is not late waits, in samples.
    delay: f64,
    minimum_delay: u64,
    /// Lost packets a packet, smoothed.
    loss: f64,
    /// Whether the sender sends FEC.
    carries_previous: bool,
    late_in_a_row: u32,
    /// Samples of background noise since the sender fell silent.
    silent_for: u64,
    /// Pulls until the sound may be stretched again.
    rest: u32,
    player: PlayoutClock,
    level: Level,
    counters: AudioStatistics,
}

impl Default for JitterBuffer {
    fn default() -> Self {
        Self::new()
    }
}

impl JitterBuffer {
    #[must_use]
    pub fn new() -> Self {
        let channels = Channels::Mono;
        Self {
            queue: PacketBuffer::default(),
            arrival: DelayEstimator::default(),
            decoder: AudioDecoder::new(channels),
            tape: SampleBuffer::new(channels),
            piece: Vec::with_capacity(2 * FRAME_10MS),
            state: State::Silent,
            position: 0,
            last_sequence: None,
            concealment: Concealment::default(),
            delay: 0.0,
            minimum_delay: 0,
            loss: 0.0,
            carries_previous: false,
            late_in_a_row: 0,
            silent_for: 0,
            rest: 0,
            player: PlayoutClock::default(),
            level: Level::default(),
            counters: AudioStatistics::default(),
        }
    }

    /// Takes a packet of Opus. `sequence` and `media_time` (1/48000 s) are extended, so that they
    /// never wrap; what comes twice, too late or is not Opus is dropped and counted.
    pub fn handle_packet(&mut self, sequence: u64, media_time: u64, bytes: &[u8], now: Instant) {
        let Some(mut packet) = Waiting::new(sequence, media_time, bytes, now) else {
            self.counters.packets_discarded += 1;
            return;
        };
        packet.late = self.arrival.handle_packet(media_time, now);
        if self.state == State::Playing {
            if packet.end() <= self.position {
                self.handle_late_packet(packet);
                return;
            }
            self.late_in_a_row = 0;
            if self.concealment.waited() == 0 {
                self.learn_delay(&packet);
            }
        }
        match self.queue.push(packet) {
            Pushed::Kept { dropped } => self.counters.packets_discarded += dropped,
            Pushed::Twice => self.counters.packets_discarded += 1,
        }
    }

    /// The next 10 ms to play, 48 kHz, interleaved, [`Self::channels`] wide; silence where there
    /// is nothing.
    pub fn pull(&mut self, now: Instant) -> &[f32] {
        if self.player.handle_pull(now) == Pull::AfterPause {
            self.begin_anew();
        }
        while self.ready() < FRAME_10MS as u64 {
            self.make_sound(now);
        }
        self.hold_delay(now);

        self.piece.clear();
        self.tape.play(FRAME_10MS, &mut self.piece);
        if self.last_sequence.is_some() {
            self.counters.total_samples_received += FRAME_10MS as u64;
            self.level.handle_piece(&self.piece);
        }
        &self.piece
    }

    /// Of the piece pulled last.
    #[must_use]
    pub fn channels(&self) -> Channels {
        self.decoder.channels()
    }

    /// How long a packet that is not late waits until it is pulled.
    #[must_use]
    pub fn current_delay(&self) -> Duration {
        match self.state {
            State::Silent => from_samples(approximate(self.target())),
            State::Playing => from_samples(self.delay),
        }
    }

    /// Media time of the piece pulled last; `None` while nothing of the sender is playing.
    #[must_use]
    pub fn playing(&self) -> Option<u64> {
        match self.state {
            State::Silent => None,
            State::Playing if self.concealment.waited() > 0 => None,
            State::Playing => {
                let next = self.position.saturating_sub(self.ready());
                Some(next.saturating_sub(FRAME_10MS as u64))
            }
        }
    }

    /// Never less delay than this, for the picture's sake; at most one second.
    pub fn set_minimum_delay(&mut self, delay: Duration) {
        self.minimum_delay = delay_estimator::samples(delay)
            .unsigned_abs()
            .min(MOST_DELAY);
    }

    #[must_use]
    pub fn statistics(&self) -> AudioStatistics {
        AudioStatistics {
            audio_level: self.level.level(),
            total_audio_energy: self.level.energy(),
            total_samples_duration: self.level.duration(),
            ..self.counters
        }
    }

    fn ready(&self) -> u64 {
        self.tape.ready() as u64
    }

    /// In samples.
    fn target(&self) -> u64 {
        let fec = if self.carries_previous && self.loss > FEC_WORTH {
            FEC_DELAY
        } else {
            0
        };
        let needed = self.arrival.target().max(fec) + self.player.slack();
        needed.max(self.minimum_delay).min(MOST_DELAY)
    }

    /// This packet will be played when what is before it has been.
    fn learn_delay(&mut self, packet: &Waiting) {
        let ahead = approximate(packet.media_time) - approximate(self.position);
        let wait = ahead + approximate(self.ready() + packet.late);
        // Beyond, it is no delay but another media time.
        let most = approximate(2 * MOST_DELAY);
        self.delay += (wait.clamp(-most, most) - self.delay) * DELAY_WEIGHT;
    }

    /// The sender's clock may have gone back; then everything that comes is late.
    fn handle_late_packet(&mut self, packet: Waiting) {
        self.counters.packets_discarded += 1;
        self.late_in_a_row += 1;
        if self.late_in_a_row < LATE_IN_A_ROW {
            return;
        }
        self.counters.packets_discarded += self.queue.clear();
        self.begin_anew();
        self.queue.push(packet);
    }

    /// Keeps of what waits only what is wanted, and plays it when it has waited.
    fn begin_anew(&mut self) {
        self.state = State::Silent;
        self.late_in_a_row = 0;
        self.concealment = Concealment::default();
        self.tape.clear();
        let most = self.target() + 20 * MILLISECOND;
        while self.queue.span() > most && self.queue.pop_first().is_some() {
            self.counters.packets_discarded += 1;
        }
    }
}

fn approximate(samples: u64) -> f64 {
    samples as f64
}

fn from_samples(samples: f64) -> Duration {
    Duration::try_from_secs_f64(samples.max(0.0) / f64::from(super::SAMPLE_RATE))
        .unwrap_or(Duration::ZERO)
}
