//! Whether an agreement can be made true: by itself, and after the ones before it.
//!
//! Invariant: pure. What passes here makes the stack neither refuse nor fall over; the text that
//! is built of it holds nothing but tokens and numbers.

use std::collections::HashMap;

use super::ConnectionError;
use crate::wire::session::{
    Codec, DtlsRole, Fingerprint, IceCredentials, Media, Rtp, Session as Agreement,
};

const MLINES: usize = 128;
const SHA_256: &str = "sha-256";
/// RFC 8841 lets it be any; every WebRTC endpoint uses this one.
const SCTP_PORT: u16 = 5000;

/// What once agreed stays for the connection's life.
#[derive(Debug, Default)]
pub(super) struct Settled {
    dtls: Option<(DtlsRole, Fingerprint)>,
    mlines: Vec<MediaSection>,
    payload_types: HashMap<u8, Use>,
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

/// What a payload type means; retransmissions name the payload type they repair.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Use {
    Codec { name: String, clock_rate: u32 },
    Retransmission(u8),
}

impl Settled {
    /// The next state, where the agreement fits.
    pub(super) fn check(&self, agreement: &Agreement) -> Result<Self, ConnectionError> {
        credentials("local", &agreement.local)?;
        credentials("remote", &agreement.remote)?;
        let fingerprint = strongest(&agreement.remote_fingerprints)?.clone();
        let dtls = (agreement.dtls_role, fingerprint);
        if self.dtls.as_ref().is_some_and(|before| *before != dtls) {
            return Err(invalid_access(
                "the DTLS role or the certificate changed within one connection; open a new one"
                    .to_owned(),
            ));
        }
        let mut next = Self {
            dtls: Some(dtls),
            mlines: self.mlines(agreement)?,
            payload_types: self.payload_types.clone(),
            extensions: self.extensions.clone(),
        };
        let mut streams = Streams::default();
        for media in &agreement.media {
            match media {
                Media::Audio(rtp) => next.rtp(rtp, AUDIO, &mut streams)?,
                Media::Video(rtp) => next.rtp(rtp, VIDEO, &mut streams)?,
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

    /// RFC 9429, 5.2.2: m-lines never change places; the place of a stopped one may be used again.
    fn mlines(&self, agreement: &Agreement) -> Result<Vec<MediaSection>, ConnectionError> {
        if agreement.media.len() > MLINES {
            return Err(invalid_access(format!("more than {MLINES} m-lines")));
        }
        if agreement.media.len() < self.mlines.len() {
            return Err(invalid_access("an m-line is gone".to_owned()));
        }
        let lines: Vec<MediaSection> = agreement.media.iter().map(MediaSection::of).collect();
        for (index, line) in lines.iter().enumerate() {
            token("mid", &line.mid, 64)?;
            if lines.iter().take(index).any(|other| other.mid == line.mid) {
                return Err(invalid_access(format!(
                    "mid {} names two m-lines",
                    line.mid
                )));
            }
            if let Some(before) = self.mlines.get(index) {
                before.may_become(line)?;
            }
            // A mid that moves from one place to another.
            if self
                .mlines
                .iter()
                .enumerate()
                .any(|(other, before)| other != index && before.mid == line.mid)
            {
                return Err(invalid_access(format!(
                    "mid {} changed its place",
                    line.mid
                )));
            }
        }
        Ok(lines)
    }

    fn rtp(
        &mut self,
        rtp: &Rtp,
        known: &[(&str, u32)],
        streams: &mut Streams,
    ) -> Result<(), ConnectionError> {
        if rtp.codecs.is_empty() {
            return Err(invalid_access(format!("mid {} has no codec", rtp.mid)));
        }
        for codec in &rtp.codecs {
            self.codec(codec, known)?;
        }
        for extension in &rtp.extensions {
            if !(1..=14).contains(&extension.id) {
                return Err(invalid_access(format!(
                    "the header extension id {} is not within 1 and 14",
                    extension.id
                )));
            }
            let settled = self
                .extensions
                .entry(extension.id)
                .or_insert_with(|| extension.uri.clone());
            if *settled != extension.uri {
                return Err(invalid_access(format!(
                    "the header extension id {} means two things",
                    extension.id
                )));
            }
        }
        streams.local(rtp.send.ssrc)?;
        if let Some(rtx) = rtp.send.rtx {
            streams.local(rtx)?;
        }
        for receive in &rtp.receive {
            streams.remote(receive.ssrc)?;
            if let Some(rtx) = receive.rtx {
                streams.remote(rtx)?;
            }
        }
        Ok(())
    }

    fn codec(&mut self, codec: &Codec, known: &[(&str, u32)]) -> Result<(), ConnectionError> {
        let Some((name, clock_rate)) = known
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(&codec.name))
            .copied()
        else {
            return Err(invalid_access(format!("{} is not coded here", codec.name)));
        };
        if codec.clock_rate != clock_rate {
            return Err(invalid_access(format!(
                "{name} has a clock of {clock_rate} Hz"
            )));
        }
        self.payload_type(
            codec.payload_type,
            &Use::Codec {
                name: name.to_owned(),
                clock_rate,
            },
        )?;
        if let Some(rtx) = codec.rtx {
            self.payload_type(rtx, &Use::Retransmission(codec.payload_type))?;
        }
        Ok(())
    }

    /// RFC 8843, 9.1: within a bundle a payload type means one thing. RFC 5761, 4: 64 to 95 are
    /// taken for RTCP.
    fn payload_type(&mut self, payload_type: u8, meaning: &Use) -> Result<(), ConnectionError> {
        if payload_type > 127 || (64..=95).contains(&payload_type) {
            return Err(invalid_access(format!(
                "{payload_type} is not a payload type"
            )));
        }
        let settled = self
            .payload_types
            .entry(payload_type)
            .or_insert_with(|| meaning.clone());
        if settled != meaning {
            return Err(operation(format!(
                "the payload type {payload_type} changed its meaning"
            )));
        }
        Ok(())
    }
}

const AUDIO: &[(&str, u32)] = &[("opus", 48_000)];
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

/// No two streams of one direction have the same SSRC.
#[derive(Debug, Default)]
struct Streams {
    local: Vec<u32>,
    remote: Vec<u32>,
}

impl Streams {
    fn local(&mut self, ssrc: u32) -> Result<(), ConnectionError> {
        once(&mut self.local, ssrc)
    }

    fn remote(&mut self, ssrc: u32) -> Result<(), ConnectionError> {
        if self.remote.len() >= 4 * MLINES {
            return Err(invalid_access("too many SSRCs".to_owned()));
        }
        once(&mut self.remote, ssrc)
    }
}

fn once(taken: &mut Vec<u32>, ssrc: u32) -> Result<(), ConnectionError> {
    // 0 stands for probes without a stream.
    if ssrc == 0 || taken.contains(&ssrc) {
        return Err(invalid_access(format!("the SSRC {ssrc} is taken")));
    }
    taken.push(ssrc);
    Ok(())
}

/// The fingerprint the certificate is held against: the strongest hash there is of it (RFC 8122,
/// 5.1). SHA-1 proves nothing any more.
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

/// RFC 8839, 5.4, and what other implementations write beyond it.
pub(super) fn credentials(whose: &str, given: &IceCredentials) -> Result<(), ConnectionError> {
    let ice_chars = |text: &str, least: usize| {
        (least..=256).contains(&text.len())
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

/// RFC 4566, 9: `token`.
fn token(what: &str, text: &str, most: usize) -> Result<(), ConnectionError> {
    let is_token = |byte: u8| matches!(byte, 0x21 | 0x23..=0x27 | 0x2a..=0x2b | 0x2d..=0x2e | 0x30..=0x39 | 0x41..=0x5a | 0x5e..=0x7e);
    if (1..=most).contains(&text.len()) && text.bytes().all(is_token) {
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
