//! Generates the TypeScript types of the page: `cargo xtask types` writes the file, the test fails
//! if it is stale.

use std::{fmt::Write, path::Path};

use ts_rs::TS;

use crate::{
    bridge::SUBPROTOCOL,
    wire::{candidate, event, frame, id, negotiated, request, statistics},
};

#[test]
fn page_types_are_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tauri-plugin-webrtc/guest-js/bridge/wire.ts");
    page_types::check(&path, &wire_ts());
}

fn wire_ts() -> String {
    let mut file = page_types::heading("crates/webview-rtc");
    file.push_str(&page_types::exports(declarations()));
    write!(file, "\nexport const SUBPROTOCOL = '{SUBPROTOCOL}';\n").unwrap();
    file.push_str("\n/** The first byte of a binary message. */\n");
    let kinds = frame::Kind::ALL.iter().map(|kind| (*kind, kind.byte()));
    file.push_str(&page_types::numbers("FRAME_KIND", kinds));
    file
}

fn declarations() -> Vec<String> {
    // Every 64-bit number here is a counter or a rate that a double holds exactly.
    let config = ts_rs::Config::default().with_large_int("number");
    vec![
        id::ConnectionId::decl(&config),
        id::SourceId::decl(&config),
        id::ReceiverId::decl(&config),
        id::ChannelId::decl(&config),
        id::EncodingId::decl(&config),
        id::CaptureId::decl(&config),
        id::CertificateId::decl(&config),
        id::RequestId::decl(&config),
        request::Request::decl(&config),
        request::RequestKind::decl(&config),
        request::Configuration::decl(&config),
        request::IceServer::decl(&config),
        request::IceTransportPolicy::decl(&config),
        request::SourceKind::decl(&config),
        request::SendParameters::decl(&config),
        request::Priority::decl(&config),
        request::DegradationPreference::decl(&config),
        request::ChannelOptions::decl(&config),
        candidate::RemoteCandidate::decl(&config),
        candidate::CandidateProtocol::decl(&config),
        candidate::CandidateType::decl(&config),
        candidate::TcpCandidateType::decl(&config),
        negotiated::NegotiatedParameters::decl(&config),
        negotiated::DtlsRole::decl(&config),
        negotiated::IceCredentials::decl(&config),
        negotiated::Fingerprint::decl(&config),
        negotiated::Media::decl(&config),
        negotiated::Rtp::decl(&config),
        negotiated::Direction::decl(&config),
        negotiated::Codec::decl(&config),
        negotiated::HeaderExtension::decl(&config),
        negotiated::Ssrcs::decl(&config),
        event::Event::decl(&config),
        event::Reply::decl(&config),
        event::RtpSource::decl(&config),
        event::AudioOutput::decl(&config),
        event::IceState::decl(&config),
        event::DtlsState::decl(&config),
        event::EncodingSettings::decl(&config),
        event::VideoCodec::decl(&config),
        statistics::Statistics::decl(&config),
        statistics::TransportStatistics::decl(&config),
        statistics::OutboundStatistics::decl(&config),
        statistics::InboundStatistics::decl(&config),
        statistics::RemoteOutboundStatistics::decl(&config),
        statistics::CandidateStatistics::decl(&config),
        statistics::PairStatistics::decl(&config),
        statistics::PairState::decl(&config),
        statistics::ChannelStatistics::decl(&config),
    ]
}
