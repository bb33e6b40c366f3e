//! Keys of members, suite 1: statuses signed, and in private rooms sealed; sealed payloads.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload},
};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use hkdf::Hkdf;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use x25519_dalek::{X25519_BASEPOINT_BYTES, x25519};

use crate::bytes::{hex, list};

pub(crate) const SUITE: u8 = 1;
const TAG: usize = 16;
const LARGEST_EXACT: u64 = (1 << 53) - 1;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Refusal {
    Unsealed,
    Suite,
    Unopened,
    Malformed,
    Unsigned,
    Repeated,
}

pub(crate) struct RoomKeys {
    pub(crate) room: String,
    pub(crate) proof: String,
    pub(crate) root: [u8; 32],
    pub(crate) status: [u8; 32],
}

pub(crate) struct VisitKeys {
    signing: SigningKey,
    agreement: [u8; 32],
}

pub(crate) struct PairKeys {
    pub(crate) send: [u8; 32],
    pub(crate) receive: [u8; 32],
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Said {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) status: String,
    pub(crate) counter: u64,
}

#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) said: Said,
    pub(crate) signing_key: [u8; 32],
    pub(crate) agreement_key: [u8; 32],
}

pub(crate) struct Envelope<'a> {
    pub(crate) room: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) from: &'a str,
    pub(crate) to: &'a str,
}

pub(crate) fn read_secret(fragment: &str) -> Option<[u8; 32]> {
    let secret = fragment.strip_prefix("1.")?;
    URL_SAFE_NO_PAD.decode(secret).ok()?.try_into().ok()
}

impl RoomKeys {
    pub(crate) fn of(secret: &[u8; 32]) -> Self {
        let root: [u8; 32] = derive(secret, &[], "root");
        Self {
            room: format!("private-{}", hex(&derive::<16>(&root, &[], "room"))),
            proof: URL_SAFE_NO_PAD.encode(derive::<32>(&root, &[], "proof")),
            status: derive(&root, &[], "status"),
            root,
        }
    }
}

impl VisitKeys {
    pub(crate) fn new(signing: [u8; 32], agreement: [u8; 32]) -> Self {
        Self {
            signing: SigningKey::from_bytes(&signing),
            agreement,
        }
    }

    pub(crate) fn signing_key(&self) -> [u8; 32] {
        self.signing.verifying_key().to_bytes()
    }

    pub(crate) fn agreement_key(&self) -> [u8; 32] {
        x25519(self.agreement, X25519_BASEPOINT_BYTES)
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.signing.sign(message).to_bytes()
    }

    pub(crate) fn session(&self) -> String {
        hex(&Sha256::digest(self.signing_key()))
    }
}

/// `root` is empty in an open room. `other` is the id, the signing key and the agreement key.
pub(crate) fn pair_keys(
    (room, root): (&str, &[u8]),
    (id, visit): (&str, &VisitKeys),
    other: (&str, [u8; 32], [u8; 32]),
) -> Option<PairKeys> {
    let shared = x25519(visit.agreement, other.2);
    if shared == [0; 32] {
        return None;
    }
    let own = (id, visit.signing_key(), visit.agreement_key());
    let is_low = id < other.0;
    let (low, high) = if is_low { (own, other) } else { (other, own) };
    let pair = list(&[
        b"snug pair 1",
        room.as_bytes(),
        low.0.as_bytes(),
        &low.1,
        &low.2,
        high.0.as_bytes(),
        &high.1,
        &high.2,
    ]);
    let secret = [&shared, root].concat();
    let both: [u8; 64] = derive(&secret, &Sha256::digest(pair), "pair");
    let of_low = both[..32].try_into().ok()?;
    let of_high = both[32..].try_into().ok()?;
    Some(if is_low {
        PairKeys {
            send: of_low,
            receive: of_high,
        }
    } else {
        PairKeys {
            send: of_high,
            receive: of_low,
        }
    })
}

pub(crate) fn seal_status(
    keys: &RoomKeys,
    visit: &VisitKeys,
    said: &Said,
    nonce: [u8; 24],
) -> String {
    let padded = pad(2, &signed_status(&keys.room, visit, said), status_size).unwrap();
    let associated = status_associated(keys);
    let sealed = XChaCha20Poly1305::new(&keys.status.into())
        .encrypt(&nonce.into(), with(&padded, &associated))
        .unwrap();
    URL_SAFE_NO_PAD.encode([&[SUITE], &nonce[..], &sealed].concat())
}

