//! The agreement as an offer of the other side's, in the only language the stack is told media in.
//!
//! Invariant: pure. It says what was agreed and nothing else, so the stack's answer, which nobody
//! reads, agrees to all of it. Directions, SSRCs and our own credentials go another way.

use std::fmt::Write;

use str0m::media::{Direction as StackDirection, Mid};

use super::media_sections::{MediaSection, MediaSectionKind, MediaSections};
use crate::wire::session::{
    Codec, DtlsRole, Fingerprint, HeaderExtension, Media, Rtp, Session as Agreement,
};

const MID_EXTENSION: &str = "urn:ietf:params:rtp-hdrext:sdes:mid";

/// What the stack has already.
pub(super) struct Standing<'a> {
    /// Which direction an m-line has by now, as seen from here.
    pub(super) direction: &'a dyn Fn(Mid) -> Option<StackDirection>,
    /// The place of the application m-line, which never changes for the stack.
    pub(super) application: Option<usize>,
}

/// RFC 8866. MediaSection by line what the stack reads.
pub(super) fn text(
    agreement: &Agreement,
    lines: &MediaSections,
    fingerprint: &Fingerprint,
    standing: &Standing<'_>,
) -> String {
    let mut sdp = String::with_capacity(4096);
    sdp.push_str("v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE");
    for (index, line) in lines.iter().enumerate() {
        if place(index, line, standing) != Place::Closed {
            push(&mut sdp, format_args!(" {}", &*line.mid));
        }
    }
    sdp.push_str("\r\n");
    if agreement.remote_is_lite {
        sdp.push_str("a=ice-lite\r\n");
    }
    // The other side's role is the one that is not ours.
    let setup = match agreement.dtls_role {
        DtlsRole::Client => "passive",
        DtlsRole::Server => "active",
    };
    push(
        &mut sdp,
        format_args!(
            "a=ice-ufrag:{}\r\na=ice-pwd:{}\r\na=fingerprint:{} {}\r\na=setup:{setup}\r\n",
            agreement.remote.username_fragment,
            agreement.remote.password,
            fingerprint.algorithm.to_ascii_lowercase(),
            fingerprint.value,
        ),
    );
    for (index, line) in lines.iter().enumerate() {
        push_line(&mut sdp, index, line, standing);
    }
    sdp
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Rtp,
    Application,
    Closed,
}

fn place(index: usize, line: &MediaSection, standing: &Standing<'_>) -> Place {
    match (&line.media, standing.application) {
        (_, Some(application)) if application == index => Place::Application,
        (Media::Audio(_) | Media::Video(_), _) => Place::Rtp,
        (Media::Application { .. }, None) => Place::Application,
        // A second one: the association of the first serves it.
        (Media::Application { .. }, Some(_)) | (Media::Stopped { .. }, _) => Place::Closed,
    }
}

fn push_line(sdp: &mut String, index: usize, line: &MediaSection, standing: &Standing<'_>) {
    let mid = &*line.mid;
    match (place(index, line, standing), &line.media) {
        (Place::Rtp, Media::Audio(rtp)) => push_rtp(sdp, "audio", line, rtp, standing),
        (Place::Rtp, Media::Video(rtp)) => push_rtp(sdp, "video", line, rtp, standing),
        (Place::Application, media) => {
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
        (Place::Rtp | Place::Closed, _) => {
            let kind = match line.kind {
                Some(MediaSectionKind::Video) => "video",
                Some(MediaSectionKind::Audio | MediaSectionKind::Application) | None => "audio",
            };
            // A codec that nobody here knows, so that it settles nothing.
            push(
                sdp,
                format_args!(
                    "m={kind} 0 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 0.0.0.0\r\na=mid:{mid}\r\n\
                     a=inactive\r\na=rtcp-mux\r\na=rtpmap:0 PCMU/8000\r\n"
                ),
            );
        }
    }
}

fn push_rtp(sdp: &mut String, kind: &str, line: &MediaSection, rtp: &Rtp, standing: &Standing<'_>) {
    push(sdp, format_args!("m={kind} 9 UDP/TLS/RTP/SAVPF"));
    for codec in &rtp.codecs {
        push(sdp, format_args!(" {}", codec.payload_type));
        if let Some(rtx) = codec.rtx {
            push(sdp, format_args!(" {rtx}"));
        }
    }
    // A new m-line is offered both ways: only then does the stack take our payload types as they
    // are. Its true direction follows.
    let direction = match (standing.direction)(line.mid) {
        None | Some(StackDirection::SendRecv) => "sendrecv",
        Some(StackDirection::SendOnly) => "recvonly",
        Some(StackDirection::RecvOnly) => "sendonly",
        Some(StackDirection::Inactive) => "inactive",
    };
    push(
        sdp,
        format_args!(
            "\r\nc=IN IP4 0.0.0.0\r\na=mid:{}\r\na={direction}\r\na=rtcp-mux\r\n",
            &*line.mid
        ),
    );
    for HeaderExtension { id, uri } in &rtp.extensions {
        if uri == MID_EXTENSION && !line.mid_is_shared() {
            continue;
        }
        // Others mean nothing here, and their text is not ours to repeat.
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
        // RFC 7587, 7: always two channels, whatever is sent.
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

/// Those that choose between codecs; the others are settled between the two coders.
fn parameters(codec: &str, given: &str) -> String {
    let known: &[&str] = match codec {
        "opus" => &["minptime", "useinbandfec"],
        "H264" | "h264" => &[
            "level-asymmetry-allowed",
            "packetization-mode",
            "profile-level-id",
        ],
        // Neither VP8 nor anything else has one that matters.
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

/// Writing to a string does not fail.
fn push(sdp: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = sdp.write_fmt(text);
}
