//! The page's types, written from these: `cargo xtask types` writes the file, the test fails when
//! the committed one is stale.

use std::{env, fmt::Write, fs, path::Path};

use ts_rs::TS;

use crate::{
    road::SUBPROTOCOL,
    wire::{event, frame, id, request, session, statistics},
};

#[test]
fn the_pages_types_are_current() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../tauri-plugin-webrtc/guest-js/road/wire.ts");
    let expected = wire_ts();
    if env::var_os("SNUG_WRITE_TYPES").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &expected).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == expected,
        "{} is stale: run `cargo xtask types`",
        path.display()
    );
}

fn wire_ts() -> String {
    let mut file =
        String::from("// Generated from crates/webview-rtc by `cargo xtask types`. Do not edit.\n");
    for declaration in declarations() {
        write!(file, "\nexport {declaration}\n").unwrap();
    }
    write!(file, "\nexport const SUBPROTOCOL = '{SUBPROTOCOL}';\n").unwrap();
    file.push_str("\n/** The first byte of a binary message. */\nexport const FRAME_KIND = {\n");
    for kind in frame::Kind::ALL {
        let name = format!("{kind:?}");
        let (first, rest) = name.split_at(1);
        writeln!(file, "  {}{rest}: {},", first.to_lowercase(), kind.byte()).unwrap();
    }
    file.push_str("} as const;\n");
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
        id::RequestId::decl(&config),
        request::Request::decl(&config),
        request::Wish::decl(&config),
        request::Configuration::decl(&config),
        request::IceServer::decl(&config),
        request::IceTransportPolicy::decl(&config),
        request::SourceKind::decl(&config),
        request::SendParameters::decl(&config),
        request::ChannelOptions::decl(&config),
        session::Session::decl(&config),
        session::DtlsRole::decl(&config),
        session::IceCredentials::decl(&config),
        session::Fingerprint::decl(&config),
        session::Media::decl(&config),
        session::Rtp::decl(&config),
        session::Direction::decl(&config),
        session::Codec::decl(&config),
        session::HeaderExtension::decl(&config),
        session::Ssrcs::decl(&config),
        event::Event::decl(&config),
        event::Reply::decl(&config),
        event::IceState::decl(&config),
        event::DtlsState::decl(&config),
        event::EncodingSettings::decl(&config),
        event::VideoCodec::decl(&config),
        statistics::Statistics::decl(&config),
        statistics::TransportStatistics::decl(&config),
        statistics::OutboundStatistics::decl(&config),
        statistics::InboundStatistics::decl(&config),
        statistics::CandidateStatistics::decl(&config),
        statistics::ChannelStatistics::decl(&config),
    ]
}
