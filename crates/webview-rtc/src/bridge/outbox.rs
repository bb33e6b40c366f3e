//! What waits for the page to read it: messages, sound, pictures.
//!
//! Invariant: messages are never dropped and keep their order. Sound older than [`SOUND_LIFE`] is
//! made anew, pictures are never older than [`VIDEO_LIFE`] when another comes; what is dropped of a
//! receiver's pictures is dropped up to a key frame. Nothing grows past its bound.

use std::{
    collections::{BTreeSet, VecDeque},
    time::{Duration, Instant},
};

use tokio_tungstenite::tungstenite::{Bytes, Message, Utf8Bytes};

use crate::wire::id::ReceiverId;

/// Sound that waited longer would only make what follows it late.
const SOUND_LIFE: Duration = Duration::from_millis(100);
const MAX_SOUND: usize = 512;
/// Longer than any hiccup of a page that lives.
const VIDEO_LIFE: Duration = Duration::from_millis(400);
const MAX_VIDEO_BYTES: usize = 12 << 20;
/// From here on nothing more is taken from the connections.
const CROWDED_BYTES: usize = 1 << 20;
/// What events and messages under way may add before it is too much.
const MAX_MESSAGE_BYTES: usize = 64 << 20;
/// What a message costs beside its bytes.
const MESSAGE_OVERHEAD: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Outbox {
    messages: VecDeque<Message>,
    message_bytes: usize,
    sound: VecDeque<Sound>,
    video: VecDeque<Picture>,
    video_bytes: usize,
    /// Whose pictures are of no use before the next key frame.
    broken: BTreeSet<ReceiverId>,
}

#[derive(Debug)]
pub(super) struct Picture {
    pub(super) receiver: ReceiverId,
    pub(super) key: bool,
    pub(super) since: Instant,
    pub(super) bytes: Bytes,
}

#[derive(Debug)]
pub(super) struct Sound {
    pub(super) receiver: ReceiverId,
    /// Of 10 ms.
    pub(super) pieces: u16,
    pub(super) since: Instant,
    pub(super) bytes: Bytes,
}

/// More messages wait than may.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

impl Outbox {
    /// # Errors
    /// When the page has left too much unread.
    pub(super) fn push_text(&mut self, text: String) -> Result<(), Full> {
        self.push_message(Message::Text(Utf8Bytes::from(text)))
    }

    /// # Errors
    /// When the page has left too much unread.
    pub(super) fn push_binary(&mut self, bytes: Vec<u8>) -> Result<(), Full> {
        self.push_message(Message::Binary(Bytes::from(bytes)))
    }

    pub(super) fn push_sound(&mut self, sound: Sound) {
        if self.sound.len() >= MAX_SOUND {
            self.sound.pop_front();
        }
        self.sound.push_back(sound);
    }

    /// Drops what has become too old; gives the receivers, which still want as many pieces.
    pub(super) fn drop_stale_sound(&mut self, now: Instant) -> Vec<(ReceiverId, u16)> {
        let fresh = |sound: &Sound| now.saturating_duration_since(sound.since) <= SOUND_LIFE;
        let stale = self.sound.iter().take_while(|sound| !fresh(sound)).count();
        self.sound
            .drain(..stale)
            .map(|sound| (sound.receiver, sound.pieces))
            .collect()
    }

    /// Gives the receivers that need a key frame now, because their pictures were dropped.
    pub(super) fn push_video(&mut self, picture: Picture) -> Vec<ReceiverId> {
        let now = picture.since;
        let mut wanting = Vec::new();
        if picture.key {
            self.broken.remove(&picture.receiver);
        }
        if !self.broken.contains(&picture.receiver) {
            self.video_bytes += picture.bytes.len();
            self.video.push_back(picture);
        }
        while let Some(oldest) = self.video.front() {
            let late = now.saturating_duration_since(oldest.since) > VIDEO_LIFE;
            if !late && self.video_bytes <= MAX_VIDEO_BYTES {
                break;
            }
            let receiver = oldest.receiver;
            if self.drop_up_to_key_frame(receiver) {
                continue;
            }
            self.broken.insert(receiver);
            wanting.push(receiver);
        }
        wanting
    }

    /// The next message for the socket: sound first, pictures last.
    pub(super) fn pop(&mut self) -> Option<Message> {
        if let Some(sound) = self.sound.pop_front() {
            return Some(Message::Binary(sound.bytes));
        }
        if let Some(message) = self.messages.pop_front() {
            self.message_bytes -= cost(&message);
            return Some(message);
        }
        let picture = self.video.pop_front()?;
        self.video_bytes -= picture.bytes.len();
        Some(Message::Binary(picture.bytes))
    }

    /// Whether the page should read before more messages are made.
    pub(super) fn is_crowded(&self) -> bool {
        self.message_bytes > CROWDED_BYTES
    }

    fn push_message(&mut self, message: Message) -> Result<(), Full> {
        let bytes = self.message_bytes + cost(&message);
        if bytes > MAX_MESSAGE_BYTES {
            return Err(Full);
        }
        self.message_bytes = bytes;
        self.messages.push_back(message);
        Ok(())
    }

    /// Drops this receiver's pictures before its newest key frame. False when there is none later
    /// than its oldest picture: then all are dropped.
    fn drop_up_to_key_frame(&mut self, receiver: ReceiverId) -> bool {
        let of_receiver = |picture: &Picture| picture.receiver == receiver;
        let first = self.video.iter().position(of_receiver);
        let key = self
            .video
            .iter()
            .rposition(|picture| of_receiver(picture) && picture.key)
            .filter(|key| Some(*key) != first);
        let mut index = 0;
        let bytes = &mut self.video_bytes;
        self.video.retain(|picture| {
            let keep = !of_receiver(picture) || key.is_some_and(|key| index >= key);
            index += 1;
            if !keep {
                *bytes -= picture.bytes.len();
            }
            keep
        });
        key.is_some()
    }
}

fn cost(message: &Message) -> usize {
    message.len() + MESSAGE_OVERHEAD
}

#[cfg(test)]
mod tests;
