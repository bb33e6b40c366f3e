//! Received pictures: held until their moment, then handed to the page's decoder.
//!
//! Invariant: pictures of a receiver leave in the order they came, none is dropped here, and what
//! waits is bounded: beyond it the oldest leave early.

use std::{
    collections::{BTreeMap, VecDeque},
    time::{Duration, Instant},
};

use super::{
    audio_receive::Heard,
    effect::Output,
    flow::{Flow, FlowChange},
};
use crate::{
    connection::VideoFrame,
    video::{LipSync, Playout},
    wire::{
        frame::{Frame, FramesBefore, ReceivedVideo},
        id::ReceiverId,
        request::SourceKind,
    },
};

/// Half a second of the fastest pictures in use.
const MAX_WAITING: usize = 60;
const MAX_WAITING_BYTES: usize = 8 << 20;

#[derive(Debug, Default)]
pub(super) struct VideoReceive {
    receivers: BTreeMap<ReceiverId, Incoming>,
}

/// This media time was that moment of the sender's clock (RFC 3550, 6.4.1).
#[derive(Debug, Clone, Copy)]
pub(super) struct Report {
    pub(super) media_time: u32,
    /// Microseconds since 1900.
    pub(super) ntp_micros: u64,
}

#[derive(Debug)]
struct Incoming {
    playout: Playout,
    flow: Flow,
    waiting: VecDeque<Waiting>,
    waiting_bytes: usize,
    /// With the sound of the same connection.
    sync: LipSync,
}

#[derive(Debug)]
struct Waiting {
    release: Instant,
    frame: VideoFrame,
    before: FramesBefore,
}

impl VideoReceive {
    /// The line receives from now on; nothing changes where it did before.
    pub(super) fn open(&mut self, receiver: ReceiverId) {
        self.receivers.entry(receiver).or_insert_with(|| Incoming {
            playout: Playout::new(),
            flow: Flow::new(SourceKind::Video),
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            sync: LipSync::new(),
        });
    }

    /// The line receives no more, or is gone.
    pub(super) fn close(&mut self, receiver: ReceiverId) -> Option<FlowChange> {
        self.receivers.remove(&receiver)?.flow.stop()
    }

    /// It is whole now, with what was sent again: so late it is, and pictures wait for that.
    pub(super) fn handle_frame(
        &mut self,
        now: Instant,
        receiver: ReceiverId,
        frame: VideoFrame,
        before: FramesBefore,
    ) -> Option<FlowChange> {
        let incoming = self.receivers.get_mut(&receiver)?;
        let delay = incoming.sync.video_delay();
        let release = incoming.playout.handle_frame(frame.media_time, now, delay);
        incoming.sync.handle_video(frame.media_time, release);
        incoming.waiting_bytes += frame.bytes.len();
        incoming.waiting.push_back(Waiting {
            release: release.at,
            frame,
            before,
        });
        incoming.flow.handle_arrival(now)
    }

    /// The sender report of these pictures.
    pub(super) fn handle_report(&mut self, receiver: ReceiverId, report: Report) {
        if let Some(incoming) = self.receivers.get_mut(&receiver) {
            let Report {
                media_time,
                ntp_micros,
            } = report;
            incoming.sync.handle_video_report(media_time, ntp_micros);
        }
    }

    /// The sender report of the sound that these pictures belong to.
    pub(super) fn handle_sound_report(&mut self, receiver: ReceiverId, report: Report) {
        if let Some(incoming) = self.receivers.get_mut(&receiver) {
            let Report {
                media_time,
                ntp_micros,
            } = report;
            incoming.sync.handle_audio_report(media_time, ntp_micros);
        }
    }

    /// That sound is heard. Gives how long it should wait for these pictures.
    pub(super) fn handle_sound(&mut self, receiver: ReceiverId, heard: Heard) -> Option<Duration> {
        let incoming = self.receivers.get_mut(&receiver)?;
        incoming
            .sync
            .handle_audio(heard.media_time, heard.at, heard.delay);
        Some(incoming.sync.minimum_audio_delay())
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.receivers
            .values()
            .flat_map(|incoming| [incoming.next_release(), incoming.flow.poll_timeout()])
            .flatten()
            .min()
    }

    /// The pictures whose moment has come, and the receivers that nothing comes for any more.
    pub(super) fn handle_timeout(
        &mut self,
        now: Instant,
    ) -> (Vec<Output>, Vec<(ReceiverId, FlowChange)>) {
        let mut outputs = Vec::new();
        let mut changes = Vec::new();
        for (receiver, incoming) in &mut self.receivers {
            while let Some(waiting) = incoming.take_due(now) {
                outputs.push(output(*receiver, &waiting));
            }
            if let Some(change) = incoming.flow.handle_timeout(now) {
                changes.push((*receiver, change));
            }
        }
        (outputs, changes)
    }
}

impl Incoming {
    fn next_release(&self) -> Option<Instant> {
        self.waiting.front().map(|waiting| waiting.release)
    }

    fn take_due(&mut self, now: Instant) -> Option<Waiting> {
        let is_crowded = self.waiting.len() > MAX_WAITING || self.waiting_bytes > MAX_WAITING_BYTES;
        if !is_crowded && self.next_release()? > now {
            return None;
        }
        let waiting = self.waiting.pop_front()?;
        self.waiting_bytes -= waiting.frame.bytes.len();
        Some(waiting)
    }
}

fn output(receiver: ReceiverId, waiting: &Waiting) -> Output {
    let frame = &waiting.frame;
    let bytes = Frame::ReceivedVideo(ReceivedVideo {
        key: frame.key,
        before: waiting.before,
        codec: frame.codec,
        receiver,
        timestamp: micros(frame.media_time),
        bytes: &frame.bytes,
    })
    .encode();
    Output::Video {
        receiver,
        key: frame.key,
        bytes,
    }
}

/// From 1/90000 s, without overflow.
fn micros(media_time: u64) -> u64 {
    (media_time / 9).saturating_mul(100) + media_time % 9 * 100 / 9
}
