//! Encoded video frames and audio packets between the page's codecs and str0m.
//!
//! Invariant: sent video starts with a key frame, and after a dropped frame only a key frame
//! continues it; each drop requests one. A section that does not send sends nothing.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant, SystemTime},
};

use str0m::{
    format::{Codec, CodecExtra},
    media::{Frequency, KeyframeRequestKind, MediaData, MediaTime, Mid, SenderFeedback},
};

use super::{RtcSession, capture_times::CaptureTimes, tones::Tones};
use crate::{
    audio_codec::AudioCodec,
    connection::{
        AudioLevel, AudioPacket, ConnectionEvent, PacketSources, VideoFrame,
        media_sections::{MediaSection, MediaSections},
    },
    wire::event::{DtlsState, VideoCodec},
};

/// Minimum interval of key frame requests, to the peer and to our encoder.
const KEY_FRAME_REQUEST_INTERVAL: Duration = Duration::from_millis(250);
/// Video frames are dropped while the pacer is further behind.
const MAX_PACER_DELAY: Duration = Duration::from_millis(1000);
/// From 1900 to 1970 ([RFC 5905, figure 4](https://www.rfc-editor.org/rfc/rfc5905#section-6)).
const NTP_TO_UNIX_EPOCH: Duration = Duration::from_secs(2_208_988_800);

#[derive(Debug, Default)]
pub(super) struct Media {
    senders: HashMap<Mid, Sender>,
    receivers: HashMap<Mid, Receiver>,
    capture_times: CaptureTimes,
    pub(super) tones: Tones,
}

#[derive(Debug, Default)]
struct Sender {
    chain: ReferenceChain,
    requested_at: Option<Instant>,
}

/// Whether the reference of the next delta frame was sent.
#[derive(Debug, Default, PartialEq, Eq)]
enum ReferenceChain {
    #[default]
    Broken,
    Intact,
}

#[derive(Debug, Default)]
struct Receiver {
    requested_at: Option<Instant>,
    /// Of the last audio packet.
    audio_codec: Option<AudioCodec>,
}

type Events = VecDeque<ConnectionEvent>;

impl Media {
    /// Applies a new session. A section that starts to send starts with a key frame.
    pub(super) fn handle_media_sections(&mut self, media_sections: &MediaSections) {
        let sending = |mid: &Mid| media_sections.by_mid(*mid).is_some_and(MediaSection::sends);
        let receiving = |mid: &Mid| {
            media_sections
                .by_mid(*mid)
                .is_some_and(MediaSection::receives)
        };
        self.senders.retain(|mid, _| sending(mid));
        self.receivers.retain(|mid, _| receiving(mid));
        self.tones.handle_media_sections(media_sections);
    }

    pub(super) fn handle_data(
        &mut self,
        media_sections: &MediaSections,
        data: &MediaData,
        sources: PacketSources,
        events: &mut Events,
    ) {
        let Some(section) = media_sections
            .by_mid(data.mid)
            .filter(|section| section.receives())
        else {
            return;
        };
        let mid = section.name().to_owned();
        let (codec, key) = match (data.params.spec().codec, &data.codec_extra) {
            (Codec::Opus | Codec::PCMU | Codec::PCMA, _) => {
                let Some(codec) = audio_codec(data.params.spec().codec)
                    .filter(|codec| section.audio_payload_type(*codec).is_some())
                else {
                    return;
                };
                let receiver = self.receivers.entry(data.mid).or_default();
                receiver.audio_codec = Some(codec);
                events.push_back(ConnectionEvent::Audio {
                    mid,
                    packet: AudioPacket {
                        codec,
                        sequence: **data.seq_range.start(),
                        media_time: data
                            .time
                            .numer()
                            .saturating_mul(codec.media_time_per_unit().into()),
                        starts_talkspurt: data.audio_start_of_talk_spurt,
                        level: received_level(data),
                        bytes: data.data.to_vec(),
                    },
                    sources,
                    arrival: data.network_time,
                });
                return;
            }
            (Codec::Vp8, CodecExtra::Vp8(extra)) => (VideoCodec::Vp8, extra.is_keyframe),
            (Codec::H264, CodecExtra::H264(extra)) => (VideoCodec::H264, extra.is_keyframe),
            // No other codec is negotiated; the enums of str0m are open.
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
            sources,
            contiguous: data.contiguous,
        });
    }

    pub(super) fn handle_sender_report(
        &mut self,
        media_sections: &MediaSections,
        feedback: &SenderFeedback,
        events: &mut Events,
    ) {
        let Some(section) = media_sections.by_mid(feedback.mid) else {
            return;
        };
        let since_1970 = feedback
            .sender_info
            .ntp_time
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        let ntp_micros =
            u64::try_from((since_1970 + NTP_TO_UNIX_EPOCH).as_micros()).unwrap_or(u64::MAX);
        #[expect(clippy::cast_possible_truncation, reason = "RTP's 32 bits of it")]
        let mut media_time = feedback.sender_info.rtp_time.numer() as u32;
        let receiver = self.receivers.get(&feedback.mid);
        let codec = receiver.and_then(|receiver| receiver.audio_codec);
        if let Some(codec) = codec.or_else(|| section.first_audio_codec()) {
            media_time = media_time.wrapping_mul(codec.media_time_per_unit());
        }
        events.push_back(ConnectionEvent::SenderReport {
            mid: section.name().to_owned(),
            media_time,
            ntp_micros,
        });
    }

    pub(super) fn handle_key_frame_request(
        &mut self,
        media_sections: &MediaSections,
        mid: Mid,
        events: &mut Events,
    ) {
        if let Some(section) = media_sections.by_mid(mid).filter(|section| section.sends()) {
            events.push_back(ConnectionEvent::KeyFrameWanted {
                mid: section.name().to_owned(),
            });
        }
    }
}

