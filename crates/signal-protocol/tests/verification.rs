//! A second implementation of identities and verification codes (docs/protocol.md), from that page
//! and by other libraries than the page uses. It checks the vectors that the page's tests check.
#![allow(
    clippy::unwrap_used,
    reason = "a test that meets what it does not expect is to fail there"
)]

#[path = "common/bytes.rs"]
mod bytes;

use bytes::{hex, list, unhex};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use hkdf::Hkdf;
use serde::Deserialize;
use sha2::{Digest, Sha256};

#[derive(Deserialize)]
struct Vectors {
    room: String,
    people: Vec<Person>,
    rounds: Vec<Round>,
    refused: Vec<Refused>,
    pictures: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Person {
    signing: String,
    session: String,
    identity_secret: String,
    identity: String,
    signature: String,
    nonce: String,
}

#[derive(Deserialize)]
struct Round {
    call: String,
    people: Vec<usize>,
    attempt: u32,
    round: String,
    commits: Vec<String>,
    code: Vec<u64>,
}

#[derive(Deserialize)]
struct Refused {
    why: String,
    room: String,
    session: String,
    identity: String,
    signature: String,
}

impl Vectors {
    fn read() -> Self {
        serde_json::from_str(include_str!("../testdata/verification-vectors.json")).unwrap()
    }
}

#[test]
fn identity_vouches_for_a_session() {
    let vectors = Vectors::read();
    for person in &vectors.people {
        let signing = SigningKey::from_bytes(&bytes(&person.signing));
        let session = Sha256::digest(signing.verifying_key().to_bytes());
        assert_eq!(hex(&session), person.session);
        let identity = SigningKey::from_bytes(&bytes(&person.identity_secret));
        assert_eq!(hex(identity.verifying_key().as_bytes()), person.identity);
        let signature = identity.sign(&signed(&vectors.room, &person.session));
        assert_eq!(hex(&signature.to_bytes()), person.signature);
    }
}

#[test]
fn identity_that_does_not_vouch_is_refused() {
    for row in Vectors::read().refused {
        let is_signed = VerifyingKey::from_bytes(&bytes(&row.identity)).is_ok_and(|key| {
            let signature = Signature::from_bytes(&bytes(&row.signature));
            key.verify_strict(&signed(&row.room, &row.session), &signature)
                .is_ok()
        });
        assert!(!is_signed, "{}", row.why);
    }
}

#[test]
fn round_has_its_code() {
    let vectors = Vectors::read();
    for row in &vectors.rounds {
        let people: Vec<_> = row.people.iter().map(|&at| &vectors.people[at]).collect();
        let mut sorted = people.clone();
        sorted.sort_by_key(|person| &person.session);

        let mut fields = vec![
            b"snug verification round 1".to_vec(),
            vectors.room.clone().into_bytes(),
            row.call.clone().into_bytes(),
        ];
        fields.extend(sorted.iter().map(|person| unhex(&person.session)));
        let round = Sha256::digest(listed(&fields));
        assert_eq!(hex(&round), row.round);

        let commits: Vec<_> = people
            .iter()
            .map(|person| {
                let head = [b"snug verification commit 1".to_vec(), round.to_vec()];
                let attempt = [row.attempt.to_be_bytes().to_vec()];
                hex(&Sha256::digest(listed(
                    &[&head[..], &attempt, &part(person)].concat(),
                )))
            })
            .collect();
        assert_eq!(commits, row.commits);

        let mut all = vec![
            b"snug verification code 1".to_vec(),
            round.to_vec(),
            row.attempt.to_be_bytes().to_vec(),
        ];
        all.extend(sorted.iter().flat_map(|person| part(person)));
        let mut code = [0; 6];
        Hkdf::<Sha256>::new(None, &listed(&all))
            .expand(b"snug verification 1 code", &mut code)
            .unwrap();
        let bits = code
            .iter()
            .fold(0, |bits, &byte| bits << 8 | u64::from(byte));
        let numbers: Vec<_> = (0..7).map(|at| bits >> (42 - 6 * at) & 63).collect();
        assert_eq!(numbers, row.code);
    }
}

#[test]
fn code_has_64_different_pictures() {
    let mut pictures = Vectors::read().pictures;
    pictures.sort();
    pictures.dedup();
    assert_eq!(pictures.len(), 64);
}

fn signed(room: &str, session: &str) -> Vec<u8> {
    listed(&[
        b"snug identity 1".to_vec(),
        room.as_bytes().to_vec(),
        unhex(session),
    ])
}

fn part(person: &Person) -> [Vec<u8>; 3] {
    [&person.session, &person.identity, &person.nonce].map(|hex| unhex(hex))
}

fn listed(fields: &[Vec<u8>]) -> Vec<u8> {
    list(&fields.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

fn bytes<const N: usize>(hex: &str) -> [u8; N] {
    unhex(hex).try_into().unwrap()
}
