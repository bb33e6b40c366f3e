//! Received audio: from packets to the audio frames that the page or the system requests.
//!
//! Invariant: a frame leaves the jitter buffer only on request, so the clock of the sound card
//! drives it. Requests before the first packet are kept until it arrives. Where the system plays a
//! receiver, its requests drive the jitter buffer, and the page gets copies of the same frames.

mod audio_frame;
mod played_source;
mod system_playback;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use gcra_limit::{Bucket, Rate};

use self::{
    audio_frame::{AudioFrame, outputs},
    played_source::PlayedSource,
    system_playback::SystemPlayback,
};
use super::{
    effect::Output,
    flow::{Flow, FlowChange},
    refusal::Refusal,
};
use crate::{
    audio::{FRAME_10MS, JitterBuffer},
    connection::{AudioPacket, PacketSources},
    wire::{
        event::RtpSource,
        frame::MAX_AUDIO_FRAMES,
        id::{ConnectionId, ReceiverId},
        request::SourceKind,
        statistics::InboundStatistics,
    },
};

/// Audio frames per request. A page that requests more has lost its clock.
const MAX_REQUEST_FRAMES: u16 = MAX_AUDIO_FRAMES;
/// Receivers with kept requests.
const MAX_PENDING_REQUESTS: usize = 256;
/// Receivers that the system may play.
const MAX_SYSTEM_PLAYBACK_RECEIVERS: usize = 256;
const MAX_PREFERRED_DELAYS: usize = 1024;
/// Twice the rate of a sound card.
const MAX_FRAME_RATE: Rate = Rate::one_per(Duration::from_millis(5), 100);

#[derive(Debug, Default)]
pub(super) struct AudioReceive {
    receivers: BTreeMap<ReceiverId, AudioReceiver>,
    /// Frames requested before there was audio.
    pending_requests: BTreeMap<ReceiverId, u16>,
    /// Receivers that the system plays.
    system_playback: BTreeMap<ReceiverId, SystemPlayback>,
    /// The delays that the page wants, also for receivers that are not open yet.
    preferred_delays: BTreeMap<ReceiverId, (ConnectionId, Duration)>,
}

/// When a media time is audible.
#[derive(Debug, Clone, Copy)]
pub(super) struct AudioPlayout {
    /// In units of 1/48000 s.
    pub(super) media_time: u64,
    pub(super) at: Instant,
    /// Delay in the jitter buffer.
    pub(super) delay: Duration,
}

#[derive(Debug)]
struct AudioReceiver {
    jitter_buffer: JitterBuffer,
    flow: Flow,
    requests: Bucket,
    source: PlayedSource,
    /// Delay in the page until the audio is audible.
    page_delay: Duration,
}

impl AudioReceive {
    /// The m-line receives from now on. No effect where it did before.
    pub(super) fn open(&mut self, receiver: ReceiverId) {
        let preferred = self.preferred_delays.get(&receiver);
        let preferred = preferred.map_or(Duration::ZERO, |(_, delay)| *delay);
        self.receivers.entry(receiver).or_insert_with(|| {
            let mut jitter_buffer = JitterBuffer::new();
            jitter_buffer.set_preferred_delay(preferred);
            AudioReceiver {
                jitter_buffer,
                flow: Flow::new(SourceKind::Audio),
                requests: Bucket::default(),
                source: PlayedSource::default(),
                page_delay: Duration::ZERO,
            }
        });
    }

    pub(super) fn set_preferred_delay(
        &mut self,
        connection: ConnectionId,
        receiver: ReceiverId,
        delay: Duration,
    ) -> Result<(), Refusal> {
        if delay.is_zero() {
            self.preferred_delays.remove(&receiver);
        } else if self.preferred_delays.len() < MAX_PREFERRED_DELAYS
            || self.preferred_delays.contains_key(&receiver)
        {
            self.preferred_delays.insert(receiver, (connection, delay));
        } else {
            return Err(Refusal::TooMany);
        }
        if let Some(audio_receiver) = self.receivers.get_mut(&receiver) {
            audio_receiver.jitter_buffer.set_preferred_delay(delay);
        }
        Ok(())
    }