/// The status of an open room, readable.
pub(crate) fn write_status(room: &str, visit: &VisitKeys, said: &Said) -> String {
    URL_SAFE_NO_PAD.encode([&[SUITE], &signed_status(room, visit, said)[..]].concat())
}

pub(crate) fn read_status(room: &str, text: &str) -> Result<Opened, Refusal> {
    let bytes = URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| Refusal::Unsealed)?;
    let (&suite, signed) = bytes.split_first().ok_or(Refusal::Unsealed)?;
    if suite != SUITE {
        return Err(Refusal::Suite);
    }
    read_signed(room, signed)
}

/// The content and its signature.
fn signed_status(room: &str, visit: &VisitKeys, said: &Said) -> Vec<u8> {
    let mut content = [visit.signing_key(), visit.agreement_key()].concat();
    content.extend(said.counter.to_be_bytes());
    content.push(u8::try_from(said.id.len()).unwrap());
    content.extend(said.id.as_bytes());
    for text in [&said.email, &said.status] {
        content.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
        content.extend(text.as_bytes());
    }
    content.extend(visit.sign(&signed(room, &content)));
    content
}

pub(crate) fn open_status(keys: &RoomKeys, text: &str) -> Result<Opened, Refusal> {
    let (nonce, sealed) = read_box::<24>(text)?;
    let associated = status_associated(keys);
    let padded = XChaCha20Poly1305::new(&keys.status.into())
        .decrypt(&nonce.into(), with(&sealed, &associated))
        .map_err(|_| Refusal::Unopened)?;
    let signed = unpad(2, &padded, status_size).ok_or(Refusal::Malformed)?;
    read_signed(&keys.room, signed)
}

fn read_signed(room: &str, content: &[u8]) -> Result<Opened, Refusal> {
    let (content, signature) = content.split_last_chunk::<64>().ok_or(Refusal::Malformed)?;
    let opened = read_content(content).ok_or(Refusal::Malformed)?;
    if is_signed_by(&opened.signing_key, signature, &signed(room, content)) {
        Ok(opened)
    } else {
        Err(Refusal::Unsigned)
    }
}

/// Strictly: no key of small order, no second form.
pub(crate) fn is_signed_by(key: &[u8; 32], signature: &[u8; 64], message: &[u8]) -> bool {
    VerifyingKey::from_bytes(key).is_ok_and(|key| {
        key.verify_strict(message, &Signature::from_bytes(signature))
            .is_ok()
    })
}

pub(crate) fn seal_payload(
    key: &[u8; 32],
    envelope: &Envelope<'_>,
    counter: u64,
    payload: &str,
) -> String {
    let padded = pad(4, payload.as_bytes(), payload_size).unwrap();
    let associated = payload_associated(envelope, counter);
    let sealed = ChaCha20Poly1305::new(&(*key).into())
        .encrypt(&payload_nonce(counter).into(), with(&padded, &associated))
        .unwrap();
    URL_SAFE_NO_PAD.encode([&[SUITE], &counter.to_be_bytes()[..], &sealed].concat())
}

pub(crate) fn open_payload(
    key: &[u8; 32],
    envelope: &Envelope<'_>,
    last: u64,
    text: &str,
) -> Result<(String, u64), Refusal> {
    let (counter, sealed) = read_box::<8>(text)?;
    let counter = u64::from_be_bytes(counter);
    if counter <= last || counter > LARGEST_EXACT {
        return Err(Refusal::Repeated);
    }
    let associated = payload_associated(envelope, counter);
    let padded = ChaCha20Poly1305::new(&(*key).into())
        .decrypt(&payload_nonce(counter).into(), with(&sealed, &associated))
        .map_err(|_| Refusal::Unopened)?;
    let content = unpad(4, &padded, payload_size).ok_or(Refusal::Malformed)?;
    let payload = String::from_utf8(content.to_vec()).map_err(|_| Refusal::Malformed)?;
    Ok((payload, counter))
}

