//! A second implementation of rooms with a passcode (docs/protocol.md, "Rooms with a passcode"), from
//! that page and by other libraries than the page uses. It checks the vectors of the page's tests and
//! those of draft-irtf-cfrg-cpace.
#![allow(
    clippy::unwrap_used,
    reason = "a test that meets what it does not expect is to fail there"
)]

#[path = "common/bytes.rs"]
mod bytes;
#[path = "passcode_rooms/implementation.rs"]
mod implementation;

use std::{collections::BTreeMap, str::FromStr};

use bytes::{hex, unhex};
use implementation::{
    Common, DoorMessage, Shown, channel, generator, open_root, passcode_room, read_door,
    read_passcode, read_room_name, scalar, seal_root, share, shared_key, stands, status_key, tag,
    write_door, write_room_name,
};
use serde::Deserialize;
use signal_protocol::Invite;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vectors {
    draft: BTreeMap<String, String>,
    refused_shares: Vec<RefusedShare>,
    passcodes: Vec<Passcode>,
    rooms: Vec<Room>,
    broken_fragments: Vec<String>,
    handshake: Handshake,
    refused_messages: Vec<RefusedMessage>,
}

#[derive(Deserialize)]
struct RefusedShare {
    why: String,
    share: String,
}

#[derive(Deserialize)]
struct Passcode {
    typed: String,
    normal: Option<String>,
}

#[derive(Deserialize)]
struct Room {
    name: String,
    room: String,
    fragment: String,
}

