//! Received sound: from packets to the pieces that the page asks for, or the system's loudspeakers.
//!
//! Invariant: a piece leaves only for a wish, so the sound card's clock drives it. A wish that
//! comes before the first packet is kept and fulfilled with it. Where the loudspeakers have the
//! sound, theirs are the wishes that count, and the page gets what they were given.

mod audio_frame;
mod system_playback;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use self::{
    audio_frame::{AudioFrame, messages},
    system_playback::SystemPlayback,
};
use super::{
    effect::Output,
    flow::{Flow, FlowChange},
};
use crate::{
    audio::{FRAME_10MS, JitterBuffer},
    bridge::{
        Rate,
        rate::{Allowance, Verdict},
    },
    connection::AudioPacket,
    wire::{frame::MAX_PIECES, id::ReceiverId, request::SourceKind, statistics::InboundStatistics},
};

/// Pieces of one wish; a page that wants more at once has lost its clock.
const MAX_REQUEST_FRAMES: u16 = MAX_PIECES;
/// Receivers whose wishes are kept.
const MAX_PENDING_REQUESTS: usize = 256;
/// Receivers that the system's loudspeakers may have.
const MAX_SYSTEM_PLAYBACK: usize = 256;
/// Twice what a sound card takes.
const MAX_REQUESTS: Rate = Rate {
    every: Duration::from_millis(5),
    burst: 100,
};

#[derive(Debug, Default)]
pub(super) struct AudioReceive {
    receivers: BTreeMap<ReceiverId, Incoming>,
    /// Pieces wanted before there was sound.
    pending_requests: BTreeMap<ReceiverId, u16>,
    /// Those that the system's loudspeakers have.
    system_playback: BTreeMap<ReceiverId, SystemPlayback>,
}

/// This media time is heard at that moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heard {
    /// In units of 1/48000 s.
    pub(super) media_time: u64,
    pub(super) at: Instant,
    /// What it waited here.
    pub(super) delay: Duration,
}

#[derive(Debug)]
struct Incoming {
    sound: JitterBuffer,
    flow: Flow,
    wishes: Allowance,
    /// From here to the loudspeaker.
    page_delay: Duration,
}

impl AudioReceive {
    /// The line receives from now on; nothing changes where it did before.
    pub(super) fn open(&mut self, receiver: ReceiverId) {
        self.receivers.entry(receiver).or_insert_with(|| Incoming {
            sound: JitterBuffer::new(),
            flow: Flow::new(SourceKind::Audio),
            wishes: Allowance::new(MAX_REQUESTS),
            page_delay: Duration::ZERO,
        });
    }

    /// The line receives no more.
    pub(super) fn close(&mut self, receiver: ReceiverId) -> Option<FlowChange> {
        self.receivers.remove(&receiver)?.flow.stop()
    }

    /// The receiver is gone for good.
    pub(super) fn forget(&mut self, receiver: ReceiverId) {
        self.receivers.remove(&receiver);
        self.pending_requests.remove(&receiver);
        self.system_playback.remove(&receiver);
    }

    /// Whether the system's loudspeakers have it.
    pub(super) fn set_system_playback(&mut self, receiver: ReceiverId, is_loud: bool) {
        if !is_loud {
            self.system_playback.remove(&receiver);
        } else if self.system_playback.len() < MAX_SYSTEM_PLAYBACK {
            self.system_playback.entry(receiver).or_default();
        }
    }

    pub(super) fn set_latency(&mut self, receiver: ReceiverId, latency: Duration) {
        if let Some(system_playback) = self.system_playback.get_mut(&receiver) {
            system_playback.latency = latency;
        }
    }

    /// Gives the change to tell, and what was pending_requests.
    pub(super) fn handle_packet(
        &mut self,
        arrival: Instant,
        now: Instant,
        receiver: ReceiverId,
        packet: &AudioPacket,
    ) -> (Option<FlowChange>, Vec<Output>) {
        let Some(incoming) = self.receivers.get_mut(&receiver) else {
            return (None, Vec::new());
        };
        incoming
            .sound
            .handle_packet(packet.sequence, packet.media_time, &packet.bytes, arrival);
        let change = incoming.flow.handle_arrival(now);
        if self.system_playback.contains_key(&receiver) {
            return (change, Vec::new());
        }
        let pieces = match self.pending_requests.remove(&receiver) {
            Some(pending_requests) => {
                messages(receiver, &incoming.pull_allowed(now, pending_requests))
            }
            None => Vec::new(),
        };
        (change, pieces)
    }

