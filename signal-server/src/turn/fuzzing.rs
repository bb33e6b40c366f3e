//! What must hold of TURN, whatever comes in whatever order: for the fuzzer, and for the tests that
//! repeat what it has found worth keeping.
//!
//! Invariant: an entry returns or panics; it keeps nothing.
#![allow(
    unreachable_pub,
    reason = "reached from outside only when a fuzzer is built"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "virtual time begins at some instant"
)]

mod play;
mod step;

use std::net::SocketAddr;

use arbitrary::{Arbitrary, Unstructured};
use stun_types::message::Message;
use turn_types::{
    attribute::{Data, XorPeerAddress},
    channel::ChannelData,
};

use super::frames::{
    BACK, Cut, FRONT, channel_data, cut, data_indication, is_channel_data, is_message,
    read_channel_data,
};
use play::Play;
use step::Step;

/// A stream that arrives byte by byte; then the same bytes as something to relay.
pub fn frames(bytes: &[u8]) {
    let mut stream = bytes;
    while let Cut::Frame { length, padded } = cut_as_it_arrives(stream) {
        assert!(length <= padded && padded <= stream.len());
        let (frame, rest) = stream.split_at(padded);
        is_read_as_the_library_does(&frame[..length]);
        stream = rest;
    }
    is_read_as_the_library_does(bytes);
    if let Ok(relayed) = Relayed::arbitrary_take_rest(Unstructured::new(bytes)) {
        is_written_for_the_library(&relayed);
    }
}

/// Two clients with the credentials of two members take these steps.
pub fn rules(bytes: &[u8]) {
    let Ok(steps) = Vec::<Step<'_>>::arbitrary_take_rest(Unstructured::new(bytes)) else {
        return;
    };
    let mut play = Play::begin();
    for step in &steps {
        play.take(step);
    }
}

/// What is decided of the beginning is never decided otherwise when more has come.
fn cut_as_it_arrives(stream: &[u8]) -> Cut {
    let whole = cut(stream);
    // Headers are decided within these; what follows is only counted.
    let lengths = (0..stream.len().min(64)).chain(stream.len().saturating_sub(8)..stream.len());
    for length in lengths {
        match cut(&stream[..length]) {
            Cut::Open => {}
            decided @ (Cut::Frame { .. } | Cut::NotTurn) => assert_eq!(decided, whole),
        }
    }
    whole
}

fn is_read_as_the_library_does(frame: &[u8]) {
    let (_, _) = (Message::from_bytes(frame), is_message(frame));
    if is_channel_data(frame) {
        let theirs = ChannelData::parse(frame).ok();
        let theirs = theirs.as_ref().map(|theirs| (theirs.id(), theirs.data()));
        assert_eq!(read_channel_data(frame), theirs);
    }
}

#[derive(Debug, Arbitrary)]
struct Relayed<'a> {
    peer: SocketAddr,
    transaction: [u8; 12],
    number: u16,
    payload: &'a [u8],
}

fn is_written_for_the_library(relayed: &Relayed<'_>) {
    let Relayed { peer, payload, .. } = *relayed;
    let mut buffer = vec![0xaa; FRONT];
    buffer.extend(payload);
    buffer.extend([0xaa; BACK]);
    let at = FRONT..FRONT + payload.len();
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
    fn what_the_fuzzer_kept_still_holds() {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
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
