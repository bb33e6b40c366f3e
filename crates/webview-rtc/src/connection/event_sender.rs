//! The events on their way to the one who listens.
//!
//! Invariant: `try_send` never waits. Media that finds no room is dropped; everything else keeps
//! its order and waits here, while little more comes in (see [`EventSender::is_behind`]).

use std::collections::VecDeque;

use tokio::sync::mpsc;

use super::ConnectionEvent;

/// From here on nothing should be read that makes more events.
const BEHIND: usize = 64;
/// What timers and the page's own wishes may add to that before the listener counts as gone.
const MOST: usize = 8192;

#[derive(Debug)]
pub(super) struct EventSender {
    sender: mpsc::Sender<ConnectionEvent>,
    waiting: VecDeque<ConnectionEvent>,
    undelivered: u64,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Undelivered {
    /// Of this mid; its decoder misses it.
    Picture(String),
    Other,
}

/// Nobody listens any more.
#[derive(Debug)]
pub(super) struct Gone;

impl EventSender {
    pub(super) fn new(sender: mpsc::Sender<ConnectionEvent>) -> Self {
        Self {
            sender,
            waiting: VecDeque::new(),
            undelivered: 0,
        }
    }

    pub(super) fn is_behind(&self) -> bool {
        self.waiting.len() >= BEHIND
    }

    pub(super) fn undelivered(&self) -> u64 {
        self.undelivered
    }

    pub(super) fn try_send(&mut self, event: ConnectionEvent) -> Result<(), Undelivered> {
        let refused = if self.waiting.is_empty() {
            match self.sender.try_send(event) {
                Ok(()) => return Ok(()),
                Err(mpsc::error::TrySendError::Full(event)) => event,
                Err(mpsc::error::TrySendError::Closed(_)) => return Err(Undelivered::Other),
            }
        } else {
            event
        };
        match refused {
            ConnectionEvent::Video { mid, .. } => {
                self.undelivered += 1;
                Err(Undelivered::Picture(mid))
            }
            ConnectionEvent::Audio { .. } => {
                self.undelivered += 1;
                Err(Undelivered::Other)
            }
            control @ (ConnectionEvent::Candidate { .. }
            | ConnectionEvent::CandidateError { .. }
            | ConnectionEvent::GatheringComplete { .. }
            | ConnectionEvent::IceState(_)
            | ConnectionEvent::DtlsState(_)
            | ConnectionEvent::IncomingChannel(..)
            | ConnectionEvent::ChannelOpen(..)
            | ConnectionEvent::ChannelClosed(_)
            | ConnectionEvent::ChannelSent(..)
            | ConnectionEvent::ChannelMessage { .. }
            | ConnectionEvent::SenderReport { .. }
            | ConnectionEvent::KeyFrameWanted { .. }
            | ConnectionEvent::Estimate(_)
            | ConnectionEvent::AudioLoss { .. }) => {
                if let Some(control) = merge(self.waiting.back_mut(), control) {
                    self.waiting.push_back(control);
                }
                Ok(())
            }
        }
    }

    /// Waits until something that waited has gone, which may be never.
    pub(super) async fn room(&mut self) -> Result<(), Gone> {
        if self.waiting.is_empty() {
            self.sender.closed().await;
            return Err(Gone);
        }
        if self.waiting.len() > MOST {
            return Err(Gone);
        }
        let permit = self.sender.reserve().await.map_err(|_| Gone)?;
        if let Some(event) = self.waiting.pop_front() {
            permit.send(event);
        }
        Ok(())
    }
}

/// Puts an event into the one before it where both together say as much; otherwise gives it back.
fn merge(last: Option<&mut ConnectionEvent>, event: ConnectionEvent) -> Option<ConnectionEvent> {
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
        connection::{AudioPacket, VideoFrame},
        wire::{event::VideoCodec, id::ChannelId},
    };

    fn closed(channel: u32) -> ConnectionEvent {
        ConnectionEvent::ChannelClosed(ChannelId(channel))
    }

    fn sent(channel: u32, bytes: u32) -> ConnectionEvent {
        ConnectionEvent::ChannelSent(ChannelId(channel), bytes)
    }

    fn sound() -> ConnectionEvent {
        ConnectionEvent::Audio {
            mid: "0".to_owned(),
            packet: AudioPacket {
                sequence: 0,
                media_time: 0,
                starts_talkspurt: false,
                bytes: Vec::new(),
            },
            arrival: now(),
        }
    }

    fn picture() -> ConnectionEvent {
        ConnectionEvent::Video {
            mid: "1".to_owned(),
            frame: VideoFrame {
                codec: VideoCodec::Vp8,
                key: true,
                media_time: 0,
                bytes: Vec::new(),
            },
            contiguous: true,
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a moment; which one is all the same"
    )]
    fn now() -> std::time::Instant {
        std::time::Instant::now()
    }

    #[tokio::test]
    async fn control_waits_in_order_and_media_does_not() {
        let (sender, mut listener) = mpsc::channel(2);
        let mut event_sender = EventSender::new(sender);
        for channel in 0..100 {
            assert_eq!(event_sender.try_send(closed(channel)), Ok(()));
        }
        assert!(event_sender.is_behind());
        assert_eq!(event_sender.try_send(sound()), Err(Undelivered::Other));
        let lost = Err(Undelivered::Picture("1".to_owned()));
        assert_eq!(event_sender.try_send(picture()), lost);
        for expect in 0..100 {
            let Some(ConnectionEvent::ChannelClosed(channel)) = listener.recv().await else {
                panic!("an event was lost");
            };
            assert_eq!(channel.0, expect);
            if expect < 98 {
                event_sender.room().await.unwrap();
            }
        }
        assert!(!event_sender.is_behind());
        assert_eq!(event_sender.try_send(picture()), Ok(()));
        drop(listener);
        assert!(event_sender.room().await.is_err());
    }

    #[tokio::test]
    async fn what_is_only_a_number_does_not_pile_up() {
        let (sender, mut listener) = mpsc::channel(1);
        let mut event_sender = EventSender::new(sender);
        assert_eq!(event_sender.try_send(closed(0)), Ok(()));
        for (channel, bytes) in [(1, 10), (1, 20), (2, 5), (1, 1), (1, 2)] {
            assert_eq!(event_sender.try_send(sent(channel, bytes)), Ok(()));
        }
        let mut told = Vec::new();
        while let Some(event) = listener.recv().await {
            if let ConnectionEvent::ChannelSent(channel, bytes) = event {
                told.push((channel.0, bytes));
            }
            if told.len() == 3 {
                break;
            }
            event_sender.room().await.unwrap();
        }
        assert_eq!(told, [(1, 30), (2, 5), (1, 3)]);
    }
}
