//! Pictures and sound on their way between the page's coders and the stack.
//!
//! Invariant: what is sent begins with a key frame and has no gap that we made; whoever breaks the
//! chain asks for the next key frame. A mid that does not send sends nothing.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant, SystemTime},
};

use str0m::{
    format::{Codec, CodecExtra},
    media::{Frequency, KeyframeRequestKind, MediaData, MediaTime, Mid, SenderFeedback},
};

use super::{RtcSession, capture_times::CaptureTimes};
use crate::{
    connection::{
        AudioPacket, ConnectionEvent, VideoFrame,
        media_sections::{MediaSection, MediaSections},
    },
    wire::event::{DtlsState, VideoCodec},
};

/// How often a key frame is asked for, of the other side and of our own encoder.
const KEY_FRAMES_EVERY: Duration = Duration::from_millis(250);
/// What may wait in the pacer before pictures are dropped.
const LONGEST_QUEUE: Duration = Duration::from_millis(1000);
/// From 1900 to 1970 (RFC 5905, figure 4).
const NTP_EPOCH: Duration = Duration::from_secs(2_208_988_800);

#[derive(Debug, Default)]
pub(super) struct Media {
    senders: HashMap<Mid, Sender>,
    receivers: HashMap<Mid, Receiver>,
    captured: CaptureTimes,
}

#[derive(Debug, Default)]
struct Sender {
    chain: Chain,
    wanted_at: Option<Instant>,
}

/// Whether the next delta frame has what it is a delta of.
#[derive(Debug, Default, PartialEq, Eq)]
enum Chain {
    #[default]
    Broken,
    Whole,
}

#[derive(Debug, Default)]
struct Receiver {
    asked_at: Option<Instant>,
}

type Events = VecDeque<ConnectionEvent>;

impl Media {
    /// A new agreement: who begins to send begins with a key frame.
    pub(super) fn handle_media_sections(&mut self, lines: &MediaSections) {
        let sending = |mid: &Mid| lines.by_mid(*mid).is_some_and(MediaSection::sends);
        let receiving = |mid: &Mid| lines.by_mid(*mid).is_some_and(MediaSection::receives);
        self.senders.retain(|mid, _| sending(mid));
        self.receivers.retain(|mid, _| receiving(mid));
    }

    pub(super) fn handle_data(
        &mut self,
        lines: &MediaSections,
        data: &MediaData,
        events: &mut Events,
    ) {
        let Some(line) = lines.by_mid(data.mid).filter(|line| line.receives()) else {
            return;
        };
        let mid = line.name().to_owned();
        let (codec, key) = match (data.params.spec().codec, &data.codec_extra) {
            (Codec::Opus, _) => {
                events.push_back(ConnectionEvent::Audio {
                    mid,
                    packet: AudioPacket {
                        sequence: **data.seq_range.start(),
                        media_time: data.time.numer(),
                        starts_talkspurt: data.audio_start_of_talk_spurt,
                        bytes: data.data.to_vec(),
                    },
                    arrival: data.network_time,
                });
                return;
            }
            (Codec::Vp8, CodecExtra::Vp8(extra)) => (VideoCodec::Vp8, extra.is_keyframe),
            (Codec::H264, CodecExtra::H264(extra)) => (VideoCodec::H264, extra.is_keyframe),
            // Nothing else was agreed. The stack's enums are open.
            _ => return,
        };
        events.push_back(ConnectionEvent::Video {
            mid,
            frame: VideoFrame {
                codec,
                key,
                media_time: data.time.numer(),
                bytes: data.data.to_vec(),
            },
            contiguous: data.contiguous,
        });
    }

    pub(super) fn handle_sender_report(
        &mut self,
        lines: &MediaSections,
        feedback: &SenderFeedback,
        events: &mut Events,
    ) {
        let Some(line) = lines.by_mid(feedback.mid) else {
            return;
        };
        let since_1970 = feedback
            .sender_info
            .ntp_time
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        let ntp_micros = u64::try_from((since_1970 + NTP_EPOCH).as_micros()).unwrap_or(u64::MAX);
        #[expect(clippy::cast_possible_truncation, reason = "RTP's 32 bits of it")]
        let media_time = feedback.sender_info.rtp_time.numer() as u32;
        events.push_back(ConnectionEvent::SenderReport {
            mid: line.name().to_owned(),
            media_time,
            ntp_micros,
        });
    }

    pub(super) fn handle_key_frame_request(
        &mut self,
        lines: &MediaSections,
        mid: Mid,
        events: &mut Events,
    ) {
        if let Some(line) = lines.by_mid(mid).filter(|line| line.sends()) {
            events.push_back(ConnectionEvent::KeyFrameWanted {
                mid: line.name().to_owned(),
            });
        }
    }
}