impl RtcSession {
    /// Sends a video frame. Drops it if the section does not send or DTLS is not connected; without
    /// a key frame before it, requests one and drops it.
    pub fn send_video(&mut self, mid: &str, frame: &VideoFrame, now: Instant) {
        let Some(section) = self.media_sections.sending(mid) else {
            return;
        };
        let Some(payload_type) = section.video_payload_type(frame.codec) else {
            return;
        };
        let str0m_mid = section.mid;
        let sender = self.media.senders.entry(str0m_mid).or_default();
        if self.dtls != DtlsState::Connected
            || queue_age(&mut self.rtc, str0m_mid, now) > MAX_PACER_DELAY
        {
            sender.chain = ReferenceChain::Broken;
        } else if frame.key {
            sender.chain = ReferenceChain::Intact;
        }
        if sender.chain == ReferenceChain::Broken {
            self.request_encoder_key_frame(mid, str0m_mid, now);
            return;
        }
        let time = MediaTime::from_90khz(frame.media_time);
        let captured_at = self.media.capture_times.capture_instant(time.into(), now);
        let Some(writer) = self.rtc.writer(str0m_mid) else {
            return;
        };
        if writer
            .write(
                payload_type.into(),
                captured_at,
                time,
                frame.bytes.as_slice(),
            )
            .is_err()
        {
            self.handle_lost_frames(mid, now);
        }
        self.stats.handle_sent_type(str0m_mid, payload_type);
        self.drive(now);
    }

    /// Sends an audio packet. Drops it if the section does not send, its codec is not negotiated or
    /// DTLS is not connected.
    /// `captured` is on the clock of video media time.
    pub fn send_audio(
        &mut self,
        mid: &str,
        packet: &AudioPacket,
        captured: Duration,
        now: Instant,
    ) {
        let Some(section) = self.media_sections.sending(mid) else {
            return;
        };
        let Some(payload_type) = section.audio_payload_type(packet.codec) else {
            return;
        };
        if self.dtls != DtlsState::Connected {
            return;
        }
        let (str0m_mid, media_time) = (section.mid, packet.media_time);
        let captured_at = self.media.capture_times.capture_instant(captured, now);
        let tones = &mut self.media.tones;
        if !tones.handle_audio(str0m_mid, packet.codec, media_time, captured_at, now) {
            return;
        }
        let Some(writer) = self.rtc.writer(str0m_mid) else {
            return;
        };
        let time = MediaTime::new(packet.codec.rtp_time(media_time), rtp_clock(packet.codec));
        let mut writer = writer.start_of_talkspurt(packet.starts_talkspurt);
        if let Some(AudioLevel {
            decibels,
            has_voice,
        }) = packet.level
        {
            writer = writer.audio_level(-i8::try_from(decibels).unwrap_or(i8::MAX), has_voice);
        }
        let _ = writer.write(
            payload_type.into(),
            captured_at,
            time,
            packet.bytes.as_slice(),
        );
        self.stats.handle_sent_type(str0m_mid, payload_type);
        self.drive(now);
    }

