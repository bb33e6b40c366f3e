//! Counters of a received audio stream, named as in
//! [webrtc-stats](https://www.w3.org/TR/webrtc-stats/#dom-rtcinboundrtpstreamstats)
//! `RTCInboundRtpStreamStats`.
//!
//! Invariant: counters never decrease.

use crate::wire::statistics::InboundStatistics;

/// Samples are per channel. Durations and delays are in seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct AudioStatistics {
    /// Played samples since the first packet, including concealed ones.
    pub total_samples_received: u64,
    pub concealed_samples: u64,
    /// Concealed samples that were silence or comfort noise.
    pub silent_concealed_samples: u64,
    pub concealment_events: u64,
    pub inserted_samples_for_deceleration: u64,
    pub removed_samples_for_acceleration: u64,
    /// Packets whose FEC recovered a lost packet.
    pub fec_packets_received: u64,
    /// Late, duplicate, excess and invalid packets.
    pub packets_discarded: u64,
    /// 0 to 1, linear, over the last 100 ms.
    pub audio_level: f64,
    pub total_audio_energy: f64,
    pub total_samples_duration: f64,
    /// Sum over all emitted samples.
    pub jitter_buffer_delay: f64,
    pub jitter_buffer_target_delay: f64,
    pub jitter_buffer_emitted_count: u64,
}

impl AudioStatistics {
    /// Fills the members that a received audio stream has.
    pub fn fill(&self, inbound: &mut InboundStatistics) {
        inbound.total_samples_received = Some(self.total_samples_received);
        inbound.concealed_samples = Some(self.concealed_samples);
        inbound.silent_concealed_samples = Some(self.silent_concealed_samples);
        inbound.concealment_events = Some(self.concealment_events);
        inbound.inserted_samples_for_deceleration = Some(self.inserted_samples_for_deceleration);
        inbound.removed_samples_for_acceleration = Some(self.removed_samples_for_acceleration);
        inbound.fec_packets_received = Some(self.fec_packets_received);
        inbound.packets_discarded = Some(self.packets_discarded);
        inbound.audio_level = Some(self.audio_level);
        inbound.total_audio_energy = Some(self.total_audio_energy);
        inbound.total_samples_duration = Some(self.total_samples_duration);
        inbound.jitter_buffer_delay = Some(self.jitter_buffer_delay);
        inbound.jitter_buffer_target_delay = Some(self.jitter_buffer_target_delay);
        inbound.jitter_buffer_emitted_count = Some(self.jitter_buffer_emitted_count);
    }
}
