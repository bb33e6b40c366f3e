//! Binary messages: a kind byte, a header and a payload. Numbers are little-endian.
//!
//! | kind | direction | header after the kind byte | payload |
//! |---|---|---|---|
//! | 1 encoded video | page → transport | flags u8 (1 = key), encoding u32, timestamp u64, width u16, height u16 | a VP8 frame or an Annex B access unit |
//! | 2 captured audio | page → transport | channels u8, source u32, timestamp u64 | f32 samples at 48 kHz, interleaved; 1 to 16 audio frames of 10 ms |
//! | 3 received video | transport → page | flags u8 (1 = key, 2 = frames before it are missing), codec u8 (0 = VP8, 1 = H.264), receiver u32, timestamp u64 | a frame |
//! | 4 received audio | transport → page | channels u8, receiver u32 | f32 samples at 48 kHz, interleaved; 1 to 16 audio frames of 10 ms |
//! | 5 audio request | page → transport | receiver u32, frames u16 (of 10 ms) | none |
//! | 6 channel message | both | flags u8 (1 = binary), connection u32, channel u32 | the message |
//! | 7 captured rows | transport → page | flags u8 (1 = last of its frame), capture u32, width u16, height u16 (both of the frame, even), top u16 (even) | rows of a captured screen in I420: Y, U, V |
//!
//! Timestamps are in microseconds: capture time on the page's monotonic clock from the page, media
//! time of the sender from the transport.
//!
//! Invariant: any bytes decode to a frame or an error, without panic.

mod cursor;
mod samples;

pub use samples::{AUDIO_FRAME_SAMPLES, MAX_AUDIO_FRAMES, SAMPLE_RATE, Samples};

use super::{
    event::VideoCodec,
    id::{CaptureId, ChannelId, ConnectionId, EncodingId, ReceiverId, SourceId},
};
use cursor::Cursor;

/// Maximum size of a header, with the kind byte.
pub const MAX_HEADER_BYTES: usize = 18;

const KEY: u8 = 1;
const FRAMES_MISSING: u8 = 2;
const BINARY: u8 = 1;
const LAST: u8 = 1;

/// The first byte of a binary message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    EncodedVideo = 1,
    CapturedAudio = 2,
    ReceivedVideo = 3,
    ReceivedAudio = 4,
    AudioRequest = 5,
    ChannelMessage = 6,
    CapturedRows = 7,
}

