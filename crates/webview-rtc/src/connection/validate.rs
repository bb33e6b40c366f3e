//! Validates negotiated parameters, by themselves and against those before them.
//!
//! Invariant: pure. str0m accepts every session that passes, and the synthetic offer built from it
//! contains only tokens and numbers.

use std::collections::HashMap;

use super::ConnectionError;
use crate::wire::negotiated::{
    Codec, DtlsRole, Fingerprint, IceCredentials, Media, NegotiatedParameters, Rtp,
};

const MAX_MEDIA_SECTIONS: usize = 128;
const SHA_256: &str = "sha-256";
/// Every WebRTC endpoint uses this port, though
/// [RFC 8841, 5](https://www.rfc-editor.org/rfc/rfc8841#section-5) allows any.
const SCTP_PORT: u16 = 5000;

/// Parameters that earlier commits fixed for the life of the connection.
#[derive(Debug, Default)]
pub(super) struct SessionValidator {
    dtls: Option<(DtlsRole, Fingerprint)>,
    media_sections: Vec<MediaSection>,
    payload_types: HashMap<u8, PayloadMeaning>,
    extensions: HashMap<u8, String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct MediaSection {
    mid: String,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Audio,
    Video,
    Application,
    Stopped,
}

/// Meaning of a payload type. `Retransmission` names the repaired payload type.
#[derive(Debug, Clone, PartialEq, Eq)]
enum PayloadMeaning {
    Codec { name: String, clock_rate: u32 },
    Retransmission(u8),
}

impl SessionValidator {
    /// Returns the next validator if the parameters are valid.
    pub(super) fn validate(
        &self,
        negotiated: &NegotiatedParameters,
    ) -> Result<Self, ConnectionError> {
        credentials("local", &negotiated.local)?;
        credentials("remote", &negotiated.remote)?;
        let fingerprint = strongest(&negotiated.remote_fingerprints)?.clone();
        let dtls = (negotiated.dtls_role, fingerprint);
        if self.dtls.as_ref().is_some_and(|before| *before != dtls) {
            return Err(invalid_access(
                "the DTLS role or the certificate changed within one connection; open a new one"
                    .to_owned(),
            ));
        }
        let mut next = Self {
            dtls: Some(dtls),
            media_sections: self.media_sections(negotiated)?,
            payload_types: self.payload_types.clone(),
            extensions: self.extensions.clone(),
        };
        let mut used_ssrcs = UsedSsrcs::default();
        for media in &negotiated.media {
            match media {
                Media::Audio(rtp) => next.rtp(rtp, AUDIO, &mut used_ssrcs)?,
                Media::Video(rtp) => next.rtp(rtp, VIDEO, &mut used_ssrcs)?,
                Media::Application { sctp_port, .. } if *sctp_port != SCTP_PORT => {
                    return Err(operation(format!(
                        "the SCTP port is {sctp_port}; only {SCTP_PORT} is supported"
                    )));
                }
                Media::Application { .. } | Media::Stopped { .. } => {}
            }
        }
        Ok(next)
    }

    /// Media sections keep their index; the index of a stopped one may be reused
    /// ([RFC 9429, 5.2.2](https://www.rfc-editor.org/rfc/rfc9429#section-5.2.2)).
    fn media_sections(
        &self,
        negotiated: &NegotiatedParameters,
    ) -> Result<Vec<MediaSection>, ConnectionError> {
        if negotiated.media.len() > MAX_MEDIA_SECTIONS {
            return Err(invalid_access(format!(
                "more than {MAX_MEDIA_SECTIONS} m-lines"
            )));
        }
        if negotiated.media.len() < self.media_sections.len() {
            return Err(invalid_access("an m-line is gone".to_owned()));
        }
        let media_sections: Vec<MediaSection> =
            negotiated.media.iter().map(MediaSection::of).collect();
        for (index, section) in media_sections.iter().enumerate() {
            token("mid", &section.mid, 64)?;
            if media_sections
                .iter()
                .take(index)
                .any(|other| other.mid == section.mid)
            {
                return Err(invalid_access(format!(
                    "mid {} names two m-lines",
                    section.mid
                )));
            }
            if let Some(before) = self.media_sections.get(index) {
                before.may_become(section)?;
            }
            // A mid must not move to another index.
            if self
                .media_sections
                .iter()
                .enumerate()
                .any(|(other, before)| other != index && before.mid == section.mid)
            {
                return Err(invalid_access(format!(
                    "mid {} changed its place",
                    section.mid
                )));
            }
        }
        Ok(media_sections)
    }

