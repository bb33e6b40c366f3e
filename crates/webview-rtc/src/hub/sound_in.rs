//! Received sound: from packets to the pieces that the page asks for.
//!
//! Invariant: a piece leaves only for a wish, so the sound card's clock drives it. A wish that
//! comes before the first packet is kept and fulfilled with it.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use super::{
    effect::Output,
    flow::{Flow, FlowChange},
};
use crate::{
    audio::{AudioReceiver, Channels},
    connection::AudioPacket,
    road::{
        Rate,
        rate::{Allowance, Verdict},
    },
    wire::{
        frame::{Frame, MAX_PIECES, Samples, SoundToPlay},
        id::ReceiverId,
        request::SourceKind,
        statistics::InboundStatistics,
    },
};

/// Pieces of one wish; a page that wants more at once has lost its clock.
const MAX_WISH: u16 = MAX_PIECES;
/// Receivers whose wishes are kept.
const MAX_OWED: usize = 256;
/// Twice what a sound card takes.
const WISHES: Rate = Rate {
    every: Duration::from_millis(5),
    burst: 100,
};

#[derive(Debug, Default)]
pub(super) struct SoundIn {
    receivers: BTreeMap<ReceiverId, Incoming>,
    /// Pieces wanted before there was sound.
    owed: BTreeMap<ReceiverId, u16>,
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
    sound: AudioReceiver,
    flow: Flow,
    wishes: Allowance,
    /// From here to the loudspeaker.
    page_delay: Duration,
}

/// 10 ms on their way to the page.
#[derive(Debug)]
struct Piece {
    channels: Channels,
    bytes: Vec<u8>,
}

impl SoundIn {
    /// The line receives from now on; nothing changes where it did before.
    pub(super) fn open(&mut self, receiver: ReceiverId) {
        self.receivers.entry(receiver).or_insert_with(|| Incoming {
            sound: AudioReceiver::new(),
            flow: Flow::new(SourceKind::Audio),
            wishes: Allowance::new(WISHES),
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
        self.owed.remove(&receiver);
    }

    /// Gives the change to tell, and what was owed.
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
        let pieces = match self.owed.remove(&receiver) {
            Some(owed) => incoming.pull(now, receiver, owed),
            None => Vec::new(),
        };
        (change, pieces)
    }

    pub(super) fn handle_wish(
        &mut self,
        now: Instant,
        receiver: ReceiverId,
        pieces: u16,
    ) -> Vec<Output> {
        let pieces = pieces.min(MAX_WISH);
        match self.receivers.get_mut(&receiver) {
            Some(incoming) if incoming.has_begun() => incoming.pull(now, receiver, pieces),
            Some(_) | None => {
                self.owe(receiver, pieces);
                Vec::new()
            }
        }
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
        Some(Heard {
            media_time: incoming.sound.playing()?,
            at: now + incoming.page_delay,
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

    fn owe(&mut self, receiver: ReceiverId, pieces: u16) {
        let owed = self.owed.entry(receiver).or_default();
        *owed = owed.saturating_add(pieces).min(MAX_WISH);
        if self.owed.len() > MAX_OWED {
            self.owed.pop_first();
        }
    }
}

impl Incoming {
    fn has_begun(&self) -> bool {
        self.sound.statistics().total_samples_received > 0 || self.flow.is_flowing()
    }

    /// In one message, unless the sound's channels change between.
    fn pull(&mut self, now: Instant, receiver: ReceiverId, pieces: u16) -> Vec<Output> {
        let pieces: Vec<Piece> = (0..pieces).map_while(|_| self.pull_one(now)).collect();
        pieces
            .chunk_by(|one, next| one.channels == next.channels)
            .filter_map(|batch| message(receiver, batch))
            .collect()
    }

    fn pull_one(&mut self, now: Instant) -> Option<Piece> {
        if self.wishes.take(now) == Verdict::Refuse {
            return None;
        }
        let samples = self.sound.pull(now).iter();
        Some(Piece {
            bytes: samples.flat_map(|sample| sample.to_le_bytes()).collect(),
            channels: self.sound.channels(),
        })
    }
}

fn message(receiver: ReceiverId, batch: &[Piece]) -> Option<Output> {
    let channels = u8::try_from(batch.first()?.channels.count()).ok()?;
    let bytes: Vec<u8> = batch
        .iter()
        .flat_map(|piece| &piece.bytes)
        .copied()
        .collect();
    let samples = Samples::read(channels, &bytes).ok()?;
    let bytes = Frame::SoundToPlay(SoundToPlay { receiver, samples }).encode();
    Some(Output::Sound {
        receiver,
        pieces: u16::try_from(batch.len()).ok()?,
        bytes,
    })
}
