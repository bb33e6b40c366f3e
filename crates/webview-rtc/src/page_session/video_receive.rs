//! Received video: frames wait for their playout time, then go to the page's decoder.
//!
//! Invariant: the frames of a receiver keep their order and none is dropped here. The queue is
//! bounded: beyond its limit the oldest frames leave early.

use std::{
    collections::{BTreeMap, VecDeque},
    time::{Duration, Instant},
};

use super::{
    audio_receive::AudioPlayout,
    effect::Output,
    flow::{Flow, FlowChange},
};
use crate::{
    connection::{PacketSources, VideoFrame},
    video::{LipSync, Playout},
    wire::{
        event::RtpSource,
        frame::{Frame, FramesBefore, ReceivedVideo},
        id::ReceiverId,
        request::SourceKind,
    },
};

/// 0.5 s at the highest usual frame rate, which is 120 per second.
const MAX_QUEUED_FRAMES: usize = 60;
const MAX_QUEUED_BYTES: usize = 8 << 20;

#[derive(Debug, Default)]
pub(super) struct VideoReceive {
    receivers: BTreeMap<ReceiverId, VideoReceiver>,
}

/// Maps a media time to the sender's clock (RFC 3550, 6.4.1).
#[derive(Debug, Clone, Copy)]
pub(super) struct SenderReport {
    pub(super) media_time: u32,
    /// Microseconds since 1900.
    pub(super) ntp_micros: u64,
}

#[derive(Debug)]
struct VideoReceiver {
    playout: Playout,
    flow: Flow,
    queue: VecDeque<QueuedFrame>,
    queued_bytes: usize,
    /// Synchronization with the audio of the same connection.
    sync: LipSync,
    /// Of the frames that left since the last report.
    delivered: Option<RtpSource>,
}

#[derive(Debug)]
struct QueuedFrame {
    release: Instant,
    frame: VideoFrame,
    sources: PacketSources,
    before: FramesBefore,
}

impl VideoReceive {
    /// The m-line receives from now on. No effect where it did before.
    pub(super) fn open(&mut self, receiver: ReceiverId) {
        self.receivers
            .entry(receiver)
            .or_insert_with(|| VideoReceiver {
                playout: Playout::new(),
                flow: Flow::new(SourceKind::Video),
                queue: VecDeque::new(),
                queued_bytes: 0,
                sync: LipSync::new(),
                delivered: None,
            });
    }

    /// The m-line does not receive any more, or the connection is closed.
    pub(super) fn close(&mut self, receiver: ReceiverId) -> Option<FlowChange> {
        self.receivers.remove(&receiver)?.flow.stop()
    }

    /// A frame is complete only now, with its retransmissions. Its delay counts for the playout
    /// delay.
    pub(super) fn handle_frame(
        &mut self,
        now: Instant,
        receiver: ReceiverId,
        frame: VideoFrame,
        sources: PacketSources,
        before: FramesBefore,
    ) -> Option<FlowChange> {
        let video_receiver = self.receivers.get_mut(&receiver)?;
        let delay = video_receiver.sync.video_delay();
        let release = video_receiver
            .playout
            .handle_frame(frame.media_time, now, delay);
        video_receiver.sync.handle_video(frame.media_time, release);
        video_receiver.queued_bytes += frame.bytes.len();
        video_receiver.queue.push_back(QueuedFrame {
            release: release.at,
            frame,
            sources,
            before,
        });
        video_receiver.flow.handle_arrival(now)
    }

    /// Handles a sender report of this video stream.
    pub(super) fn handle_report(&mut self, receiver: ReceiverId, report: SenderReport) {
        if let Some(video_receiver) = self.receivers.get_mut(&receiver) {
            let SenderReport {
                media_time,
                ntp_micros,
            } = report;
            video_receiver
                .sync
                .handle_video_report(media_time, ntp_micros);
        }
    }

    /// Handles a sender report of the audio that this video is synchronized with.
    pub(super) fn handle_audio_report(&mut self, receiver: ReceiverId, report: SenderReport) {
        if let Some(video_receiver) = self.receivers.get_mut(&receiver) {
            let SenderReport {
                media_time,
                ntp_micros,
            } = report;
            video_receiver
                .sync
                .handle_audio_report(media_time, ntp_micros);
        }
    }

    /// Handles the playout of audio. Returns the minimum delay of that audio for this video.
    pub(super) fn handle_audio(
        &mut self,
        receiver: ReceiverId,
        playout: AudioPlayout,
    ) -> Option<Duration> {
        let video_receiver = self.receivers.get_mut(&receiver)?;
        video_receiver
            .sync
            .handle_audio(playout.media_time, playout.at, playout.delay);
        Some(video_receiver.sync.minimum_audio_delay())
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.receivers
            .values()
            .flat_map(|video_receiver| {
                [
                    video_receiver.next_release(),
                    video_receiver.flow.poll_timeout(),
                ]
            })
            .flatten()
            .min()
    }

    /// Returns the frames that are due, and the receivers whose media stopped.
    pub(super) fn handle_timeout(
        &mut self,
        now: Instant,
    ) -> (Vec<Output>, Vec<(ReceiverId, FlowChange)>) {
        let mut outputs = Vec::new();
        let mut changes = Vec::new();
        for (receiver, video_receiver) in &mut self.receivers {
            while let Some(queued) = video_receiver.take_due(now) {
                outputs.push(output(*receiver, &queued));
                video_receiver.delivered = Some(queued.into_source(*receiver));
            }
            if let Some(change) = video_receiver.flow.handle_timeout(now) {
                changes.push((*receiver, change));
            }
        }
        (outputs, changes)
    }

    /// Whose video left since the last call.
    pub(super) fn take_sources(&mut self) -> Vec<RtpSource> {
        self.receivers
            .values_mut()
            .filter_map(|video_receiver| video_receiver.delivered.take())
            .collect()
    }
}

impl QueuedFrame {
    fn into_source(self, receiver: ReceiverId) -> RtpSource {
        RtpSource {
            receiver,
            ssrc: self.sources.ssrc,
            contributing: self.sources.contributing,
            // RTP has 32 bits of it.
            rtp_timestamp: self.frame.media_time as u32,
            audio_level: None,
        }
    }
}

impl VideoReceiver {
    fn next_release(&self) -> Option<Instant> {
        self.queue.front().map(|queued| queued.release)
    }

    fn take_due(&mut self, now: Instant) -> Option<QueuedFrame> {
        let is_full = self.queue.len() > MAX_QUEUED_FRAMES || self.queued_bytes > MAX_QUEUED_BYTES;
        if !is_full && self.next_release()? > now {
            return None;
        }
        let queued = self.queue.pop_front()?;
        self.queued_bytes -= queued.frame.bytes.len();
        Some(queued)
    }
}

fn output(receiver: ReceiverId, queued: &QueuedFrame) -> Output {
    let frame = &queued.frame;
    let bytes = Frame::ReceivedVideo(ReceivedVideo {
        key: frame.key,
        before: queued.before,
        codec: frame.codec,
        receiver,
        timestamp: media_time_to_micros(frame.media_time),
        bytes: &frame.bytes,
    })
    .encode();
    Output::Video {
        receiver,
        key: frame.key,
        bytes,
    }
}

/// From 1/90000 s to microseconds, without overflow.
fn media_time_to_micros(media_time: u64) -> u64 {
    (media_time / 9).saturating_mul(100) + media_time % 9 * 100 / 9
}