    fn rtp(
        &mut self,
        rtp: &Rtp,
        supported: &[(&str, u32)],
        used_ssrcs: &mut UsedSsrcs,
    ) -> Result<(), ConnectionError> {
        if rtp.codecs.is_empty() {
            return Err(invalid_access(format!("mid {} has no codec", rtp.mid)));
        }
        for codec in &rtp.codecs {
            self.codec(codec, supported)?;
        }
        for extension in &rtp.extensions {
            if !(1..=14).contains(&extension.id) {
                return Err(invalid_access(format!(
                    "the header extension id {} is not within 1 and 14",
                    extension.id
                )));
            }
            let validator = self
                .extensions
                .entry(extension.id)
                .or_insert_with(|| extension.uri.clone());
            if *validator != extension.uri {
                return Err(invalid_access(format!(
                    "the header extension id {} means two things",
                    extension.id
                )));
            }
        }
        used_ssrcs.local(rtp.send.ssrc)?;
        if let Some(rtx) = rtp.send.rtx {
            used_ssrcs.local(rtx)?;
        }
        for receive in &rtp.receive {
            used_ssrcs.remote(receive.ssrc)?;
            if let Some(rtx) = receive.rtx {
                used_ssrcs.remote(rtx)?;
            }
        }
        Ok(())
    }

    fn codec(&mut self, codec: &Codec, supported: &[(&str, u32)]) -> Result<(), ConnectionError> {
        let (name, clock_rate) = supported
            .iter()
            .copied()
            .find(|(name, clock_rate)| {
                name.eq_ignore_ascii_case(&codec.name) && *clock_rate == codec.clock_rate
            })
            .ok_or_else(|| {
                invalid_access(format!(
                    "{} is not coded here with a clock of {} Hz",
                    codec.name, codec.clock_rate
                ))
            })?;
        self.payload_type(
            codec.payload_type,
            &PayloadMeaning::Codec {
                name: name.to_owned(),
                clock_rate,
            },
        )?;
        if let Some(rtx) = codec.rtx {
            self.payload_type(rtx, &PayloadMeaning::Retransmission(codec.payload_type))?;
        }
        Ok(())
    }

    /// A payload type has one meaning in a bundle
    /// ([RFC 8843, 9.1](https://www.rfc-editor.org/rfc/rfc8843#section-9.1)). 64 to 95 collide with
    /// RTCP ([RFC 5761, 4](https://www.rfc-editor.org/rfc/rfc5761#section-4)).
    fn payload_type(
        &mut self,
        payload_type: u8,
        meaning: &PayloadMeaning,
    ) -> Result<(), ConnectionError> {
        if payload_type > 127 || (64..=95).contains(&payload_type) {
            return Err(invalid_access(format!(
                "{payload_type} is not a payload type"
            )));
        }
        let validator = self
            .payload_types
            .entry(payload_type)
            .or_insert_with(|| meaning.clone());
        if validator != meaning {
            return Err(operation(format!(
                "the payload type {payload_type} changed its meaning"
            )));
        }
        Ok(())
    }
}

const AUDIO: &[(&str, u32)] = &[
    ("opus", 48_000),
    ("PCMU", 8_000),
    ("PCMA", 8_000),
    ("telephone-event", 48_000),
    ("telephone-event", 8_000),
];
const VIDEO: &[(&str, u32)] = &[("VP8", 90_000), ("H264", 90_000)];

impl MediaSection {
    fn of(media: &Media) -> Self {
        let (mid, kind) = match media {
            Media::Audio(rtp) => (&rtp.mid, Kind::Audio),
            Media::Video(rtp) => (&rtp.mid, Kind::Video),
            Media::Application { mid, .. } => (mid, Kind::Application),
            Media::Stopped { mid } => (mid, Kind::Stopped),
        };
        Self {
            mid: mid.clone(),
            kind,
        }
    }

