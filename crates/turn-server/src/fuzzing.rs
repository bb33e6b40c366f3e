//! Fuzz targets. Tests replay the corpus.
//!
//! Invariant: a target returns or panics, and keeps no state.
#![allow(
    unreachable_pub,
    reason = "used outside the crate only in fuzzing builds"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "virtual time starts at some instant"
)]

mod model;
mod step;

use std::net::SocketAddr;

use arbitrary::{Arbitrary, Unstructured};
use stun_types::message::Message;
use turn_types::{
    attribute::{Data, XorPeerAddress},
    channel::ChannelData,
};

use crate::rules::frames::{
    FrameSplit, HEADROOM, TAILROOM, channel_data, data_indication, is_channel_data, is_message,
    read_channel_data, split_frame,
};
use model::RulesModel;
use step::Step;

/// Splits the bytes as a stream that arrives byte by byte, then encodes them as relayed data.
pub fn frames(bytes: &[u8]) {
    let mut stream = bytes;
    while let FrameSplit::Frame { length, padded } = split_incrementally(stream) {
        assert!(length <= padded && padded <= stream.len());
        let (frame, rest) = stream.split_at(padded);
        check_parser_matches_library(&frame[..length]);
        stream = rest;
    }
    check_parser_matches_library(bytes);
    if let Ok(relayed) = RelayedPacket::arbitrary_take_rest(Unstructured::new(bytes)) {
        check_encoder_matches_library(&relayed);
    }
}

/// Runs these steps of two clients with the credentials of two members.
pub fn rules(bytes: &[u8]) {
    let Ok(steps) = Vec::<Step<'_>>::arbitrary_take_rest(Unstructured::new(bytes)) else {
        return;
    };
    let mut model = RulesModel::new();
    for step in &steps {
        model.run_step(step);
    }
}

/// A decision on a prefix of the stream holds when more bytes arrive.
fn split_incrementally(stream: &[u8]) -> FrameSplit {
    let whole = split_frame(stream);
    // The header lies within the first 64 bytes. The rest only counts.
    let lengths = (0..stream.len().min(64)).chain(stream.len().saturating_sub(8)..stream.len());
    for length in lengths {
        match split_frame(&stream[..length]) {
            FrameSplit::Incomplete => {}
            decision @ (FrameSplit::Frame { .. } | FrameSplit::NotTurn) => {
                assert_eq!(decision, whole)
            }
        }
    }
    whole
}

fn check_parser_matches_library(frame: &[u8]) {
    let (_, _) = (Message::from_bytes(frame), is_message(frame));
    if is_channel_data(frame) {
        let theirs = ChannelData::parse(frame).ok();
        let theirs = theirs.as_ref().map(|theirs| (theirs.id(), theirs.data()));
        assert_eq!(read_channel_data(frame), theirs);
    }
}

#[derive(Debug, Arbitrary)]
struct RelayedPacket<'a> {
    peer: SocketAddr,
    transaction: [u8; 12],
    number: u16,
    payload: &'a [u8],
}

fn check_encoder_matches_library(relayed: &RelayedPacket<'_>) {
    let RelayedPacket { peer, payload, .. } = *relayed;
    let mut buffer = vec![0xaa; HEADROOM];
    buffer.extend(payload);
    buffer.extend([0xaa; TAILROOM]);
    let at = HEADROOM..HEADROOM + payload.len();
    let number = 0x4000 | relayed.number & 0x3fff;
    if let Some(frame) = channel_data(&mut buffer, at.clone(), number) {
        let theirs = ChannelData::parse(frame).ok();
        let theirs = theirs.as_ref().map(|theirs| (theirs.id(), theirs.data()));
        assert_eq!(theirs, Some((number, payload)));
    }
    if let Some(frame) = data_indication(&mut buffer, at, peer, relayed.transaction) {
        assert!(is_message(frame));
        let theirs = Message::from_bytes(frame).ok();
        let data = theirs
            .as_ref()
            .and_then(|message| message.attribute::<Data<'_>>().ok());
        assert_eq!(data.as_ref().map(Data::data), Some(payload));
        let from = theirs.as_ref().and_then(|message| {
            let peer = message.attribute::<XorPeerAddress>().ok()?;
            Some(peer.addr(message.transaction_id()))
        });
        let from = from.map(|from| (from.ip(), from.port()));
        assert_eq!(from, Some((peer.ip(), peer.port())));
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    #[test]
    fn corpus_passes_every_target() {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
        for (target, entry) in [
            ("turn_frames", super::frames as fn(&[u8])),
            ("turn_rules", super::rules as fn(&[u8])),
        ] {
            let files: Vec<_> = fs::read_dir(corpus.join(target)).unwrap().collect();
            assert!(files.len() > 20, "the corpus of {target} is not there");
            for file in files {
                entry(&fs::read(file.unwrap().path()).unwrap());
            }
        }
    }
}
