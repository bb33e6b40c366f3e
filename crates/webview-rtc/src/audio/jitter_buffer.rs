//! Adaptive jitter buffer: turns received packets into a steady stream of 10 ms frames, like NetEq.
//!
//! The playout device pulls 10 ms frames at its own clock. Packets are delayed so that nearly all
//! late ones arrive in time ([`delay_estimator`]); time stretching holds this target delay. A lost
//! packet is recovered from the in-band FEC of the next one, or concealed by the decoder.
//!
//! Invariant: a pull always yields 10 ms. Memory and work are bounded. The same calls yield the
//! same samples.

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
    packet_buffer::{BufferedPacket, PacketBuffer, Pushed},
    playout_clock::{PlayoutClock, Pull},
    time_stretch::SampleBuffer,
};
use super::{AudioCodec, Channels, FRAME_10MS, decoder::AudioDecoder, level::Level};

const SAMPLES_PER_MS: u64 = 48;
/// The packet after a lost one must arrive in time, because it carries the FEC.
const FEC_DELAY_SAMPLES: u64 = 25 * SAMPLES_PER_MS;
/// From this share of lost packets on, FEC is worth its delay.
const FEC_MIN_LOSS: f64 = 0.01;
/// After this many consecutive late packets the sender has restarted its media time.
const MAX_CONSECUTIVE_LATE_PACKETS: u32 = 25;
const MAX_DELAY_SAMPLES: u64 = 1000 * SAMPLES_PER_MS;
/// Weight of one packet in the smoothed delay.
const DELAY_WEIGHT: f64 = 1.0 / 16.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// No packet has arrived, or the sender is in DTX. The next packet plays after the target
    /// delay.
    Silent,
    Playing,
}