    pub(super) fn handle_closed(&mut self, connection: ConnectionId) {
        self.preferred_delays.retain(|_, (of, _)| *of != connection);
    }

    /// The m-line does not receive any more.
    pub(super) fn close(&mut self, receiver: ReceiverId) -> Option<FlowChange> {
        self.receivers.remove(&receiver)?.flow.stop()
    }

    /// Removes the receiver of a closed connection.
    pub(super) fn remove(&mut self, receiver: ReceiverId) {
        self.receivers.remove(&receiver);
        self.pending_requests.remove(&receiver);
        self.system_playback.remove(&receiver);
    }

    /// Sets whether the system plays this receiver.
    pub(super) fn set_system_playback(&mut self, receiver: ReceiverId, is_playing: bool) {
        if !is_playing {
            self.system_playback.remove(&receiver);
        } else if self.system_playback.len() < MAX_SYSTEM_PLAYBACK_RECEIVERS {
            self.system_playback.entry(receiver).or_default();
        }
    }

    pub(super) fn set_latency(&mut self, receiver: ReceiverId, latency: Duration) {
        if let Some(system_playback) = self.system_playback.get_mut(&receiver) {
            system_playback.latency = latency;
        }
    }

    /// Returns the flow change, and the audio for pending requests.
    pub(super) fn handle_packet(
        &mut self,
        arrival: Instant,
        now: Instant,
        receiver: ReceiverId,
        packet: &AudioPacket,
        sources: PacketSources,
    ) -> (Option<FlowChange>, Vec<Output>) {
        let Some(audio_receiver) = self.receivers.get_mut(&receiver) else {
            return (None, Vec::new());
        };
        audio_receiver.jitter_buffer.handle_packet(
            packet.codec,
            packet.sequence,
            packet.media_time,
            &packet.bytes,
            arrival,
        );
        audio_receiver.source.handle_packet(packet, sources);
        let change = audio_receiver.flow.handle_arrival(now);
        if self.system_playback.contains_key(&receiver) {
            return (change, Vec::new());
        }
        let frames = match self.pending_requests.remove(&receiver) {
            Some(pending_requests) => outputs(
                receiver,
                &audio_receiver.pull_allowed(now, pending_requests),
            ),
            None => Vec::new(),
        };
        (change, frames)
    }

    pub(super) fn handle_frame_request(
        &mut self,
        now: Instant,
        receiver: ReceiverId,
        frames: u16,
    ) -> Vec<Output> {
        let frames = frames.min(MAX_REQUEST_FRAMES);
        if self.system_playback.contains_key(&receiver) {
            return self.copy_to_page(receiver, frames);
        }
        match self.receivers.get_mut(&receiver) {
            Some(audio_receiver) if audio_receiver.has_started() => {
                outputs(receiver, &audio_receiver.pull_allowed(now, frames))
            }
            Some(_) | None => {
                self.queue_request(receiver, frames);
                Vec::new()
            }
        }
    }

    /// The system requests audio frames. Returns their samples, stereo and interleaved, and the
    /// copies for the page.
    pub(super) fn handle_system_playback_request(
        &mut self,
        now: Instant,
        receiver: ReceiverId,
        frames: u16,
    ) -> (Vec<f32>, Vec<Output>) {
        let frames = frames.min(MAX_REQUEST_FRAMES);
        let pulled: Vec<AudioFrame> = match self.receivers.get_mut(&receiver) {
            Some(audio_receiver) if audio_receiver.has_started() => {
                (0..frames).map(|_| audio_receiver.pull(now)).collect()
            }
            // Silence before the first packet, so that the playback stream does not underrun.
            Some(_) | None => return (vec![0.0; usize::from(frames) * 2 * FRAME_10MS], Vec::new()),
        };
        let samples = pulled.iter().flat_map(AudioFrame::to_stereo).collect();
        let Some(system_playback) = self.system_playback.get_mut(&receiver) else {
            return (samples, Vec::new());
        };
        system_playback.push(pulled);
        let pending_requests = self.pending_requests.remove(&receiver).unwrap_or_default();
        (samples, self.copy_to_page(receiver, pending_requests))
    }

