//! Bounded queues of a bridge for messages, audio, video and captured screens that the page has not
//! read yet.
//!
//! Invariant: messages are never dropped and keep their order. Audio older than [`MAX_AUDIO_AGE`]
//! is dropped and requested again. Video older than [`MAX_VIDEO_AGE`] is dropped when the next
//! frame arrives, always up to a key frame of the same receiver. Rows of captured screens are never
//! dropped. Every queue has a limit; that of captured rows is that the page requests each frame.

use std::{
    collections::{BTreeSet, VecDeque},
    time::{Duration, Instant},
};

use tokio_tungstenite::tungstenite::{Bytes, Message, Utf8Bytes};

use crate::wire::id::ReceiverId;

/// Older audio would only delay the audio after it.
const MAX_AUDIO_AGE: Duration = Duration::from_millis(100);
const MAX_AUDIO_MESSAGES: usize = 512;
/// Longer than the usual pauses of a page that works.
const MAX_VIDEO_AGE: Duration = Duration::from_millis(400);
const MAX_VIDEO_BYTES: usize = 12 << 20;
/// Above this size of queued messages the connections are not polled.
const BACKPRESSURE_BYTES: usize = 1 << 20;
/// Limit of queued messages; beyond it the bridge closes.
const MAX_MESSAGE_BYTES: usize = 64 << 20;
/// Memory that a queued message takes beside its payload.
const MESSAGE_OVERHEAD_BYTES: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Outbox {
    messages: VecDeque<Message>,
    message_bytes: usize,
    audio: VecDeque<QueuedAudio>,
    video: VecDeque<QueuedVideo>,
    video_bytes: usize,
    captured: VecDeque<Bytes>,
    /// Receivers whose video cannot be decoded before the next key frame.
    awaiting_key_frame: BTreeSet<ReceiverId>,
}

#[derive(Debug)]
pub(super) struct QueuedVideo {
    pub(super) receiver: ReceiverId,
    pub(super) key: bool,
    pub(super) since: Instant,
    pub(super) bytes: Bytes,
}

#[derive(Debug)]
pub(super) struct QueuedAudio {
    pub(super) receiver: ReceiverId,
    /// Frames of 10 ms in the message.
    pub(super) frames: u16,
    pub(super) since: Instant,
    pub(super) bytes: Bytes,
}

/// The queued messages exceed [`MAX_MESSAGE_BYTES`].
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

impl Outbox {
    /// # Errors
    /// When the queue is full.
    pub(super) fn push_text(&mut self, text: String) -> Result<(), Full> {
        self.push_message(Message::Text(Utf8Bytes::from(text)))
    }

    /// # Errors
    /// When the queue is full.
    pub(super) fn push_binary(&mut self, bytes: Vec<u8>) -> Result<(), Full> {
        self.push_message(Message::Binary(Bytes::from(bytes)))
    }

    pub(super) fn push_audio(&mut self, audio: QueuedAudio) {
        if self.audio.len() >= MAX_AUDIO_MESSAGES {
            self.audio.pop_front();
        }
        self.audio.push_back(audio);
    }

    /// Drops stale audio. Returns the receivers and how many frames each still needs.
    pub(super) fn drop_stale_audio(&mut self, now: Instant) -> Vec<(ReceiverId, u16)> {
        let is_fresh =
            |audio: &QueuedAudio| now.saturating_duration_since(audio.since) <= MAX_AUDIO_AGE;
        let stale = self
            .audio
            .iter()
            .take_while(|audio| !is_fresh(audio))
            .count();
        self.audio
            .drain(..stale)
            .map(|audio| (audio.receiver, audio.frames))
            .collect()
    }

    /// Returns the receivers that need a key frame now, because their video was dropped.
    pub(super) fn push_video(&mut self, video: QueuedVideo) -> Vec<ReceiverId> {
        let now = video.since;
        let mut key_frame_requests = Vec::new();
        if video.key {
            self.awaiting_key_frame.remove(&video.receiver);
        }
        if !self.awaiting_key_frame.contains(&video.receiver) {
            self.video_bytes += video.bytes.len();
            self.video.push_back(video);
        }
        while let Some(oldest) = self.video.front() {
            let is_stale = now.saturating_duration_since(oldest.since) > MAX_VIDEO_AGE;
            if !is_stale && self.video_bytes <= MAX_VIDEO_BYTES {
                break;
            }
            let receiver = oldest.receiver;
            if self.drop_up_to_key_frame(receiver) {
                continue;
            }
            self.awaiting_key_frame.insert(receiver);
            key_frame_requests.push(receiver);
        }
        key_frame_requests
    }

    pub(super) fn push_captured_rows(&mut self, bytes: Vec<u8>) {
        self.captured.push_back(Bytes::from(bytes));
    }

    /// The next message for the socket: audio first, captured screens last.
    pub(super) fn pop(&mut self) -> Option<Message> {
        if let Some(audio) = self.audio.pop_front() {
            return Some(Message::Binary(audio.bytes));
        }
        if let Some(message) = self.messages.pop_front() {
            self.message_bytes -= queued_bytes(&message);
            return Some(message);
        }
        if let Some(video) = self.video.pop_front() {
            self.video_bytes -= video.bytes.len();
            return Some(Message::Binary(video.bytes));
        }
        self.captured.pop_front().map(Message::Binary)
    }

    /// Whether the page must read before more messages are queued.
    pub(super) fn has_backpressure(&self) -> bool {
        self.message_bytes > BACKPRESSURE_BYTES
    }

    fn push_message(&mut self, message: Message) -> Result<(), Full> {
        let bytes = self.message_bytes + queued_bytes(&message);
        if bytes > MAX_MESSAGE_BYTES {
            return Err(Full);
        }
        self.message_bytes = bytes;
        self.messages.push_back(message);
        Ok(())
    }

    /// Drops the frames before the newest key frame of this receiver. False when the only key frame
    /// is the oldest frame or there is none: then all its frames are dropped.
    fn drop_up_to_key_frame(&mut self, receiver: ReceiverId) -> bool {
        let is_of_receiver = |video: &QueuedVideo| video.receiver == receiver;
        let first = self.video.iter().position(is_of_receiver);
        let key = self
            .video
            .iter()
            .rposition(|video| is_of_receiver(video) && video.key)
            .filter(|key| Some(*key) != first);
        let mut index = 0;
        let bytes = &mut self.video_bytes;
        self.video.retain(|video| {
            let keep = !is_of_receiver(video) || key.is_some_and(|key| index >= key);
            index += 1;
            if !keep {
                *bytes -= video.bytes.len();
            }
            keep
        });
        key.is_some()
    }
}

fn queued_bytes(message: &Message) -> usize {
    message.len() + MESSAGE_OVERHEAD_BYTES
}

#[cfg(test)]
mod tests;