    /// The sources of received media: the signaled SSRC, or the one that str0m found.
    pub(super) fn packet_sources(&mut self, data: &MediaData) -> PacketSources {
        let section = self.media_sections.by_mid(data.mid);
        let signaled = section
            .and_then(MediaSection::rtp)
            .and_then(|rtp| rtp.receive.first())
            .map(|stream| stream.ssrc);
        let ssrc = signaled.or_else(|| {
            let mut direct = self.rtc.direct_api();
            let stream = direct.stream_rx_by_mid(data.mid, None)?;
            Some(*stream.ssrc())
        });
        let ssrc = ssrc.unwrap_or_default();
        let contributing = self
            .contributing_sources
            .take(ssrc, **data.seq_range.start());
        PacketSources { ssrc, contributing }
    }

    /// Video frames of this section were dropped before they reached the session.
    pub fn handle_lost_frames(&mut self, mid: &str, now: Instant) {
        let Some(section) = self.media_sections.sending(mid) else {
            return;
        };
        let str0m_mid = section.mid;
        self.media.senders.entry(str0m_mid).or_default().chain = ReferenceChain::Broken;
        self.request_encoder_key_frame(mid, str0m_mid, now);
    }

    /// Mids of all sections that send video.
    #[must_use]
    pub fn sending_video(&self) -> Vec<String> {
        self.media_sections
            .iter()
            .filter(|section| section.sends() && !section.is_audio())
            .map(|section| section.name().to_owned())
            .collect()
    }

    /// Sends a PLI ([RFC 4585, 6.3.1](https://www.rfc-editor.org/rfc/rfc4585#section-6.3.1)), rate
    /// limited.
    pub fn request_key_frame(&mut self, mid: &str, now: Instant) {
        let Some(section) = self
            .media_sections
            .by_name(mid)
            .filter(|section| section.receives())
        else {
            return;
        };
        let str0m_mid = section.mid;
        let receiver = self.media.receivers.entry(str0m_mid).or_default();
        if !due(receiver.requested_at, now) {
            return;
        }
        let Some(mut writer) = self.rtc.writer(str0m_mid) else {
            return;
        };
        // Before the first packet there is no stream to request from.
        if writer
            .request_keyframe(None, KeyframeRequestKind::Pli)
            .is_ok()
        {
            receiver.requested_at = Some(now);
        }
        self.drive(now);
    }

    fn request_encoder_key_frame(&mut self, mid: &str, str0m_mid: Mid, now: Instant) {
        if self.dtls != DtlsState::Connected {
            return;
        }
        let sender = self.media.senders.entry(str0m_mid).or_default();
        if due(sender.requested_at, now) {
            sender.requested_at = Some(now);
            self.events.push_back(ConnectionEvent::KeyFrameWanted {
                mid: mid.to_owned(),
            });
        }
    }
}

/// [RFC 6464, 3](https://www.rfc-editor.org/rfc/rfc6464#section-3). str0m has it as negative
/// decibels.
fn received_level(data: &MediaData) -> Option<AudioLevel> {
    Some(AudioLevel {
        decibels: data.ext_vals.audio_level?.unsigned_abs(),
        has_voice: data.ext_vals.voice_activity.unwrap_or_default(),
    })
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the enum of str0m is open; no other audio codec is configured"
)]
fn audio_codec(codec: Codec) -> Option<AudioCodec> {
    match codec {
        Codec::Opus => Some(AudioCodec::Opus),
        Codec::PCMU => Some(AudioCodec::Pcmu),
        Codec::PCMA => Some(AudioCodec::Pcma),
        _ => None,
    }
}

pub(super) fn rtp_clock(codec: AudioCodec) -> Frequency {
    match codec {
        AudioCodec::Opus => Frequency::FORTY_EIGHT_KHZ,
        AudioCodec::Pcmu | AudioCodec::Pcma => Frequency::EIGHT_KHZ,
    }
}

fn due(last: Option<Instant>, now: Instant) -> bool {
    last.is_none_or(|last| now.saturating_duration_since(last) >= KEY_FRAME_REQUEST_INTERVAL)
}

/// Age of the oldest packet in the pacer.
fn queue_age(rtc: &mut str0m::Rtc, mid: Mid, now: Instant) -> Duration {
    let mut direct = rtc.direct_api();
    direct
        .stream_tx_by_mid(mid, None)
        .and_then(|stream| stream.queue_info().and_then(|queue| queue.first_unsent()))
        .map_or(Duration::ZERO, |first| now.saturating_duration_since(first))
}
