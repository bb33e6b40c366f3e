//! Rooms with a passcode: the normal form of passcodes, CPace, and the messages of the door.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit,
    aead::{Aead, Payload},
};
use curve25519_dalek::{
    ristretto::{CompressedRistretto, RistrettoPoint},
    scalar::Scalar,
    traits::IsIdentity,
};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256, Sha512};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::bytes::{hex, list};

const DSI: &[u8] = b"CPaceRistretto255";
const DSI_ISK: &[u8] = b"CPaceRistretto255_ISK";
const SHA512_BLOCK: usize = 128;
const DOOR_SUITE: u8 = 2;

/// What an end shows: its share and its data.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown<'a> {
    pub(crate) share: &'a [u8],
    pub(crate) data: &'a [u8],
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Common<'a> {
    pub(crate) passcode: &'a [u8],
    pub(crate) channel: &'a [u8],
    pub(crate) sid: &'a [u8],
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DoorMessage {
    pub(crate) kind: u8,
    pub(crate) sid: [u8; 16],
    pub(crate) body: Vec<u8>,
}

pub(crate) fn read_passcode(typed: &str) -> Option<String> {
    let normal: String = typed
        .nfkd()
        .collect::<String>()
        .to_lowercase()
        .replace('ß', "ss")
        .chars()
        .filter(|&letter| letter.is_alphanumeric() && !is_combining_mark(letter))
        .collect();
    (4..=256)
        .contains(&normal.chars().count())
        .then_some(normal)
}

pub(crate) fn passcode_room(name: &str) -> String {
    let hash = Sha256::digest(list(&[b"snug passcode room 1", name.as_bytes()]));
    format!("passcode-{}", &hex(&hash)[..32])
}

pub(crate) fn write_room_name(name: &str) -> String {
    format!("2.{}", URL_SAFE_NO_PAD.encode(name))
}

pub(crate) fn read_room_name(fragment: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(fragment.strip_prefix("2.")?).ok()?;
    let name = String::from_utf8(bytes).ok()?;
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    let is_name = (1..=128).contains(&name.len()) && name.bytes().all(is_letter);
    is_name.then_some(name)
}

pub(crate) fn channel(room: &str, initiator: &str, responder: &str) -> Vec<u8> {
    list(&[
        b"snug passcode 1",
        room.as_bytes(),
        initiator.as_bytes(),
        responder.as_bytes(),
    ])
}

pub(crate) fn generator(common: &Common<'_>) -> RistrettoPoint {
    let used = prepend_length(common.passcode).len() + prepend_length(DSI).len() + 1;
    let zeros = vec![0; SHA512_BLOCK.saturating_sub(used)];
    let text = lv_cat(&[DSI, common.passcode, &zeros, common.channel, common.sid]);
    RistrettoPoint::from_uniform_bytes(&Sha512::digest(text).into())
}

/// From 64 random bytes, or a scalar of 32.
pub(crate) fn scalar(bytes: &[u8]) -> Scalar {
    let mut wide = [0; 64];
    wide[..bytes.len()].copy_from_slice(bytes);
    Scalar::from_bytes_mod_order_wide(&wide)
}

pub(crate) fn share(common: &Common<'_>, own: &Scalar) -> [u8; 32] {
    (generator(common) * own).compress().to_bytes()
}

/// `None` for a share that is no point, or the identity.
pub(crate) fn shared_key(
    sid: &[u8],
    own: &Scalar,
    other: &[u8],
    initiator: Shown<'_>,
    responder: Shown<'_>,
) -> Option<[u8; 64]> {
    let point = CompressedRistretto::from_slice(other).ok()?.decompress()?;
    if point.is_identity() {
        return None;
    }
    let k = (point * own).compress().to_bytes();
    let text = [
        lv_cat(&[DSI_ISK, sid, &k]),
        written(initiator),
        written(responder),
    ];
    Some(Sha512::digest(text.concat()).into())
}

pub(crate) fn tag(sid: &[u8], isk: &[u8], shown: Shown<'_>) -> [u8; 64] {
    let key = Sha512::digest([b"CPaceMac", sid, isk].concat());
    let mut mac = Hmac::<Sha512>::new_from_slice(&key).unwrap();
    mac.update(&written(shown));
    mac.finalize().into_bytes().into()
}

/// `direction` is `welcome` or `root`.
pub(crate) fn seal_root(isk: &[u8], direction: &str, sid: &[u8], root: &[u8; 32]) -> Vec<u8> {
    let (cipher, associated) = cipher(isk, direction, sid);
    let payload = Payload {
        msg: root,
        aad: &associated,
    };
    cipher.encrypt(&[0; 12].into(), payload).unwrap()
}

pub(crate) fn open_root(isk: &[u8], direction: &str, sid: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (cipher, associated) = cipher(isk, direction, sid);
    let payload = Payload {
        msg: sealed,
        aad: &associated,
    };
    cipher.decrypt(&[0; 12].into(), payload).ok()
}

pub(crate) fn status_key(root: &[u8]) -> [u8; 32] {
    derive(root, "status")
}

/// Whether this root stands over the other one.
pub(crate) fn stands(root: &[u8], over: &[u8]) -> bool {
    let hash = |root: &[u8]| Sha256::digest(list(&[b"snug passcode root 1", root]));
    hash(root) < hash(over)
}

pub(crate) fn write_door(message: &DoorMessage) -> String {
    let head = [DOOR_SUITE, message.kind];
    URL_SAFE_NO_PAD.encode([&head[..], &message.sid, &message.body].concat())
}

pub(crate) fn read_door(text: &str) -> Option<DoorMessage> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (&[suite, kind], rest) = bytes.split_first_chunk::<2>()?;
    let (&sid, body) = rest.split_first_chunk::<16>()?;
    let length = match kind {
        1..=3 => 64,
        4 => 64 + 48,
        5 => 48,
        6 | 7 => 0,
        8 => 4,
        _ => return None,
    };
    (suite == DOOR_SUITE && body.len() == length).then(|| DoorMessage {
        kind,
        sid,
        body: body.to_vec(),
    })
}

fn cipher(isk: &[u8], direction: &str, sid: &[u8]) -> (ChaCha20Poly1305, Vec<u8>) {
    let key = derive(isk, &format!("passcode {direction}"));
    let associated = list(&[b"snug passcode 1", direction.as_bytes(), sid]);
    (ChaCha20Poly1305::new(&key.into()), associated)
}

fn derive(from: &[u8], label: &str) -> [u8; 32] {
    let mut key = [0; 32];
    let info = format!("snug private 1 {label}");
    Hkdf::<Sha256>::new(Some(&[]), from)
        .expand(info.as_bytes(), &mut key)
        .unwrap();
    key
}

fn written(shown: Shown<'_>) -> Vec<u8> {
    lv_cat(&[shown.share, shown.data])
}

fn lv_cat(fields: &[&[u8]]) -> Vec<u8> {
    fields
        .iter()
        .flat_map(|field| prepend_length(field))
        .collect()
}

/// Lengths in LEB128.
fn prepend_length(field: &[u8]) -> Vec<u8> {
    let mut length = field.len();
    let mut bytes = vec![];
    while length >= 128 {
        bytes.push(u8::try_from(length % 128).unwrap() | 128);
        length /= 128;
    }
    bytes.push(u8::try_from(length).unwrap());
    [&bytes, field].concat()
}
