//! A second implementation of members' keys (docs/protocol.md, "Keys of members"), from that page and
//! by other libraries than the page uses. It checks the vectors that the page's tests check.
#![allow(
    clippy::unwrap_used,
    reason = "a test that meets what it does not expect is to fail there"
)]

#[path = "common/bytes.rs"]
mod bytes;
#[path = "private_rooms/entry.rs"]
mod entry;
#[path = "private_rooms/entry_vectors.rs"]
mod entry_vectors;
#[path = "private_rooms/implementation.rs"]
mod implementation;

use std::str::FromStr;

use bytes::{hex, unhex};
use implementation::{
    Envelope, PairKeys, Refusal, RoomKeys, Said, VisitKeys, open_payload, open_status, pair_keys,
    read_secret, read_status, seal_payload, seal_status, write_status,
};
use serde::Deserialize;
use signal_protocol::Invite;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vectors {
    link: Link,
    broken_fragments: Vec<String>,
    visit_keys: Vec<Visit>,
    statuses: Vec<StatusRow>,
    pair: Pair,
    payloads: Vec<PayloadRow>,
    small_order_agreement_keys: Vec<String>,
    refused: Refused,
    open: Open,
}

/// An open room, with the members and ids of `pair`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Open {
    room: String,
    statuses: Vec<OpenStatusRow>,
    low_to_high: String,
    high_to_low: String,
    payloads: Vec<PayloadRow>,
    refused: Vec<RefusedStatus>,
}

#[derive(Deserialize)]
struct OpenStatusRow {
    visit: usize,
    #[serde(flatten)]
    said: Said,
    #[serde(rename = "box")]
    text: String,
}

#[derive(Deserialize)]
struct Link {
    secret: String,
    fragment: String,
    root: String,
    room: String,
    proof: String,
    status: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Visit {
    signing: String,
    agreement: String,
    signing_key: String,
    agreement_key: String,
    session: String,
}

#[derive(Deserialize)]
struct StatusRow {
    visit: usize,
    #[serde(flatten)]
    said: Said,
    nonce: String,
    #[serde(rename = "box")]
    sealed: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pair {
    low: End,
    high: End,
    low_to_high: String,
    high_to_low: String,
}

#[derive(Deserialize)]
struct End {
    id: String,
    visit: usize,
}

#[derive(Deserialize)]
struct PayloadRow {
    from: String,
    to: String,
    #[serde(rename = "type")]
    kind: String,
    counter: u64,
    payload: String,
    #[serde(rename = "box")]
    sealed: String,
}

#[derive(Deserialize)]
struct Refused {
    statuses: Vec<RefusedStatus>,
    payloads: Vec<RefusedPayload>,
}

#[derive(Deserialize)]
struct RefusedStatus {
    why: String,
    reason: Refusal,
    #[serde(rename = "box")]
    sealed: String,
}

#[derive(Deserialize)]
struct RefusedPayload {
    why: String,
    reason: Refusal,
    from: String,
    to: String,
    #[serde(rename = "type")]
    kind: String,
    last: u64,
    #[serde(rename = "box")]
    sealed: String,
}

impl Vectors {
    fn read() -> Self {
        serde_json::from_str(include_str!("../testdata/private-vectors.json")).unwrap()
    }

    fn keys(&self) -> RoomKeys {
        RoomKeys::of(&bytes(&self.link.secret))
    }

    fn visit(&self, index: usize) -> VisitKeys {
        let visit = &self.visit_keys[index];
        VisitKeys::new(bytes(&visit.signing), bytes(&visit.agreement))
    }

    /// The keys as one of the two derives them.
    fn derived(&self, own: &End, other: &End) -> PairKeys {
        let keys = self.keys();
        self.derived_in((&keys.room, &keys.root), own, other)
    }

    fn derived_in(&self, room: (&str, &[u8]), own: &End, other: &End) -> PairKeys {
        let key = self.visit(other.visit);
        pair_keys(
            room,
            (&own.id, &self.visit(own.visit)),
            (&other.id, key.signing_key(), key.agreement_key()),
        )
        .unwrap()
    }

    fn key_from(&self, from: &str) -> [u8; 32] {
        let keys = self.derived(&self.pair.low, &self.pair.high);
        if from == self.pair.low.id {
            keys.send
        } else {
            keys.receive
        }
    }