    fn may_become(&self, next: &Self) -> Result<(), ConnectionError> {
        let fits = match self.kind {
            Kind::Stopped => self.mid != next.mid || next.kind == Kind::Stopped,
            Kind::Audio | Kind::Video | Kind::Application => {
                self.mid == next.mid && (next.kind == self.kind || next.kind == Kind::Stopped)
            }
        };
        if fits {
            return Ok(());
        }
        Err(invalid_access(format!(
            "the m-line of mid {} became another one",
            self.mid
        )))
    }
}

/// SSRCs in use. No two streams of one direction share one.
#[derive(Debug, Default)]
struct UsedSsrcs {
    local: Vec<u32>,
    remote: Vec<u32>,
}

impl UsedSsrcs {
    fn local(&mut self, ssrc: u32) -> Result<(), ConnectionError> {
        insert_unique(&mut self.local, ssrc)
    }

    fn remote(&mut self, ssrc: u32) -> Result<(), ConnectionError> {
        if self.remote.len() >= 4 * MAX_MEDIA_SECTIONS {
            return Err(invalid_access("too many SSRCs".to_owned()));
        }
        insert_unique(&mut self.remote, ssrc)
    }
}

fn insert_unique(used: &mut Vec<u32>, ssrc: u32) -> Result<(), ConnectionError> {
    // str0m uses SSRC 0 for probes.
    if ssrc == 0 || used.contains(&ssrc) {
        return Err(invalid_access(format!("the SSRC {ssrc} is taken")));
    }
    used.push(ssrc);
    Ok(())
}

/// The SHA-256 fingerprint, which the certificate must match
/// ([RFC 8122, 5.1](https://www.rfc-editor.org/rfc/rfc8122#section-5.1)). SHA-1 alone is refused.
pub(super) fn strongest(fingerprints: &[Fingerprint]) -> Result<&Fingerprint, ConnectionError> {
    let fingerprint = fingerprints
        .iter()
        .find(|fingerprint| fingerprint.algorithm.eq_ignore_ascii_case(SHA_256))
        .ok_or_else(|| operation("there is no sha-256 fingerprint".to_owned()))?;
    let pairs: Vec<&str> = fingerprint.value.split(':').collect();
    let well_formed = pairs.len() == 32
        && pairs
            .iter()
            .all(|pair| pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if !well_formed {
        return Err(invalid_access("the fingerprint is malformed".to_owned()));
    }
    Ok(fingerprint)
}

/// Validates ICE credentials ([RFC 8839, 5.4](https://www.rfc-editor.org/rfc/rfc8839#section-5.4)).
/// Also accepts the further characters that other implementations use.
pub(super) fn credentials(whose: &str, given: &IceCredentials) -> Result<(), ConnectionError> {
    let ice_chars = |text: &str, min: usize| {
        (min..=256).contains(&text.len())
            && text.bytes().all(|byte| {
                byte.is_ascii_alphanumeric()
                    || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=' | b'#')
            })
    };
    if ice_chars(&given.username_fragment, 4) && ice_chars(&given.password, 22) {
        return Ok(());
    }
    Err(invalid_access(format!(
        "the {whose} ICE credentials are malformed"
    )))
}

/// Validates a `token` ([RFC 4566, 9](https://www.rfc-editor.org/rfc/rfc4566#section-9)).
fn token(what: &str, text: &str, max: usize) -> Result<(), ConnectionError> {
    let is_token = |byte: u8| matches!(byte, 0x21 | 0x23..=0x27 | 0x2a..=0x2b | 0x2d..=0x2e | 0x30..=0x39 | 0x41..=0x5a | 0x5e..=0x7e);
    if (1..=max).contains(&text.len()) && text.bytes().all(is_token) {
        return Ok(());
    }
    Err(invalid_access(format!("the {what} is malformed")))
}

fn invalid_access(sentence: String) -> ConnectionError {
    ConnectionError::InvalidAccess(sentence)
}

fn operation(sentence: String) -> ConnectionError {
    ConnectionError::Operation(sentence)
}
