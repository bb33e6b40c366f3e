//! What a receiver of sound counts.
//!
//! Source: W3C webrtc-stats, `RTCInboundRtpStreamStats`; the names are its.

use crate::wire::statistics::InboundStatistics;

/// Samples are a channel's; durations and delays are in seconds. Counters never go back.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct AudioStatistics {
    /// Played samples since the first packet, concealed ones among them.
    pub total_samples_received: u64,
    pub concealed_samples: u64,
    /// Those of them that were silence or nothing but background noise.
    pub silent_concealed_samples: u64,
    pub concealment_events: u64,
    pub inserted_samples_for_deceleration: u64,
    pub removed_samples_for_acceleration: u64,
    /// Packets that carried a lost one in them which was made use of.
    pub fec_packets_received: u64,
    /// Too late, twice, too many, or not Opus.
    pub packets_discarded: u64,
    /// 0 to 1, linear, of the last 100 ms.
    pub audio_level: f64,
    pub total_audio_energy: f64,
    pub total_samples_duration: f64,
    /// Sum over every emitted sample.
    pub jitter_buffer_delay: f64,
    pub jitter_buffer_target_delay: f64,
    pub jitter_buffer_emitted_count: u64,
}

impl AudioStatistics {
    /// Writes the members that a receiver of sound knows.
    pub fn fill(&self, inbound: &mut InboundStatistics) {
        inbound.total_samples_received = Some(self.total_samples_received);
        inbound.concealed_samples = Some(self.concealed_samples);
        inbound.silent_concealed_samples = Some(self.silent_concealed_samples);
        inbound.concealment_events = Some(self.concealment_events);
        inbound.inserted_samples_for_deceleration = Some(self.inserted_samples_for_deceleration);
        inbound.removed_samples_for_acceleration = Some(self.removed_samples_for_acceleration);
        inbound.fec_packets_received = Some(self.fec_packets_received);
        inbound.audio_level = Some(self.audio_level);
        inbound.total_audio_energy = Some(self.total_audio_energy);
        inbound.total_samples_duration = Some(self.total_samples_duration);
        inbound.jitter_buffer_delay = Some(self.jitter_buffer_delay);
        inbound.jitter_buffer_target_delay = Some(self.jitter_buffer_target_delay);
        inbound.jitter_buffer_emitted_count = Some(self.jitter_buffer_emitted_count);
    }
}
