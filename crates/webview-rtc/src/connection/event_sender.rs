//! Queues of events from the connection to its receiver: one for control, one for media.
//!
//! Invariant: `try_send` never waits. Media is dropped when its queue is full, and never waits for
//! control. Control events keep their order and are queued; meanwhile the task reads no data of
//! channels (see [`EventSender::has_backpressure`]).

use std::collections::VecDeque;

use tokio::sync::mpsc;

use super::ConnectionEvent;

/// From this many queued events on, the task stops reading the data of channels.
const BACKPRESSURE_EVENTS: usize = 64;
/// Timers and commands may add events beyond backpressure. More than this ends the connection.
const MAX_QUEUED_EVENTS: usize = 8192;

/// Where a connection's events go.
#[derive(Debug)]
pub struct EventQueues {
    pub control: mpsc::Sender<ConnectionEvent>,
    /// Received audio and video.
    pub media: mpsc::Sender<ConnectionEvent>,
}

#[derive(Debug)]
pub(super) struct EventSender {
    queues: EventQueues,
    queued: VecDeque<ConnectionEvent>,
    undelivered: u64,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Undelivered {
    /// A video frame of this mid was dropped: its decoder needs a key frame.
    VideoFrame(String),
    Other,
}

/// The receiver is closed or too far behind.
#[derive(Debug)]
pub(super) struct ReceiverGone;

impl EventSender {
    pub(super) fn new(queues: EventQueues) -> Self {
        Self {
            queues,
            queued: VecDeque::new(),
            undelivered: 0,
        }
    }

    pub(super) fn has_backpressure(&self) -> bool {
        self.queued.len() >= BACKPRESSURE_EVENTS
    }

    pub(super) fn undelivered(&self) -> u64 {
        self.undelivered
    }

    pub(super) fn try_send(&mut self, event: ConnectionEvent) -> Result<(), Undelivered> {
        match event {
            ConnectionEvent::Video { .. } | ConnectionEvent::Audio { .. } => {
                self.try_send_media(event)
            }
            control @ (ConnectionEvent::Candidate { .. }
            | ConnectionEvent::CandidateError { .. }
            | ConnectionEvent::GatheringComplete { .. }
            | ConnectionEvent::IceState(_)
            | ConnectionEvent::DtlsState(_)
            | ConnectionEvent::RemoteCertificate(_)
            | ConnectionEvent::IncomingChannel(..)
            | ConnectionEvent::ChannelOpen(..)
            | ConnectionEvent::ChannelClosed(_)
            | ConnectionEvent::ChannelSent(..)
            | ConnectionEvent::ChannelMessage { .. }
            | ConnectionEvent::SenderReport { .. }
            | ConnectionEvent::KeyFrameWanted { .. }
            | ConnectionEvent::Estimate(_)
            | ConnectionEvent::AudioLoss { .. }) => self.try_send_control(control),
        }
    }

    fn try_send_media(&mut self, event: ConnectionEvent) -> Result<(), Undelivered> {
        let Err(error) = self.queues.media.try_send(event) else {
            return Ok(());
        };
        self.undelivered += 1;
        let undelivered = if let ConnectionEvent::Video { mid, .. } = error.into_inner() {
            Undelivered::VideoFrame(mid)
        } else {
            Undelivered::Other
        };
        Err(undelivered)
    }

    fn try_send_control(&mut self, event: ConnectionEvent) -> Result<(), Undelivered> {
        let event = if self.queued.is_empty() {
            match self.queues.control.try_send(event) {
                Ok(()) => return Ok(()),
                Err(mpsc::error::TrySendError::Full(event)) => event,
                Err(mpsc::error::TrySendError::Closed(_)) => return Err(Undelivered::Other),
            }
        } else {
            event
        };
        if let Some(event) = coalesce(self.queued.back_mut(), event) {
            self.queued.push_back(event);
        }
        Ok(())
    }

