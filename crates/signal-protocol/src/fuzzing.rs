//! Properties of the protocol, of addresses and of invite links that hold for all bytes. The fuzzer
//! checks them, and tests repeat the inputs that the fuzzer kept.
//!
//! Invariant: an entry returns or panics; it keeps nothing.
#![allow(
    unreachable_pub,
    reason = "reached from outside only when a fuzzer is built"
)]

use std::{collections::BTreeMap, str};

use serde_json::value::RawValue;
use url::Url;

use crate::{
    ClientMessage, DirectedFrame, Invite, MemberId, RelayAddress, RoomName, ServerMessage,
};

/// One frame, read as a client's and as a relay's.
pub fn wire(bytes: &[u8]) {
    let Ok(frame) = str::from_utf8(bytes) else {
        return;
    };
    read_as_a_clients(frame);
    if let Ok(message) = ServerMessage::decode(frame) {
        assert_eq!(read_again(&message), Some(message));
    }
}

/// Text that a person typed or clicked.
pub fn links(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    if let Ok(address) = RelayAddress::parse(text) {
        means_the_same(&address);
    }
    if let Ok(room) = RoomName::from_typed(text) {
        assert_eq!(RoomName::from_typed(room.as_str()), Ok(room));
    }
    if let Ok(invite) = Invite::parse(text) {
        means_the_same(&invite.relay);
        assert_eq!(Invite::parse(&invite.to_string()), Ok(invite.clone()));
        assert_eq!(Invite::parse(&invite.web_url()), Ok(invite));
    }
}

fn read_as_a_clients(frame: &str) {
    let message = ClientMessage::decode(frame);
    if let Some(short) = DirectedFrame::read(frame) {
        assert_eq!(ClientMessage::decode_general(frame), message);
        is_delivered_alone(short);
    }
    match message {
        Ok(message) => assert_eq!(ClientMessage::decode(&message.encode()), Ok(message)),
        Err(error) => {
            let error = ServerMessage::Error(error);
            assert_eq!(read_again(&error), Some(error));
        }
    }
}

/// A payload cannot end itself and begin a field.
fn is_delivered_alone(short: DirectedFrame<'_>) {
    let frame = short.delivered(&MemberId::new("\"from\""));
    let fields: BTreeMap<&str, &RawValue> = serde_json::from_str(&frame).unwrap_or_default();
    let names: Vec<&str> = fields.keys().copied().collect();
    assert_eq!(names, ["from", "payload", "type"], "{frame}");
    assert_eq!(fields["from"].get(), r#""\"from\"""#);
}

fn read_again(message: &ServerMessage) -> Option<ServerMessage> {
    ServerMessage::decode(&message.encode()).ok()
}

/// Each spelling of an address is the same place.
fn means_the_same(address: &RelayAddress) {
    let same = Ok(address.clone());
    assert_eq!(RelayAddress::parse(&address.to_string()), same);
    assert_eq!(RelayAddress::parse(&address.web_origin()), same);
    assert_eq!(RelayAddress::parse(&address.websocket_url()), same);
    assert_ne!(address.port(), 0);
    let url = Url::parse(&address.websocket_url()).ok();
    let host = url.as_ref().and_then(Url::host).map(|host| host.to_owned());
    assert_eq!(
        host.as_ref(),
        Some(address.host()),
        "a browser goes elsewhere"
    );
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    #[test]
    fn fuzz_corpus_still_holds() {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
        for (target, entry) in [
            ("wire", super::wire as fn(&[u8])),
            ("links", super::links as fn(&[u8])),
        ] {
            let files: Vec<_> = fs::read_dir(corpus.join(target)).unwrap().collect();
            assert!(files.len() > 20, "the corpus of {target} is not there");
            for file in files {
                entry(&fs::read(file.unwrap().path()).unwrap());
            }
        }
    }
}
