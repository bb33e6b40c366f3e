//! Synthetic SDP offer that configures str0m with negotiated parameters.
//!
//! Retired by: a str0m API for payload types and header extensions. `DirectApi::declare_media` of
//! str0m 0.25 takes neither, so SDP is the only way.
//!
//! Invariant: pure. The offer contains exactly the negotiated media, so str0m accepts all of it; its
//! answer is not used. Directions, SSRCs and local credentials are set by `session/commit.rs`.

use std::fmt::Write;

use str0m::media::{Direction as Str0mDirection, Mid};

use crate::{
    connection::media_sections::{MediaSection, MediaSectionKind, MediaSections},
    wire::negotiated::{
        Codec, DtlsRole, Fingerprint, HeaderExtension, Media, NegotiatedParameters, Rtp,
    },
};

const MID_EXTENSION: &str = "urn:ietf:params:rtp-hdrext:sdes:mid";

/// State of str0m before the offer.
pub(in crate::connection) struct Str0mState<'a> {
    /// Current direction of a media section, from our side.
    pub(in crate::connection) direction: &'a dyn Fn(Mid) -> Option<Str0mDirection>,
    /// Index of the application section, which str0m never changes.
    pub(in crate::connection) application: Option<usize>,
}

/// Writes the SDP ([RFC 8866](https://www.rfc-editor.org/rfc/rfc8866)) with the lines that str0m
/// reads.
pub(in crate::connection) fn sdp(
    negotiated: &NegotiatedParameters,
    media_sections: &MediaSections,
    fingerprint: &Fingerprint,
    str0m_state: &Str0mState<'_>,
) -> String {
    let mut sdp = String::with_capacity(4096);
    sdp.push_str("v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE");
    for (index, section) in media_sections.iter().enumerate() {
        if section_form(index, section, str0m_state) != SectionForm::Closed {
            push(&mut sdp, format_args!(" {}", &*section.mid));
        }
    }
    sdp.push_str("\r\n");
    if negotiated.remote_is_lite {
        sdp.push_str("a=ice-lite\r\n");
    }
    // The peer has the opposite role.
    let setup = match negotiated.dtls_role {
        DtlsRole::Client => "passive",
        DtlsRole::Server => "active",
    };
    push(
        &mut sdp,
        format_args!(
            "a=ice-ufrag:{}\r\na=ice-pwd:{}\r\na=fingerprint:{} {}\r\na=setup:{setup}\r\n",
            negotiated.remote.username_fragment,
            negotiated.remote.password,
            fingerprint.algorithm.to_ascii_lowercase(),
            fingerprint.value,
        ),
    );
    for (index, section) in media_sections.iter().enumerate() {
        push_section(&mut sdp, index, section, str0m_state);
    }
    sdp
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SectionForm {
    Rtp,
    Application,
    Closed,
}

fn section_form(index: usize, section: &MediaSection, str0m_state: &Str0mState<'_>) -> SectionForm {
    match (&section.media, str0m_state.application) {
        (_, Some(application)) if application == index => SectionForm::Application,
        (Media::Audio(_) | Media::Video(_), _) => SectionForm::Rtp,
        (Media::Application { .. }, None) => SectionForm::Application,
        // A second one uses the SCTP association of the first.
        (Media::Application { .. }, Some(_)) | (Media::Stopped { .. }, _) => SectionForm::Closed,
    }
}

fn push_section(
    sdp: &mut String,
    index: usize,
    section: &MediaSection,
    str0m_state: &Str0mState<'_>,
) {
    let mid = &*section.mid;
    match (section_form(index, section, str0m_state), &section.media) {
        (SectionForm::Rtp, Media::Audio(rtp)) => push_rtp(sdp, "audio", section, rtp, str0m_state),
        (SectionForm::Rtp, Media::Video(rtp)) => push_rtp(sdp, "video", section, rtp, str0m_state),
        (SectionForm::Application, media) => {
            push(
                sdp,
                format_args!(
                    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n\
                     a=mid:{mid}\r\na=sctp-port:5000\r\n"
                ),
            );
            if let Media::Application {
                max_message_size, ..
            } = media
            {
                push(
                    sdp,
                    format_args!("a=max-message-size:{max_message_size}\r\n"),
                );
            }
        }
        (SectionForm::Rtp | SectionForm::Closed, _) => {
            let kind = match section.kind {
                Some(MediaSectionKind::Video) => "video",
                Some(MediaSectionKind::Audio | MediaSectionKind::Application) | None => "audio",
            };
            // A codec that str0m does not have configured, so it negotiates nothing.
            push(
                sdp,
                format_args!(
                    "m={kind} 0 UDP/TLS/RTP/SAVPF 9\r\nc=IN IP4 0.0.0.0\r\na=mid:{mid}\r\n\
                     a=inactive\r\na=rtcp-mux\r\na=rtpmap:9 G722/8000\r\n"
                ),
            );
        }
    }
}

fn push_rtp(
    sdp: &mut String,
    kind: &str,
    section: &MediaSection,
    rtp: &Rtp,
    str0m_state: &Str0mState<'_>,
) {
    push(sdp, format_args!("m={kind} 9 UDP/TLS/RTP/SAVPF"));
    for codec in &rtp.codecs {
        push(sdp, format_args!(" {}", codec.payload_type));
        if let Some(rtx) = codec.rtx {
            push(sdp, format_args!(" {rtx}"));
        }
    }
    // A new section is offered as sendrecv: only then str0m takes our payload types as they are.
    // `session/commit.rs` sets the negotiated direction.
    let direction = match (str0m_state.direction)(section.mid) {
        None | Some(Str0mDirection::SendRecv) => "sendrecv",
        Some(Str0mDirection::SendOnly) => "recvonly",
        Some(Str0mDirection::RecvOnly) => "sendonly",
        Some(Str0mDirection::Inactive) => "inactive",
    };
    push(
        sdp,
        format_args!(
            "\r\nc=IN IP4 0.0.0.0\r\na=mid:{}\r\na={direction}\r\na=rtcp-mux\r\n",
            &*section.mid
        ),
    );
    for HeaderExtension { id, uri } in &rtp.extensions {
        if uri == MID_EXTENSION && !section.mid_is_shared() {
            continue;
        }
        // Unknown extensions are left out: their text is untrusted.
        if KNOWN_EXTENSIONS.contains(&uri.as_str()) {
            push(sdp, format_args!("a=extmap:{id} {uri}\r\n"));
        }
    }
    for codec in &rtp.codecs {
        push_codec(sdp, codec);
    }
}

fn push_codec(sdp: &mut String, codec: &Codec) {
    let payload_type = codec.payload_type;
    let name = if codec.name.eq_ignore_ascii_case("opus") {
        // Always two channels (RFC 7587, 7).
        push(
            sdp,
            format_args!("a=rtpmap:{payload_type} opus/48000/2\r\n"),
        );
        "opus"
    } else {
        push(
            sdp,
            format_args!(
                "a=rtpmap:{payload_type} {}/{}\r\n",
                codec.name, codec.clock_rate
            ),
        );
        codec.name.as_str()
    };
    let parameters = parameters(name, &codec.parameters);
    if !parameters.is_empty() {
        push(sdp, format_args!("a=fmtp:{payload_type} {parameters}\r\n"));
    }
    for feedback in &codec.feedback {
        if KNOWN_FEEDBACK.contains(&feedback.as_str()) {
            push(sdp, format_args!("a=rtcp-fb:{payload_type} {feedback}\r\n"));
        }
    }
    if let Some(rtx) = codec.rtx {
        push(
            sdp,
            format_args!(
                "a=rtpmap:{rtx} rtx/{}\r\na=fmtp:{rtx} apt={payload_type}\r\n",
                codec.clock_rate
            ),
        );
    }
}

/// Keeps the format parameters that select a codec; the others concern encoder and decoder.
fn parameters(codec: &str, given: &str) -> String {
    let known: &[&str] = match codec {
        "opus" => &["minptime", "useinbandfec"],
        "H264" | "h264" => &[
            "level-asymmetry-allowed",
            "packetization-mode",
            "profile-level-id",
        ],
        // VP8 has no such parameter.
        _ => &[],
    };
    let kept: Vec<&str> = given
        .split(';')
        .map(str::trim)
        .filter(|pair| {
            pair.split_once('=').is_some_and(|(key, value)| {
                known.contains(&key)
                    && !value.is_empty()
                    && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
            })
        })
        .collect();
    kept.join(";")
}

const KNOWN_FEEDBACK: &[&str] = &["nack", "nack pli", "ccm fir", "transport-cc"];

const KNOWN_EXTENSIONS: &[&str] = &[
    MID_EXTENSION,
    "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    "urn:3gpp:video-orientation",
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time",
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
];

/// Writing to a `String` does not fail.
fn push(sdp: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = sdp.write_fmt(text);
}