    pub(super) fn handle_frame_request(
        &mut self,
        now: Instant,
        receiver: ReceiverId,
        pieces: u16,
    ) -> Vec<Output> {
        let pieces = pieces.min(MAX_REQUEST_FRAMES);
        if self.system_playback.contains_key(&receiver) {
            return self.give_copies(receiver, pieces);
        }
        match self.receivers.get_mut(&receiver) {
            Some(incoming) if incoming.has_begun() => {
                messages(receiver, &incoming.pull_allowed(now, pieces))
            }
            Some(_) | None => {
                self.queue_request(receiver, pieces);
                Vec::new()
            }
        }
    }

    /// The system's loudspeakers want so many pieces. Gives them, two channels interleaved, and
    /// what the page gets of them.
    pub(super) fn handle_system_playback_request(
        &mut self,
        now: Instant,
        receiver: ReceiverId,
        pieces: u16,
    ) -> (Vec<f32>, Vec<Output>) {
        let pieces = pieces.min(MAX_REQUEST_FRAMES);
        let pulled: Vec<AudioFrame> = match self.receivers.get_mut(&receiver) {
            Some(incoming) if incoming.has_begun() => {
                (0..pieces).map(|_| incoming.pull(now)).collect()
            }
            // They must not run dry before it begins.
            Some(_) | None => return (vec![0.0; usize::from(pieces) * 2 * FRAME_10MS], Vec::new()),
        };
        let samples = pulled.iter().flat_map(AudioFrame::in_stereo).collect();
        let Some(system_playback) = self.system_playback.get_mut(&receiver) else {
            return (samples, Vec::new());
        };
        system_playback.keep(pulled);
        let pending_requests = self.pending_requests.remove(&receiver).unwrap_or_default();
        (samples, self.give_copies(receiver, pending_requests))
    }

    pub(super) fn set_page_delay(&mut self, receiver: ReceiverId, delay: Duration) {
        if let Some(incoming) = self.receivers.get_mut(&receiver) {
            incoming.page_delay = delay;
        }
    }

    pub(super) fn set_minimum_delay(&mut self, receiver: ReceiverId, delay: Duration) {
        if let Some(incoming) = self.receivers.get_mut(&receiver) {
            incoming.sound.set_minimum_delay(delay);
        }
    }

    /// What the page was given last, and when it is heard; `None` while nothing of the sender plays.
    pub(super) fn heard(&self, now: Instant, receiver: ReceiverId) -> Option<Heard> {
        let incoming = self.receivers.get(&receiver)?;
        let ahead = match self.system_playback.get(&receiver) {
            Some(system_playback) => system_playback.latency,
            None => incoming.page_delay,
        };
        Some(Heard {
            media_time: incoming.sound.playing()?,
            at: now + ahead,
            delay: incoming.sound.current_delay(),
        })
    }

    pub(super) fn fill(&self, receiver: ReceiverId, statistics: &mut InboundStatistics) {
        if let Some(incoming) = self.receivers.get(&receiver) {
            incoming.sound.statistics().fill(statistics);
        }
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.receivers
            .values()
            .filter_map(|incoming| incoming.flow.poll_timeout())
            .min()
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) -> Vec<(ReceiverId, FlowChange)> {
        self.receivers
            .iter_mut()
            .filter_map(|(receiver, incoming)| {
                Some((*receiver, incoming.flow.handle_timeout(now)?))
            })
            .collect()
    }

    /// For the page, of what the loudspeakers were given; what is missing is pending_requests.
    fn give_copies(&mut self, receiver: ReceiverId, pieces: u16) -> Vec<Output> {
        let Some(system_playback) = self.system_playback.get_mut(&receiver) else {
            return Vec::new();
        };
        let copies = system_playback.take(pieces);
        let missing = usize::from(pieces) - copies.len();
        self.queue_request(receiver, missing as u16);
        messages(receiver, &copies)
    }

    fn queue_request(&mut self, receiver: ReceiverId, pieces: u16) {
        if pieces == 0 {
            return;
        }
        let pending_requests = self.pending_requests.entry(receiver).or_default();
        *pending_requests = pending_requests
            .saturating_add(pieces)
            .min(MAX_REQUEST_FRAMES);
        if self.pending_requests.len() > MAX_PENDING_REQUESTS {
            self.pending_requests.pop_first();
        }
    }
}

impl Incoming {
    fn has_begun(&self) -> bool {
        self.sound.statistics().total_samples_received > 0 || self.flow.is_flowing()
    }

    /// As many as a page may have that wants so many.
    fn pull_allowed(&mut self, now: Instant, pieces: u16) -> Vec<AudioFrame> {
        (0..pieces)
            .map_while(|_| match self.wishes.take(now) {
                Verdict::Refuse => None,
                Verdict::Pass => Some(self.pull(now)),
            })
            .collect()
    }

    fn pull(&mut self, now: Instant) -> AudioFrame {
        let samples = self.sound.pull(now).to_vec();
        AudioFrame {
            samples,
            channels: self.sound.channels(),
        }
    }
}