impl RtcSession {
    /// Sends this picture, unless the m-line does not send, the path is not up, or its key frame
    /// is missing; then one is asked for.
    pub fn send_video(&mut self, mid: &str, frame: &VideoFrame, now: Instant) {
        let Some(line) = self.lines.by_name(mid).filter(|line| line.sends()) else {
            return;
        };
        let Some(payload_type) = line.video_payload_type(frame.codec) else {
            return;
        };
        let stack_mid = line.mid;
        let sender = self.media.senders.entry(stack_mid).or_default();
        if self.dtls != DtlsState::Connected
            || queue_age(&mut self.rtc, stack_mid, now) > LONGEST_QUEUE
        {
            sender.chain = Chain::Broken;
        } else if frame.key {
            sender.chain = Chain::Whole;
        }
        if sender.chain == Chain::Broken {
            self.want_key_frame(mid, stack_mid, now);
            return;
        }
        let time = MediaTime::from_90khz(frame.media_time);
        let moment = self.media.captured.moment(time.into(), now);
        let Some(writer) = self.rtc.writer(stack_mid) else {
            return;
        };
        if writer
            .write(payload_type.into(), moment, time, frame.bytes.as_slice())
            .is_err()
        {
            self.break_chain(mid, now);
        }
        self.drive(now);
    }

    /// Sends this packet of Opus, unless the m-line does not send or the path is not up. `captured`
    /// is of the clock that pictures have their media time of.
    pub fn send_audio(
        &mut self,
        mid: &str,
        packet: &AudioPacket,
        captured: Duration,
        now: Instant,
    ) {
        let Some(line) = self.lines.by_name(mid).filter(|line| line.sends()) else {
            return;
        };
        let Some(payload_type) = line.payload_type("opus") else {
            return;
        };
        if self.dtls != DtlsState::Connected {
            return;
        }
        let Some(writer) = self.rtc.writer(line.mid) else {
            return;
        };
        let time = MediaTime::new(packet.media_time, Frequency::FORTY_EIGHT_KHZ);
        let moment = self.media.captured.moment(captured, now);
        let _ = writer.start_of_talkspurt(packet.starts_talkspurt).write(
            payload_type.into(),
            moment,
            time,
            packet.bytes.as_slice(),
        );
        self.drive(now);
    }

    /// Pictures of this m-line were lost on the way here.
    pub fn break_chain(&mut self, mid: &str, now: Instant) {
        let Some(line) = self.lines.by_name(mid).filter(|line| line.sends()) else {
            return;
        };
        let stack_mid = line.mid;
        self.media.senders.entry(stack_mid).or_default().chain = Chain::Broken;
        self.want_key_frame(mid, stack_mid, now);
    }

    /// Every m-line that sends pictures.
    #[must_use]
    pub fn sending_video(&self) -> Vec<String> {
        self.lines
            .iter()
            .filter(|line| line.sends() && !line.is_audio())
            .map(|line| line.name().to_owned())
            .collect()
    }

    /// PLI (RFC 4585, 6.3.1), not more often than helps.
    pub fn request_key_frame(&mut self, mid: &str, now: Instant) {
        let Some(line) = self.lines.by_name(mid).filter(|line| line.receives()) else {
            return;
        };
        let stack_mid = line.mid;
        let receiver = self.media.receivers.entry(stack_mid).or_default();
        if !due(receiver.asked_at, now) {
            return;
        }
        let Some(mut writer) = self.rtc.writer(stack_mid) else {
            return;
        };
        // Before the first packet there is nobody to ask.
        if writer
            .request_keyframe(None, KeyframeRequestKind::Pli)
            .is_ok()
        {
            receiver.asked_at = Some(now);
        }
        self.drive(now);
    }

    fn want_key_frame(&mut self, mid: &str, stack_mid: Mid, now: Instant) {
        if self.dtls != DtlsState::Connected {
            return;
        }
        let sender = self.media.senders.entry(stack_mid).or_default();
        if due(sender.wanted_at, now) {
            sender.wanted_at = Some(now);
            self.events.push_back(ConnectionEvent::KeyFrameWanted {
                mid: mid.to_owned(),
            });
        }
    }
}

fn due(last: Option<Instant>, now: Instant) -> bool {
    last.is_none_or(|last| now.saturating_duration_since(last) >= KEY_FRAMES_EVERY)
}

/// How long the first packet in the pacer has waited.
fn queue_age(rtc: &mut str0m::Rtc, mid: Mid, now: Instant) -> Duration {
    let mut direct = rtc.direct_api();
    direct
        .stream_tx_by_mid(mid, None)
        .and_then(|stream| stream.queue_info().and_then(|queue| queue.first_unsent()))
        .map_or(Duration::ZERO, |first| now.saturating_duration_since(first))
}
