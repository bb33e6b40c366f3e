//! Telephone events ([RFC 4733](https://www.rfc-editor.org/rfc/rfc4733)): the tones of
//! `insertDTMF`.
//!
//! Invariant: no audio is sent while a tone lasts, and tones are at least [`MIN_PAUSE`] apart.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use str0m::media::{MediaTime, Mid, TelephoneEvent};
use tracing::debug;

use super::{RtcSession, media::rtp_clock};
use crate::{
    audio_codec::{AudioCodec, MEDIA_TIME_RATE_HZ},
    connection::media_sections::{MediaSection, MediaSections},
    wire::event::DtlsState,
};

/// str0m refuses tones that follow faster.
const MIN_PAUSE: Duration = Duration::from_millis(50);
/// In decibels below the highest power, as telephones send it
/// ([RFC 4733, 2.3.4](https://www.rfc-editor.org/rfc/rfc4733#section-2.3.4)).
const VOLUME: u8 = 10;

#[derive(Debug, Default)]
pub(super) struct Tones(HashMap<Mid, ToneSender>);

#[derive(Debug, Default)]
struct ToneSender {
    /// Media time of the last audio packet, and when it was captured.
    last_audio: Option<(u64, Instant)>,
    /// Of the last audio packet.
    codec: Option<AudioCodec>,
    /// Start and end of the last tone.
    last_tone: Option<(Instant, Instant)>,
}

impl Tones {
    pub(super) fn handle_media_sections(&mut self, media_sections: &MediaSections) {
        let sends = |mid: &Mid| media_sections.by_mid(*mid).is_some_and(MediaSection::sends);
        self.0.retain(|mid, _| sends(mid));
    }

    /// Returns whether the audio may be sent.
    pub(super) fn handle_audio(
        &mut self,
        mid: Mid,
        codec: AudioCodec,
        media_time: u64,
        captured: Instant,
        now: Instant,
    ) -> bool {
        let sender = self.0.entry(mid).or_default();
        sender.last_audio = Some((media_time, captured));
        sender.codec = Some(codec);
        sender
            .last_tone
            .is_none_or(|(start, end)| now < start || end <= now)
    }

    /// The codec that audio is sent with; `None` before the first packet.
    fn codec(&self, mid: Mid) -> Option<AudioCodec> {
        self.0.get(&mid)?.codec
    }

    /// Start of a tone, with its media time in units of 1/48000 s.
    fn begin(&mut self, mid: Mid, duration: Duration, now: Instant) -> (Instant, u64) {
        let sender = self.0.entry(mid).or_default();
        let start = sender
            .last_tone
            .map_or(now, |(_, end)| now.max(end + MIN_PAUSE));
        sender.last_tone = Some((start, start + duration));
        // Without audio the clock begins with the first tone.
        let (media_time, captured) = *sender.last_audio.get_or_insert((0, start));
        let since = start.saturating_duration_since(captured);
        let samples = since.as_micros() * u128::from(MEDIA_TIME_RATE_HZ) / 1_000_000;
        let samples = u64::try_from(samples).unwrap_or(0);
        (start, media_time.saturating_add(samples))
    }
}

impl RtcSession {
    /// Sends a telephone event, 40 ms to 6 s long, after the one before. Drops it if the section
    /// does not send, telephone events are not negotiated or DTLS is not connected.
    pub fn send_tone(&mut self, mid: &str, event: u8, duration: Duration, now: Instant) {
        let Some(section) = self.media_sections.sending(mid) else {
            return;
        };
        let is_negotiated = |codec: &AudioCodec| section.audio_payload_type(*codec).is_some();
        let sent = self.media.tones.codec(section.mid);
        let codec = sent
            .filter(is_negotiated)
            .or_else(|| section.first_audio_codec());
        let Some((codec, payload_type)) =
            codec.and_then(|codec| Some((codec, section.audio_payload_type(codec)?)))
        else {
            return;
        };
        if !section.has_tones(codec) || self.dtls != DtlsState::Connected {
            return;
        }
        let (start, media_time) = self.media.tones.begin(section.mid, duration, now);
        let Some(writer) = self.rtc.writer(section.mid) else {
            return;
        };
        let time = MediaTime::new(codec.rtp_time(media_time), rtp_clock(codec));
        let tone = TelephoneEvent {
            event,
            end: true,
            volume: VOLUME,
            duration,
        };
        let no_audio: &[u8] = &[];
        let written =
            writer
                .telephone_event(tone)
                .write(payload_type.into(), start, time, no_audio);
        if let Err(error) = written {
            debug!(%error, "tone not sent");
        }
        self.drive(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[expect(clippy::disallowed_methods, reason = "any instant")]
    fn now() -> Instant {
        Instant::now()
    }

    #[test]
    fn tones_wait_for_each_other_in_the_clock_of_the_audio() {
        let (mid, now) = (Mid::from("0"), now());
        let mut tones = Tones::default();
        assert!(tones.handle_audio(mid, AudioCodec::Opus, 48_000, now, now));
        let at = now + millis(10);
        assert_eq!(tones.begin(mid, millis(100), at), (at, 48_480));
        let next = now + millis(160);
        assert_eq!(
            tones.begin(mid, millis(100), now + millis(120)),
            (next, 48_000 + 160 * 48)
        );
        let late = now + millis(1_000);
        assert_eq!(tones.begin(mid, millis(40), late), (late, 96_000));
    }

    #[test]
    fn audio_is_silent_while_a_tone_lasts() {
        let (mid, now) = (Mid::from("0"), now());
        let mut tones = Tones::default();
        tones.begin(mid, millis(100), now);
        for (at, is_sent) in [(0, false), (99, false), (100, true)] {
            let at = now + millis(at);
            assert_eq!(
                tones.handle_audio(mid, AudioCodec::Opus, 0, at, at),
                is_sent
            );
        }
    }
}