/// One binary message. The payload is borrowed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Frame<'a> {
    EncodedVideo(EncodedVideo<'a>),
    CapturedAudio(CapturedAudio<'a>),
    ReceivedVideo(ReceivedVideo<'a>),
    ReceivedAudio(ReceivedAudio<'a>),
    AudioRequest {
        receiver: ReceiverId,
        /// Audio frames of 10 ms.
        frames: u16,
    },
    ChannelMessage(ChannelMessage<'a>),
    CapturedRows(CapturedRows<'a>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncodedVideo<'a> {
    pub key: bool,
    pub encoding: EncodingId,
    /// Microseconds of the page's monotonic clock.
    pub timestamp: u64,
    pub width: u16,
    pub height: u16,
    pub bytes: &'a [u8],
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CapturedAudio<'a> {
    pub source: SourceId,
    /// Microseconds of the page's monotonic clock.
    pub timestamp: u64,
    pub samples: Samples<'a>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceivedVideo<'a> {
    pub key: bool,
    pub before: FramesBefore,
    pub codec: VideoCodec,
    pub receiver: ReceiverId,
    /// Microseconds of the sender's media clock.
    pub timestamp: u64,
    pub bytes: &'a [u8],
}

/// Whether the decoder has the frames before this one, on which it depends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FramesBefore {
    Whole,
    Missing,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReceivedAudio<'a> {
    pub receiver: ReceiverId,
    pub samples: Samples<'a>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChannelMessage<'a> {
    pub binary: bool,
    pub connection: ConnectionId,
    pub channel: ChannelId,
    pub bytes: &'a [u8],
}

/// Rows of a captured screen or window. A frame is what changed since the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CapturedRows<'a> {
    pub last: bool,
    pub capture: CaptureId,
    pub width: u16,
    pub height: u16,
    pub top: u16,
    pub bytes: &'a [u8],
}

/// Why a binary message was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    #[error("binary message without a known kind")]
    UnknownKind,
    #[error("binary message shorter than its header")]
    Short,
    #[error("binary message with a field out of range")]
    OutOfRange,
    #[error("sound that is not whole pieces of 10 ms of one or two channels")]
    NotAudioFrames,
    #[error("binary message longer than its kind allows")]
    Long,
}

impl Kind {
    pub const ALL: [Self; 7] = [
        Self::EncodedVideo,
        Self::CapturedAudio,
        Self::ReceivedVideo,
        Self::ReceivedAudio,
        Self::AudioRequest,
        Self::ChannelMessage,
        Self::CapturedRows,
    ];

    #[must_use]
    pub const fn byte(self) -> u8 {
        self as u8
    }

    fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.byte() == byte)
    }
}

impl<'a> Frame<'a> {
    /// Decodes one message. Unknown flags are ignored.
    ///
    /// # Errors
    /// When the message is not one of the table above.
    pub fn decode(message: &'a [u8]) -> Result<Self, FrameError> {
        let mut cursor = Cursor::new(message);
        let kind = cursor.u8().ok().and_then(Kind::from_byte);
        match kind.ok_or(FrameError::UnknownKind)? {
            Kind::EncodedVideo => Ok(Self::EncodedVideo(EncodedVideo {
                key: cursor.u8()? & KEY != 0,
                encoding: EncodingId(cursor.u32()?),
                timestamp: cursor.u64()?,
                width: cursor.u16()?,
                height: cursor.u16()?,
                bytes: cursor.rest(),
            })),
            Kind::CapturedAudio => {
                let channels = cursor.u8()?;
                Ok(Self::CapturedAudio(CapturedAudio {
                    source: SourceId(cursor.u32()?),
                    timestamp: cursor.u64()?,
                    samples: Samples::read(channels, cursor.rest())?,
                }))
            }
            Kind::ReceivedVideo => {
                let flags = cursor.u8()?;
                Ok(Self::ReceivedVideo(ReceivedVideo {
                    key: flags & KEY != 0,
                    before: match flags & FRAMES_MISSING {
                        0 => FramesBefore::Whole,
                        _ => FramesBefore::Missing,
                    },
                    codec: match cursor.u8()? {
                        0 => VideoCodec::Vp8,
                        1 => VideoCodec::H264,
                        _ => return Err(FrameError::OutOfRange),
                    },
                    receiver: ReceiverId(cursor.u32()?),
                    timestamp: cursor.u64()?,
                    bytes: cursor.rest(),
                }))
            }
            Kind::ReceivedAudio => {
                let channels = cursor.u8()?;
                Ok(Self::ReceivedAudio(ReceivedAudio {
                    receiver: ReceiverId(cursor.u32()?),
                    samples: Samples::read(channels, cursor.rest())?,
                }))
            }
            Kind::AudioRequest => {
                let wanted = Self::AudioRequest {
                    receiver: ReceiverId(cursor.u32()?),
                    frames: cursor.u16()?,
                };
                if !cursor.rest().is_empty() {
                    return Err(FrameError::Long);
                }
                Ok(wanted)
            }
            Kind::ChannelMessage => Ok(Self::ChannelMessage(ChannelMessage {
                binary: cursor.u8()? & BINARY != 0,
                connection: ConnectionId(cursor.u32()?),
                channel: ChannelId(cursor.u32()?),
                bytes: cursor.rest(),
            })),
            Kind::CapturedRows => Ok(Self::CapturedRows(CapturedRows {
                last: cursor.u8()? & LAST != 0,
                capture: CaptureId(cursor.u32()?),
                width: cursor.u16()?,
                height: cursor.u16()?,
                top: cursor.u16()?,
                bytes: cursor.rest(),
            })),
        }
    }

    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::EncodedVideo(_) => Kind::EncodedVideo,
            Self::CapturedAudio(_) => Kind::CapturedAudio,
            Self::ReceivedVideo(_) => Kind::ReceivedVideo,
            Self::ReceivedAudio(_) => Kind::ReceivedAudio,
            Self::AudioRequest { .. } => Kind::AudioRequest,
            Self::ChannelMessage(_) => Kind::ChannelMessage,
            Self::CapturedRows(_) => Kind::CapturedRows,
        }
    }

    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let bytes = self.bytes();
        let mut message = Vec::with_capacity(MAX_HEADER_BYTES + bytes.len());
        message.push(self.kind().byte());
        match self {
            Self::EncodedVideo(video) => {
                message.push(if video.key { KEY } else { 0 });
                message.extend(video.encoding.0.to_le_bytes());
                message.extend(video.timestamp.to_le_bytes());
                message.extend(video.width.to_le_bytes());
                message.extend(video.height.to_le_bytes());
            }
            Self::CapturedAudio(audio) => {
                message.push(audio.samples.channels());
                message.extend(audio.source.0.to_le_bytes());
                message.extend(audio.timestamp.to_le_bytes());
            }
            Self::ReceivedVideo(video) => {
                let missing = match video.before {
                    FramesBefore::Whole => 0,
                    FramesBefore::Missing => FRAMES_MISSING,
                };
                message.push(if video.key { KEY | missing } else { missing });
                message.push(match video.codec {
                    VideoCodec::Vp8 => 0,
                    VideoCodec::H264 => 1,
                });
                message.extend(video.receiver.0.to_le_bytes());
                message.extend(video.timestamp.to_le_bytes());
            }
            Self::ReceivedAudio(audio) => {
                message.push(audio.samples.channels());
                message.extend(audio.receiver.0.to_le_bytes());
            }
            Self::AudioRequest { receiver, frames } => {
                message.extend(receiver.0.to_le_bytes());
                message.extend(frames.to_le_bytes());
            }
            Self::ChannelMessage(channel) => {
                message.push(if channel.binary { BINARY } else { 0 });
                message.extend(channel.connection.0.to_le_bytes());
                message.extend(channel.channel.0.to_le_bytes());
            }
            Self::CapturedRows(rows) => {
                message.push(if rows.last { LAST } else { 0 });
                message.extend(rows.capture.0.to_le_bytes());
                message.extend(rows.width.to_le_bytes());
                message.extend(rows.height.to_le_bytes());
                message.extend(rows.top.to_le_bytes());
            }
        }
        message.extend_from_slice(bytes);
        message
    }

    fn bytes(&self) -> &'a [u8] {
        match self {
            Self::EncodedVideo(video) => video.bytes,
            Self::CapturedAudio(audio) => audio.samples.bytes(),
            Self::ReceivedVideo(video) => video.bytes,
            Self::ReceivedAudio(audio) => audio.samples.bytes(),
            Self::AudioRequest { .. } => &[],
            Self::ChannelMessage(channel) => channel.bytes,
            Self::CapturedRows(rows) => rows.bytes,
        }
    }
}

#[cfg(test)]
mod tests;