#[derive(Debug)]
pub struct JitterBuffer {
    packet_buffer: PacketBuffer,
    delay_estimator: DelayEstimator,
    decoder: AudioDecoder,
    sample_buffer: SampleBuffer,
    frame: Vec<f32>,
    state: State,
    /// Media time of the next sample to decode.
    position: u64,
    last_sequence: Option<u64>,
    concealment: Concealment,
    /// Smoothed wait of a packet that is not late, in samples.
    delay: f64,
    minimum_delay: u64,
    /// The page's wish.
    preferred_delay: u64,
    /// Smoothed share of lost packets.
    loss: f64,
    /// Whether the sender sends FEC.
    has_fec: bool,
    consecutive_late: u32,
    /// Samples of comfort noise since the sender fell silent.
    noise_samples: u64,
    /// Pulls until the next time stretch.
    stretch_pause: u32,
    playout_clock: PlayoutClock,
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
            packet_buffer: PacketBuffer::default(),
            delay_estimator: DelayEstimator::default(),
            decoder: AudioDecoder::new(AudioCodec::Opus, channels),
            sample_buffer: SampleBuffer::new(channels),
            frame: Vec::with_capacity(2 * FRAME_10MS),
            state: State::Silent,
            position: 0,
            last_sequence: None,
            concealment: Concealment::default(),
            delay: 0.0,
            minimum_delay: 0,
            preferred_delay: 0,
            loss: 0.0,
            has_fec: false,
            consecutive_late: 0,
            noise_samples: 0,
            stretch_pause: 0,
            playout_clock: PlayoutClock::default(),
            level: Level::default(),
            counters: AudioStatistics::default(),
        }
    }

    /// Inserts a packet. `sequence` and `media_time` (1/48000 s) are extended and do not wrap.
    /// Duplicate, late and invalid packets are dropped and counted.
    pub fn handle_packet(
        &mut self,
        codec: AudioCodec,
        sequence: u64,
        media_time: u64,
        bytes: &[u8],
        now: Instant,
    ) {
        let Some(mut packet) = BufferedPacket::new(codec, sequence, media_time, bytes, now) else {
            self.counters.packets_discarded += 1;
            return;
        };
        packet.relative_delay = self.delay_estimator.handle_packet(media_time, now);
        if self.state == State::Playing {
            if packet.end() <= self.position {
                self.handle_late_packet(packet);
                return;
            }
            self.consecutive_late = 0;
            if self.concealment.waited() == 0 {
                self.update_delay(&packet);
            }
        }
        match self.packet_buffer.push(packet) {
            Pushed::Inserted { dropped } => self.counters.packets_discarded += dropped,
            Pushed::Duplicate => self.counters.packets_discarded += 1,
        }
    }

    /// The next 10 ms to play: 48 kHz, interleaved, [`Self::channels`] channels. Silence if no
    /// audio is available.
    pub fn pull(&mut self, now: Instant) -> &[f32] {
        if self.playout_clock.handle_pull(now) == Pull::AfterPause {
            self.restart();
        }
        while self.ready_samples() < FRAME_10MS as u64 {
            self.produce_samples(now);
        }
        self.adjust_delay(now);

        self.frame.clear();
        self.sample_buffer.play(FRAME_10MS, &mut self.frame);
        if self.last_sequence.is_some() {
            self.counters.total_samples_received += FRAME_10MS as u64;
            self.level.handle_frame(&self.frame);
        }
        &self.frame
    }

    /// Channels of the last pulled frame.
    #[must_use]
    pub fn channels(&self) -> Channels {
        self.decoder.channels()
    }

    /// Time from arrival to pull of a packet that is not late.
    #[must_use]
    pub fn current_delay(&self) -> Duration {
        match self.state {
            State::Silent => from_samples(to_f64(self.target())),
            State::Playing => from_samples(self.delay),
        }
    }

    /// Media time of the last pulled frame; `None` while no audio of the sender plays.
    #[must_use]
    pub fn playing(&self) -> Option<u64> {
        match self.state {
            State::Silent => None,
            State::Playing if self.concealment.waited() > 0 => None,
            State::Playing => {
                let next = self.position.saturating_sub(self.ready_samples());
                Some(next.saturating_sub(FRAME_10MS as u64))
            }
        }
    }

    /// Root mean square of the last pulled frame, 0 to 1.
    #[must_use]
    pub fn frame_level(&self) -> f64 {
        self.level.frame_level()
    }

    /// Sets the lower limit of the delay, for lip sync; at most one second.
    pub fn set_minimum_delay(&mut self, delay: Duration) {
        self.minimum_delay = delay_samples(delay);
    }

    /// Sets the delay that the page wants; at most one second. The delay is longer where the network
    /// or lip sync needs it.
    pub fn set_preferred_delay(&mut self, delay: Duration) {
        self.preferred_delay = delay_samples(delay);
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

    fn ready_samples(&self) -> u64 {
        self.sample_buffer.ready_samples() as u64
    }

    /// Target delay in samples.
    fn target(&self) -> u64 {
        let fec = if self.has_fec && self.loss > FEC_MIN_LOSS {
            FEC_DELAY_SAMPLES
        } else {
            0
        };
        let required = self.delay_estimator.target().max(fec) + self.playout_clock.batch_delay();
        required
            .max(self.minimum_delay)
            .max(self.preferred_delay)
            .min(MAX_DELAY_SAMPLES)
    }

    /// The packet plays after all samples before it.
    fn update_delay(&mut self, packet: &BufferedPacket) {
        let ahead = to_f64(packet.media_time) - to_f64(self.position);
        let wait = ahead + to_f64(self.ready_samples() + packet.relative_delay);
        // A larger wait is not a delay but a jump of media time.
        let max = to_f64(2 * MAX_DELAY_SAMPLES);
        self.delay += (wait.clamp(-max, max) - self.delay) * DELAY_WEIGHT;
    }

    /// If the clock of the sender went back, every packet is late.
    fn handle_late_packet(&mut self, packet: BufferedPacket) {
        self.counters.packets_discarded += 1;
        self.consecutive_late += 1;
        if self.consecutive_late < MAX_CONSECUTIVE_LATE_PACKETS {
            return;
        }
        self.counters.packets_discarded += self.packet_buffer.clear();
        self.restart();
        self.packet_buffer.push(packet);
    }

    /// Restarts playout. Keeps only the packets within the target delay.
    fn restart(&mut self) {
        self.state = State::Silent;
        self.consecutive_late = 0;
        self.concealment = Concealment::default();
        self.sample_buffer.clear();
        let max = self.target() + 20 * SAMPLES_PER_MS;
        while self.packet_buffer.span() > max && self.packet_buffer.pop_first().is_some() {
            self.counters.packets_discarded += 1;
        }
    }
}

fn delay_samples(delay: Duration) -> u64 {
    delay_estimator::samples(delay)
        .unsigned_abs()
        .min(MAX_DELAY_SAMPLES)
}

fn to_f64(samples: u64) -> f64 {
    samples as f64
}

fn from_samples(samples: f64) -> Duration {
    Duration::try_from_secs_f64(samples.max(0.0) / f64::from(super::SAMPLE_RATE))
        .unwrap_or(Duration::ZERO)
}
