//! The parameters of mediasoup's signaling: what the router takes and gives on, with the numbers
//! that mediasoup uses, and what ends say of themselves.

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use str0m::{
    format::{Codec, CodecConfig, FormatParams},
    media::{Frequency, MediaKind},
    rtp::{Extension, ExtensionMap},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Audio,
    Video,
}

impl Kind {
    /// Of the router's only codec of this kind.
    pub(super) fn router_payload_type(self) -> u8 {
        match self {
            Self::Audio => 100,
            Self::Video => 101,
        }
    }

    fn router_rtx_payload_type(self) -> Option<u8> {
        match self {
            Self::Audio => None,
            Self::Video => Some(102),
        }
    }

    /// The one that browsers and the plugin give it by themselves.
    fn usual_payload_type(self) -> u8 {
        match self {
            Self::Audio => 111,
            Self::Video => 96,
        }
    }

    fn mime_type(self) -> &'static str {
        match self {
            Self::Audio => "audio/opus",
            Self::Video => "video/VP8",
        }
    }

    fn feedback(self) -> Value {
        match self {
            Self::Audio => json!([{ "type": "transport-cc", "parameter": "" }]),
            Self::Video => json!([
                { "type": "nack", "parameter": "" },
                { "type": "nack", "parameter": "pli" },
                { "type": "ccm", "parameter": "fir" },
                { "type": "transport-cc", "parameter": "" },
            ]),
        }
    }
}

impl From<Kind> for MediaKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Audio => Self::Audio,
            Kind::Video => Self::Video,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum DtlsRole {
    Auto,
    Client,
    Server,
}

#[derive(Debug, Deserialize)]
pub(super) struct DtlsParameters {
    pub(super) role: DtlsRole,
    pub(super) fingerprints: Vec<Fingerprint>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Fingerprint {
    pub(super) algorithm: String,
    pub(super) value: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SctpStreamParameters {
    pub(super) stream_id: u16,
}

/// What an end sends.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RtpParameters {
    pub(super) mid: String,
    pub(super) encodings: Vec<Encoding>,
    codecs: Vec<CodecParameters>,
    header_extensions: Vec<HeaderExtension>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Encoding {
    pub(super) ssrc: u32,
    pub(super) rtx: Option<Rtx>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Rtx {
    pub(super) ssrc: u32,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CodecParameters {
    mime_type: String,
    payload_type: u8,
}

#[derive(Debug, Deserialize)]
struct HeaderExtension {
    uri: String,
    id: u8,
}

impl RtpParameters {
    /// Whether they are what a transport for sending ends expects.
    pub(super) fn check(&self, kind: Kind) -> Result<()> {
        let first = self.codecs.first();
        ensure!(
            first.is_some_and(|codec| {
                codec.mime_type.eq_ignore_ascii_case(kind.mime_type())
                    && codec.payload_type == kind.usual_payload_type()
            }),
            "another codec than the router's: {self:?}"
        );
        let usual = usual_extensions();
        for extension in &self.header_extensions {
            let expected = usual.lookup(extension.id).map(Extension::as_uri);
            ensure!(
                expected == Some(&extension.uri),
                "another extension than the router's: {self:?}"
            );
        }
        Ok(())
    }
}

/// As browsers and the plugin number what the router knows.
pub(super) fn usual_extensions() -> ExtensionMap {
    let mut map = ExtensionMap::empty();
    map.set(1, Extension::AudioLevel);
    map.set(2, Extension::AbsoluteSendTime);
    map.set(3, Extension::TransportSequenceNumber);
    map.set(4, Extension::RtpMid);
    map
}

const ROUTER_EXTENSIONS: [(u8, Extension); 4] = [
    (1, Extension::RtpMid),
    (4, Extension::AbsoluteSendTime),
    (5, Extension::TransportSequenceNumber),
    (10, Extension::AudioLevel),
];

pub(super) fn router_extensions() -> ExtensionMap {
    let mut map = ExtensionMap::empty();
    for (id, extension) in ROUTER_EXTENSIONS {
        map.set(id, extension);
    }
    map
}

/// The router's codecs under its own numbers.
pub(super) fn router_codecs() -> CodecConfig {
    let mut codecs = CodecConfig::empty();
    for (kind, codec, clock, channels) in [
        (
            Kind::Audio,
            Codec::Opus,
            Frequency::FORTY_EIGHT_KHZ,
            Some(2),
        ),
        (Kind::Video, Codec::Vp8, Frequency::NINETY_KHZ, None),
    ] {
        codecs.add_config(
            kind.router_payload_type().into(),
            kind.router_rtx_payload_type().map(Into::into),
            codec,
            clock,
            channels,
            FormatParams::default(),
        );
    }
    codecs
}

fn extensions_of(kind: Kind) -> impl Iterator<Item = (u8, Extension)> {
    let is_of_kind = move |(_, extension): &(u8, Extension)| {
        kind == Kind::Audio || *extension != Extension::AudioLevel
    };
    ROUTER_EXTENSIONS.into_iter().filter(is_of_kind)
}

/// The router's codec of this kind, and its retransmissions. Their number has this name.
fn codecs_of(kind: Kind, payload_type: &str) -> Vec<Value> {
    let mut codec = json!({
        "mimeType": kind.mime_type(),
        "clockRate": clock_rate(kind),
        "parameters": {},
        "rtcpFeedback": kind.feedback(),
    });
    codec[payload_type] = json!(kind.router_payload_type());
    if kind == Kind::Audio {
        codec["channels"] = json!(2);
    }
    let mut codecs = vec![codec];
    if let Some(number) = kind.router_rtx_payload_type() {
        let mut rtx = json!({
            "mimeType": "video/rtx",
            "clockRate": clock_rate(kind),
            "parameters": { "apt": kind.router_payload_type() },
            "rtcpFeedback": [],
        });
        rtx[payload_type] = json!(number);
        codecs.push(rtx);
    }
    codecs
}

/// `RtpCapabilities`: what the router takes and gives on.
pub(super) fn router_capabilities() -> Value {
    let mut codecs = vec![];
    let mut extensions = vec![];
    for kind in [Kind::Audio, Kind::Video] {
        for mut codec in codecs_of(kind, "preferredPayloadType") {
            codec["kind"] = json!(kind);
            codecs.push(codec);
        }
        for (id, extension) in extensions_of(kind) {
            extensions.push(json!({
                "kind": kind,
                "uri": extension.as_uri(),
                "preferredId": id,
                "preferredEncrypt": false,
                "direction": "sendrecv",
            }));
        }
    }
    json!({ "codecs": codecs, "headerExtensions": extensions })
}

/// `RtpParameters` of what the router sends.
pub(super) fn consumer(kind: Kind, mid: &str, ssrc: u32, rtx: Option<u32>) -> Value {
    let mut encoding = json!({ "ssrc": ssrc });
    if let Some(rtx) = rtx {
        encoding["rtx"] = json!({ "ssrc": rtx });
    }
    let extensions: Vec<Value> = extensions_of(kind)
        .map(|(id, extension)| json!({ "uri": extension.as_uri(), "id": id, "encrypt": false, "parameters": {} }))
        .collect();
    json!({
        "mid": mid,
        "codecs": codecs_of(kind, "payloadType"),
        "headerExtensions": extensions,
        "encodings": [encoding],
        "rtcp": { "cname": "forwarder", "reducedSize": true, "mux": true },
    })
}

fn clock_rate(kind: Kind) -> u32 {
    match kind {
        Kind::Audio => 48_000,
        Kind::Video => 90_000,
    }
}