    /// Waits until a queued event is delivered. Pending forever while nothing is queued.
    pub(super) async fn wait_for_capacity(&mut self) -> Result<(), ReceiverGone> {
        if self.queued.is_empty() {
            self.queues.control.closed().await;
            return Err(ReceiverGone);
        }
        if self.queued.len() > MAX_QUEUED_EVENTS {
            return Err(ReceiverGone);
        }
        let permit = self
            .queues
            .control
            .reserve()
            .await
            .map_err(|_| ReceiverGone)?;
        if let Some(event) = self.queued.pop_front() {
            permit.send(event);
        }
        Ok(())
    }
}

/// Merges an event into the last queued one if nothing is lost; otherwise returns it.
fn coalesce(last: Option<&mut ConnectionEvent>, event: ConnectionEvent) -> Option<ConnectionEvent> {
    match (last, &event) {
        (Some(ConnectionEvent::ChannelSent(of, sum)), ConnectionEvent::ChannelSent(id, bytes))
            if of == id =>
        {
            *sum = sum.saturating_add(*bytes);
            None
        }
        (Some(ConnectionEvent::Estimate(old)), ConnectionEvent::Estimate(new)) => {
            *old = *new;
            None
        }
        _ => Some(event),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        audio_codec::AudioCodec,
        connection::{AudioPacket, PacketSources, VideoFrame},
        wire::{event::VideoCodec, id::ChannelId},
    };

    fn closed(channel: u32) -> ConnectionEvent {
        ConnectionEvent::ChannelClosed(ChannelId(channel))
    }

    fn sent(channel: u32, bytes: u32) -> ConnectionEvent {
        ConnectionEvent::ChannelSent(ChannelId(channel), bytes)
    }

    fn audio_packet() -> ConnectionEvent {
        ConnectionEvent::Audio {
            mid: "0".to_owned(),
            packet: AudioPacket {
                codec: AudioCodec::Opus,
                sequence: 0,
                media_time: 0,
                starts_talkspurt: false,
                level: None,
                bytes: Vec::new(),
            },
            sources: PacketSources::default(),
            arrival: now(),
        }
    }

    fn video_frame() -> ConnectionEvent {
        ConnectionEvent::Video {
            mid: "1".to_owned(),
            frame: VideoFrame {
                codec: VideoCodec::Vp8,
                key: true,
                media_time: 0,
                bytes: Vec::new(),
            },
            sources: PacketSources::default(),
            contiguous: true,
        }
    }

    #[expect(clippy::disallowed_methods, reason = "any instant")]
    fn now() -> std::time::Instant {
        std::time::Instant::now()
    }

    /// The sender, and the ends of its queues for control and media.
    fn queues(
        capacity: usize,
    ) -> (
        EventSender,
        mpsc::Receiver<ConnectionEvent>,
        mpsc::Receiver<ConnectionEvent>,
    ) {
        let (control, control_end) = mpsc::channel(capacity);
        let (media, media_end) = mpsc::channel(capacity);
        let sender = EventSender::new(EventQueues { control, media });
        (sender, control_end, media_end)
    }

    #[tokio::test]
    async fn full_queue_keeps_control_in_order_and_media_passes() {
        let (mut event_sender, mut control, mut media) = queues(2);
        for channel in 0..100 {
            assert_eq!(event_sender.try_send(closed(channel)), Ok(()));
        }
        assert!(event_sender.has_backpressure());
        assert_eq!(event_sender.try_send(audio_packet()), Ok(()));
        assert_eq!(event_sender.try_send(video_frame()), Ok(()));
        for expect in 0..100 {
            let Some(ConnectionEvent::ChannelClosed(channel)) = control.recv().await else {
                panic!("an event was lost");
            };
            assert_eq!(channel.0, expect);
            if expect < 98 {
                event_sender.wait_for_capacity().await.unwrap();
            }
        }
        assert!(!event_sender.has_backpressure());
        assert!(matches!(
            media.recv().await,
            Some(ConnectionEvent::Audio { .. })
        ));
        drop(control);
        assert!(event_sender.wait_for_capacity().await.is_err());
    }

    #[tokio::test]
    async fn full_queue_of_media_drops_the_newest() {
        let (mut event_sender, _control, _media) = queues(1);
        assert_eq!(event_sender.try_send(audio_packet()), Ok(()));
        assert_eq!(
            event_sender.try_send(audio_packet()),
            Err(Undelivered::Other)
        );
        let dropped = Err(Undelivered::VideoFrame("1".to_owned()));
        assert_eq!(event_sender.try_send(video_frame()), dropped);
        assert_eq!(event_sender.undelivered(), 2);
        assert_eq!(event_sender.try_send(closed(0)), Ok(()));
    }

    #[tokio::test]
    async fn queued_byte_counts_are_coalesced() {
        let (mut event_sender, mut receiver, _media) = queues(1);
        assert_eq!(event_sender.try_send(closed(0)), Ok(()));
        for (channel, bytes) in [(1, 10), (1, 20), (2, 5), (1, 1), (1, 2)] {
            assert_eq!(event_sender.try_send(sent(channel, bytes)), Ok(()));
        }
        let mut received = Vec::new();
        while let Some(event) = receiver.recv().await {
            if let ConnectionEvent::ChannelSent(channel, bytes) = event {
                received.push((channel.0, bytes));
            }
            if received.len() == 3 {
                break;
            }
            event_sender.wait_for_capacity().await.unwrap();
        }
        assert_eq!(received, [(1, 30), (2, 5), (1, 3)]);
    }
}