    fn envelope<'a>(&'a self, kind: &'a str, from: &'a str, to: &'a str) -> Envelope<'a> {
        Envelope {
            room: &self.link.room,
            kind,
            from,
            to,
        }
    }
}

#[test]
fn keys_follow_from_the_secret() {
    let vectors = Vectors::read();
    let keys = vectors.keys();
    assert_eq!(
        read_secret(&vectors.link.fragment),
        Some(bytes(&vectors.link.secret))
    );
    assert_eq!(keys.room, vectors.link.room);
    assert_eq!(keys.proof, vectors.link.proof);
    assert_eq!(hex(&keys.root), vectors.link.root);
    assert_eq!(hex(&keys.status), vectors.link.status);
    for fragment in &vectors.broken_fragments {
        assert_eq!(read_secret(fragment), None, "{fragment}");
    }
}

/// The reader of links takes the fragment as it is.
#[test]
fn link_of_a_private_room_is_an_invite() {
    let Link { room, fragment, .. } = Vectors::read().link;
    let link = format!("snug://relay.example.org/r/{room}#{fragment}");
    let invite = Invite::from_str(&link).unwrap();
    assert_eq!(invite.room.as_str(), room);
    assert_eq!(
        invite.secret.as_ref().map(|secret| secret.as_str()),
        Some(&*fragment)
    );
    assert_eq!(invite.to_string(), link);
}

#[test]
fn visit_has_its_keys() {
    let vectors = Vectors::read();
    for (index, visit) in vectors.visit_keys.iter().enumerate() {
        let keys = vectors.visit(index);
        assert_eq!(hex(&keys.signing_key()), visit.signing_key);
        assert_eq!(hex(&keys.agreement_key()), visit.agreement_key);
        assert_eq!(keys.session(), visit.session);
    }
}

#[test]
fn status_is_sealed_and_opened() {
    let vectors = Vectors::read();
    let keys = vectors.keys();
    for row in &vectors.statuses {
        let visit = vectors.visit(row.visit);
        let sealed = seal_status(&keys, &visit, &row.said, bytes(&row.nonce));
        assert_eq!(sealed, row.sealed);
        let opened = open_status(&keys, &row.sealed).unwrap();
        assert_eq!(opened.said, row.said);
        assert_eq!(opened.signing_key, visit.signing_key());
        assert_eq!(opened.agreement_key, visit.agreement_key());
    }
}

#[test]
fn both_members_derive_the_same_keys() {
    let vectors = Vectors::read();
    let Pair { low, high, .. } = &vectors.pair;
    let (ours, theirs) = (vectors.derived(low, high), vectors.derived(high, low));
    for (key, expected) in [
        (ours.send, &vectors.pair.low_to_high),
        (theirs.receive, &vectors.pair.low_to_high),
        (ours.receive, &vectors.pair.high_to_low),
        (theirs.send, &vectors.pair.high_to_low),
    ] {
        assert_eq!(&hex(&key), expected);
    }
}

#[test]
fn payload_is_sealed_and_opened() {
    let vectors = Vectors::read();
    for row in &vectors.payloads {
        let key = vectors.key_from(&row.from);
        let envelope = vectors.envelope(&row.kind, &row.from, &row.to);
        let sealed = seal_payload(&key, &envelope, row.counter, &row.payload);
        assert_eq!(sealed, row.sealed);
        let opened = open_payload(&key, &envelope, row.counter - 1, &row.sealed);
        assert_eq!(opened, Ok((row.payload.clone(), row.counter)));
    }
}

#[test]
fn key_of_small_order_gives_no_pair() {
    let vectors = Vectors::read();
    let signing_key = vectors.visit(1).signing_key();
    for key in &vectors.small_order_agreement_keys {
        let own = ("a1", &vectors.visit(0));
        let keys = vectors.keys();
        let found = pair_keys(
            (&keys.room, &keys.root),
            own,
            ("b2", signing_key, bytes(key)),
        );
        assert!(found.is_none(), "{key}");
    }
}

#[test]
fn what_is_malformed_is_refused_for_its_reason() {
    let vectors = Vectors::read();
    let keys = vectors.keys();
    for row in &vectors.refused.statuses {
        let opened = open_status(&keys, &row.sealed);
        assert_eq!(opened.err(), Some(row.reason), "{}", row.why);
    }
    // All are sealed with the key of this direction, also those that claim the other one.
    let key = vectors.key_from(&vectors.pair.low.id);
    for row in &vectors.refused.payloads {
        let envelope = vectors.envelope(&row.kind, &row.from, &row.to);
        let opened = open_payload(&key, &envelope, row.last, &row.sealed);
        assert_eq!(opened, Err(row.reason), "{}", row.why);
    }
}

#[test]
fn open_room_has_signed_statuses_and_sealed_payloads() {
    let vectors = Vectors::read();
    let open = &vectors.open;
    for row in &open.statuses {
        let visit = vectors.visit(row.visit);
        assert_eq!(write_status(&open.room, &visit, &row.said), row.text);
        let read = read_status(&open.room, &row.text).unwrap();
        assert_eq!(read.said, row.said);
        assert_eq!(read.signing_key, visit.signing_key());
        assert_eq!(read.agreement_key, visit.agreement_key());
    }
    let Pair { low, high, .. } = &vectors.pair;
    let keys = vectors.derived_in((&open.room, &[]), low, high);
    assert_eq!(hex(&keys.send), open.low_to_high);
    assert_eq!(hex(&keys.receive), open.high_to_low);
    for row in &open.payloads {
        let is_low = row.from == low.id;
        let key = if is_low { keys.send } else { keys.receive };
        let envelope = Envelope {
            room: &open.room,
            kind: &row.kind,
            from: &row.from,
            to: &row.to,
        };
        let sealed = seal_payload(&key, &envelope, row.counter, &row.payload);
        assert_eq!(sealed, row.sealed);
        let opened = open_payload(&key, &envelope, row.counter - 1, &row.sealed);
        assert_eq!(opened, Ok((row.payload.clone(), row.counter)));
    }
    for row in &open.refused {
        let read = read_status(&open.room, &row.sealed);
        assert_eq!(read.err(), Some(row.reason), "{}", row.why);
    }
}

fn bytes<const N: usize>(hex: &str) -> [u8; N] {
    unhex(hex).try_into().unwrap()
}