#[derive(Deserialize)]
struct RefusedMessage {
    why: String,
    payload: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Handshake {
    name: String,
    passcode: String,
    initiator: String,
    responder: String,
    sid: String,
    scalars: Ends,
    signing: Ends,
    isk: String,
    root: String,
    other_root: String,
    stands: String,
    status: String,
    wait: u32,
    messages: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Ends {
    initiator: String,
    responder: String,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../testdata/passcode-vectors.json")).unwrap()
}

#[test]
fn cpace_is_that_of_the_draft() {
    let Vectors { draft, .. } = vectors();
    let of = |name: &str| unhex(&draft[name]);
    let (passcode, ci, sid) = (of("PRS"), of("CI"), of("sid"));
    let common = Common {
        passcode: &passcode,
        channel: &ci,
        sid: &sid,
    };
    let encoded = generator(&common).compress().to_bytes();
    assert_eq!(hex(&encoded), draft["g"]);
    let (ya, yb) = (scalar(&of("ya")), scalar(&of("yb")));
    assert_eq!(hex(&share(&common, &ya)), draft["Ya"]);
    assert_eq!(hex(&share(&common, &yb)), draft["Yb"]);
    let (share_a, share_b) = (of("Ya"), of("Yb"));
    let (data_a, data_b) = (of("ADa"), of("ADb"));
    let a = Shown {
        share: &share_a,
        data: &data_a,
    };
    let b = Shown {
        share: &share_b,
        data: &data_b,
    };
    for (own, other) in [(&ya, b), (&yb, a)] {
        let isk = shared_key(&sid, own, other.share, a, b).unwrap();
        assert_eq!(hex(&isk), draft["ISK_IR"]);
    }
}

#[test]
fn share_that_is_no_point_gives_no_key() {
    let vectors = vectors();
    let sid = unhex(&vectors.draft["sid"]);
    let own = scalar(&unhex(&vectors.draft["ya"]));
    for RefusedShare { why, share } in &vectors.refused_shares {
        let other = unhex(share);
        let shown = Shown {
            share: &other,
            data: b"",
        };
        let key = shared_key(&sid, &own, &other, shown, shown);
        assert!(key.is_none(), "{why}");
    }
}

#[test]
fn passcode_has_one_normal_form() {
    for Passcode { typed, normal } in vectors().passcodes {
        assert_eq!(read_passcode(&typed), normal, "{typed}");
    }
}

#[test]
fn room_follows_from_its_name_alone() {
    let vectors = vectors();
    for Room {
        name,
        room,
        fragment,
    } in &vectors.rooms
    {
        assert_eq!(&passcode_room(name), room);
        assert_eq!(&write_room_name(name), fragment);
        assert_eq!(read_room_name(fragment).as_ref(), Some(name));
        // The reader of links takes the fragment as it is.
        let link = format!("snug://relay.example.org/r/{room}#{fragment}");
        let invite = Invite::from_str(&link).unwrap();
        assert_eq!(invite.room.as_str(), room);
        let secret = invite.secret.as_ref().map(|secret| secret.as_str());
        assert_eq!(secret, Some(&**fragment));
    }
    for fragment in &vectors.broken_fragments {
        assert_eq!(read_room_name(fragment), None, "{fragment}");
    }
}

#[test]
fn handshake_has_these_bytes() {
    let Handshake {
        name,
        passcode,
        initiator,
        responder,
        sid,
        scalars,
        signing,
        isk,
        root,
        other_root,
        messages,
        wait,
        ..
    } = vectors().handshake;
    let channel = channel(&passcode_room(&name), &initiator, &responder);
    let sid: [u8; 16] = unhex(&sid).try_into().unwrap();
    let common = Common {
        passcode: passcode.as_bytes(),
        channel: &channel,
        sid: &sid,
    };
    let (ya, yb) = (
        scalar(&unhex(&scalars.initiator)),
        scalar(&unhex(&scalars.responder)),
    );
    let (share_a, share_b) = (share(&common, &ya), share(&common, &yb));
    let (data_a, data_b) = (
        signing_key(&signing.initiator),
        signing_key(&signing.responder),
    );
    let a = Shown {
        share: &share_a,
        data: &data_a,
    };
    let b = Shown {
        share: &share_b,
        data: &data_b,
    };
    let key = shared_key(&sid, &ya, &share_b, a, b).unwrap();
    assert_eq!(shared_key(&sid, &yb, &share_a, a, b), Some(key));
    assert_eq!(hex(&key), isk);

    let root: [u8; 32] = unhex(&root).try_into().unwrap();
    let other_root: [u8; 32] = unhex(&other_root).try_into().unwrap();
    let welcome = seal_root(&key, "welcome", &sid, &root);
    let own_root = seal_root(&key, "root", &sid, &other_root);
    let bodies = [
        ("hello", [share_a, data_a].concat()),
        ("answer", [share_b, data_b].concat()),
        ("proof", tag(&sid, &key, a).to_vec()),
        ("welcome", [&tag(&sid, &key, b)[..], &welcome].concat()),
        ("root", own_root.clone()),
        ("wrong", vec![]),
        ("outside", vec![]),
        ("wait", wait.to_be_bytes().to_vec()),
    ];
    for ((name, body), kind) in bodies.into_iter().zip(1..) {
        let message = DoorMessage { kind, sid, body };
        assert_eq!(write_door(&message), messages[name], "{name}");
        assert_eq!(read_door(&messages[name]), Some(message), "{name}");
    }
    let opened = open_root(&key, "welcome", &sid, &welcome);
    assert_eq!(opened.as_deref(), Some(&root[..]));
    // A box of one direction does not open in the other one.
    assert_eq!(open_root(&key, "welcome", &sid, &own_root), None);
}

#[test]
fn one_of_two_roots_stands() {
    let handshake = vectors().handshake;
    let (root, other) = (unhex(&handshake.root), unhex(&handshake.other_root));
    let standing = if stands(&root, &other) { &root } else { &other };
    assert_eq!(hex(standing), handshake.stands);
    assert_eq!(hex(&status_key(&root)), handshake.status);
}

#[test]
fn message_of_another_form_is_none() {
    for RefusedMessage { why, payload } in vectors().refused_messages {
        assert_eq!(read_door(&payload), None, "{why}");
    }
}

fn signing_key(secret: &str) -> [u8; 32] {
    let secret: [u8; 32] = unhex(secret).try_into().unwrap();
    ed25519_dalek::SigningKey::from_bytes(&secret)
        .verifying_key()
        .to_bytes()
}