    pub(super) fn set_page_delay(&mut self, receiver: ReceiverId, delay: Duration) {
        if let Some(audio_receiver) = self.receivers.get_mut(&receiver) {
            audio_receiver.page_delay = delay;
        }
    }

    pub(super) fn set_minimum_delay(&mut self, receiver: ReceiverId, delay: Duration) {
        if let Some(audio_receiver) = self.receivers.get_mut(&receiver) {
            audio_receiver.jitter_buffer.set_minimum_delay(delay);
        }
    }

    /// The newest audio and when it is audible; `None` while no audio of the sender plays.
    pub(super) fn playout(&self, now: Instant, receiver: ReceiverId) -> Option<AudioPlayout> {
        let audio_receiver = self.receivers.get(&receiver)?;
        let output_delay = match self.system_playback.get(&receiver) {
            Some(system_playback) => system_playback.latency,
            None => audio_receiver.page_delay,
        };
        Some(AudioPlayout {
            media_time: audio_receiver.jitter_buffer.playing()?,
            at: now + output_delay,
            delay: audio_receiver.jitter_buffer.current_delay(),
        })
    }

    pub(super) fn fill_statistics(&self, receiver: ReceiverId, statistics: &mut InboundStatistics) {
        if let Some(audio_receiver) = self.receivers.get(&receiver) {
            audio_receiver.jitter_buffer.statistics().fill(statistics);
        }
    }

    /// Whose audio was played since the last call.
    pub(super) fn take_sources(&mut self) -> Vec<RtpSource> {
        self.receivers
            .iter_mut()
            .filter_map(|(receiver, audio_receiver)| audio_receiver.source.take_report(*receiver))
            .collect()
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.receivers
            .values()
            .filter_map(|audio_receiver| audio_receiver.flow.poll_timeout())
            .min()
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) -> Vec<(ReceiverId, FlowChange)> {
        self.receivers
            .iter_mut()
            .filter_map(|(receiver, audio_receiver)| {
                Some((*receiver, audio_receiver.flow.handle_timeout(now)?))
            })
            .collect()
    }

    /// Gives the page copies of the frames that the system played. Missing frames stay requested.
    fn copy_to_page(&mut self, receiver: ReceiverId, frames: u16) -> Vec<Output> {
        let Some(system_playback) = self.system_playback.get_mut(&receiver) else {
            return Vec::new();
        };
        let given = system_playback.take(frames);
        let missing = usize::from(frames) - given.len();
        self.queue_request(receiver, missing as u16);
        outputs(receiver, &given)
    }

    fn queue_request(&mut self, receiver: ReceiverId, frames: u16) {
        if frames == 0 {
            return;
        }
        let pending_requests = self.pending_requests.entry(receiver).or_default();
        *pending_requests = pending_requests
            .saturating_add(frames)
            .min(MAX_REQUEST_FRAMES);
        if self.pending_requests.len() > MAX_PENDING_REQUESTS {
            self.pending_requests.pop_first();
        }
    }
}

impl AudioReceiver {
    fn has_started(&self) -> bool {
        self.jitter_buffer.statistics().total_samples_received > 0 || self.flow.is_flowing()
    }

    /// Pulls the requested frames, as far as the rate limit allows.
    fn pull_allowed(&mut self, now: Instant, frames: u16) -> Vec<AudioFrame> {
        (0..frames)
            .map_while(|_| {
                self.requests.take(MAX_FRAME_RATE, now).ok()?;
                Some(self.pull(now))
            })
            .collect()
    }

    fn pull(&mut self, now: Instant) -> AudioFrame {
        let samples = self.jitter_buffer.pull(now).to_vec();
        let level = self.jitter_buffer.frame_level();
        self.source
            .handle_frame(self.jitter_buffer.playing(), level);
        AudioFrame {
            samples,
            channels: self.jitter_buffer.channels(),
        }
    }
}