/// Splits a box into what follows the suite, and the sealed bytes with their tag.
fn read_box<const N: usize>(text: &str) -> Result<([u8; N], Vec<u8>), Refusal> {
    let bytes = URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| Refusal::Unsealed)?;
    if bytes.len() < 1 + N + TAG {
        return Err(Refusal::Unsealed);
    }
    if bytes[0] != SUITE {
        return Err(Refusal::Suite);
    }
    let (head, sealed) = bytes[1..].split_first_chunk().ok_or(Refusal::Unsealed)?;
    Ok((*head, sealed.to_vec()))
}

fn read_content(content: &[u8]) -> Option<Opened> {
    let (signing_key, rest) = content.split_first_chunk::<32>()?;
    let (agreement_key, rest) = rest.split_first_chunk::<32>()?;
    let (counter, rest) = rest.split_first_chunk::<8>()?;
    let (&[id], rest) = rest.split_first_chunk::<1>()?;
    let (id, rest) = rest.split_at_checked(id.into())?;
    let (email, rest) = text(rest)?;
    let (status, rest) = text(rest)?;
    let counter = u64::from_be_bytes(*counter);
    if !rest.is_empty() || counter > LARGEST_EXACT {
        return None;
    }
    let said = Said {
        id: String::from_utf8(id.to_vec()).ok()?,
        email,
        status,
        counter,
    };
    Some(Opened {
        said,
        signing_key: *signing_key,
        agreement_key: *agreement_key,
    })
}

fn text(bytes: &[u8]) -> Option<(String, &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    let (text, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
    Some((String::from_utf8(text.to_vec()).ok()?, rest))
}

fn pad(length_bytes: usize, content: &[u8], size: fn(usize) -> Option<usize>) -> Option<Vec<u8>> {
    let length = u32::try_from(content.len()).ok()?.to_be_bytes();
    let mut padded = [&length[4 - length_bytes..], content].concat();
    padded.resize(size(padded.len())?, 0);
    Some(padded)
}

fn unpad(length_bytes: usize, padded: &[u8], size: fn(usize) -> Option<usize>) -> Option<&[u8]> {
    let (length, rest) = padded.split_at_checked(length_bytes)?;
    let length = length
        .iter()
        .fold(0, |sum, &byte| sum * 256 + usize::from(byte));
    let (content, zeros) = rest.split_at_checked(length)?;
    let is_canonical = size(length_bytes + length) == Some(padded.len());
    (is_canonical && zeros.iter().all(|&byte| byte == 0)).then_some(content)
}

fn status_size(bytes: usize) -> Option<usize> {
    [512, 1_408].into_iter().find(|&size| bytes <= size)
}

fn payload_size(bytes: usize) -> Option<usize> {
    if bytes > 45_056 {
        return None;
    }
    let small = [512, 1_024, 2_048].into_iter().find(|&size| bytes <= size);
    small.or_else(|| Some(bytes.next_multiple_of(4_096)))
}

fn status_associated(keys: &RoomKeys) -> Vec<u8> {
    list(&[b"snug status box 1", keys.room.as_bytes()])
}

fn signed(room: &str, content: &[u8]) -> Vec<u8> {
    list(&[b"snug status 1", room.as_bytes(), content])
}

fn payload_associated(envelope: &Envelope<'_>, counter: u64) -> Vec<u8> {
    list(&[
        b"snug box 1",
        envelope.room.as_bytes(),
        envelope.kind.as_bytes(),
        envelope.from.as_bytes(),
        envelope.to.as_bytes(),
        &counter.to_be_bytes(),
    ])
}

fn payload_nonce(counter: u64) -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce[4..].copy_from_slice(&counter.to_be_bytes());
    nonce
}

fn with<'a>(msg: &'a [u8], aad: &'a [u8]) -> Payload<'a, 'a> {
    Payload { msg, aad }
}

pub(crate) fn derive<const N: usize>(from: &[u8], salt: &[u8], label: &str) -> [u8; N] {
    let mut key = [0; N];
    let info = format!("snug private 1 {label}");
    Hkdf::<Sha256>::new(Some(salt), from)
        .expand(info.as_bytes(), &mut key)
        .unwrap();
    key
}
