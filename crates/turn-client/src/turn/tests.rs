//! The protocol against a server's messages written here; the real server is in `tests/network`.

use std::time::Duration;

use stun_proto::types::{
    AddressFamily,
    attribute::{ErrorCode, Nonce, Realm, XorMappedAddress},
    message::{IntegrityAlgorithm, IntegrityKey, LongTermKeyCredentials, MessageWriteVec},
    prelude::{MessageWrite, MessageWriteExt},
};
use turn_types::{
    attribute::{AdditionalAddressFamily, Lifetime, RequestedAddressFamily, XorRelayedAddress},
    message::{ALLOCATE, CHANNEL_BIND, REFRESH},
};

use super::{answers::ATTEMPTS, *};

const LOCAL: &str = "192.0.2.7:5000";
const SERVER: &str = "192.0.2.1:3478";
const RELAYED: &str = "198.51.100.1:40000";
const PEER: &str = "203.0.113.9:9999";

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn key(password: &str) -> IntegrityKey {
    LongTermKeyCredentials::new("name".into(), password.into(), "realm".into())
        .make_key(IntegrityAlgorithm::Sha1)
}

fn started(carriage: Carriage, now: Instant) -> Turn {
    let credentials = Credentials {
        username: "name".into(),
        password: "word".into(),
    };
    Turn::new(carriage, address(LOCAL), address(SERVER), &credentials, now)
}

fn transmitted(turn: &mut Turn) -> Vec<u8> {
    match turn.poll_output() {
        Some(Output::Transmit(bytes)) => bytes,
        other => panic!("something to send, not {other:?}"),
    }
}

fn refusal(request: &[u8], code: u16, nonce: &str) -> Vec<u8> {
    let request = Message::from_bytes(request).unwrap();
    let mut message = Message::builder_error(&request, MessageWriteVec::new());
    let code = ErrorCode::builder(code).build().unwrap();
    message.add_attribute(&code).unwrap();
    message
        .add_attribute(&Realm::new("realm").unwrap())
        .unwrap();
    message.add_attribute(&Nonce::new(nonce).unwrap()).unwrap();
    message.finish()
}

fn success(request: &[u8], lifetime: u32, password: &str) -> Vec<u8> {
    let request = Message::from_bytes(request).unwrap();
    let transaction = request.transaction_id();
    let mut message = Message::builder_success(&request, MessageWriteVec::new());
    if request.method() == ALLOCATE {
        let relayed = XorRelayedAddress::new(address(RELAYED), transaction);
        let mapped = XorMappedAddress::new(address(LOCAL), transaction);
        message.add_attribute(&relayed).unwrap();
        message.add_attribute(&mapped).unwrap();
    }
    message.add_attribute(&Lifetime::new(lifetime)).unwrap();
    message
        .add_message_integrity_with_key(&key(password), IntegrityAlgorithm::Sha1)
        .unwrap();
    message.finish()
}

fn allocated(carriage: Carriage, lifetime: u32, now: Instant) -> Turn {
    let mut turn = started(carriage, now);
    let request = transmitted(&mut turn);
    turn.handle_input(&refusal(&request, 401, "one"), now);
    let request = transmitted(&mut turn);
    turn.handle_input(&success(&request, lifetime, "word"), now);
    let expect = Output::Allocated(Allocated {
        relayed: vec![address(RELAYED)],
        mapped: address(LOCAL),
    });
    assert_eq!(turn.poll_output(), Some(expect));
    turn
}

fn bound(carriage: Carriage, now: Instant) -> Turn {
    let mut turn = allocated(carriage, 600, now);
    turn.handle_send(address(RELAYED), address(PEER), &[1], now);
    let request = transmitted(&mut turn);
    turn.handle_input(&success(&request, 600, "word"), now);
    turn
}

#[test]
fn a_challenge_is_answered_with_signed_credentials() {
    let now = crate::now();
    let mut turn = started(Carriage::Datagrams, now);
    let first = transmitted(&mut turn);
    assert!(
        Message::from_bytes(&first)
            .unwrap()
            .attribute::<Realm>()
            .is_err()
    );
    turn.handle_input(&refusal(&first, 401, "one"), now);
    let second = transmitted(&mut turn);
    let second = Message::from_bytes(&second).unwrap();
    assert!(second.validate_integrity_with_key(&key("word")).is_ok());
    assert_eq!(second.attribute::<Nonce>().unwrap().nonce(), "one");
}

#[test]
fn refusals_tell_the_servers_code() {
    for code in [401, 403, 441, 486, 508] {
        let now = crate::now();
        let mut turn = started(Carriage::Datagrams, now);
        let request = transmitted(&mut turn);
        turn.handle_input(&refusal(&request, 401, "one"), now);
        let request = transmitted(&mut turn);
        turn.handle_input(&refusal(&request, code, "two"), now);
        let Some(Output::Refused(failure)) = turn.poll_output() else {
            panic!("{code} is told");
        };
        assert_eq!((failure.code, failure.local), (code, Some(address(LOCAL))));
        assert_eq!(turn.poll_timeout(now), None, "nothing is asked any more");
    }
}

#[test]
fn a_stale_nonce_is_replaced() {
    let now = crate::now();
    let mut turn = allocated(Carriage::Datagrams, 600, now);
    turn.handle_send(address(RELAYED), address(PEER), &[1], now);
    let request = transmitted(&mut turn);
    turn.handle_input(&refusal(&request, 438, "two"), now);
    let again = transmitted(&mut turn);
    let again = Message::from_bytes(&again).unwrap();
    assert_eq!(again.method(), CHANNEL_BIND);
    assert_eq!(again.attribute::<Nonce>().unwrap().nonce(), "two");
}

#[test]
fn a_server_that_likes_no_nonce_is_given_up() {
    let now = crate::now();
    let mut turn = started(Carriage::Datagrams, now);
    for _ in 0..ATTEMPTS {
        let request = transmitted(&mut turn);
        turn.handle_input(&refusal(&request, 438, "again"), now);
    }
    let Some(Output::Refused(failure)) = turn.poll_output() else {
        panic!("it is given up");
    };
    assert_eq!(failure.code, 438);
}

#[test]
fn an_answer_by_somebody_else_is_no_answer() {
    let now = crate::now();
    let mut turn = started(Carriage::Datagrams, now);
    let request = transmitted(&mut turn);
    turn.handle_input(&refusal(&request, 401, "one"), now);
    let request = transmitted(&mut turn);
    turn.handle_input(&success(&request, 600, "another word"), now);
    assert_eq!(turn.poll_output(), None);
    turn.handle_input(&success(&request, 600, "word"), now);
    assert!(matches!(turn.poll_output(), Some(Output::Allocated(_))));
}

/// The families it names: none, IPv4 beside this one, this one.
fn families(request: &[u8]) -> (Option<AddressFamily>, Option<AddressFamily>) {
    let request = Message::from_bytes(request).unwrap();
    let additional = request.attribute::<AdditionalAddressFamily>();
    let requested = request.attribute::<RequestedAddressFamily>();
    (
        additional.ok().map(|additional| additional.family()),
        requested.ok().map(|requested| requested.family()),
    )
}

#[test]
fn a_server_without_some_family_is_asked_for_the_other() {
    let now = crate::now();
    let mut turn = started(Carriage::Datagrams, now);
    let request = transmitted(&mut turn);
    turn.handle_input(&refusal(&request, 401, "one"), now);
    for expect in [
        (Some(AddressFamily::IPV6), None),
        (None, None),
        (None, Some(AddressFamily::IPV6)),
    ] {
        let request = transmitted(&mut turn);
        assert_eq!(families(&request), expect);
        turn.handle_input(&refusal(&request, 440, "one"), now);
    }
    assert!(matches!(turn.poll_output(), Some(Output::Refused(_))));
}

#[test]
fn channel_data_are_padded_on_a_stream_only() {
    for (carriage, expect) in [
        (Carriage::Datagrams, vec![0x40, 0, 0, 1, 1]),
        (Carriage::Stream, vec![0x40, 0, 0, 1, 1, 0, 0, 0]),
    ] {
        let mut turn = bound(carriage, crate::now());
        assert_eq!(transmitted(&mut turn), expect);
    }
}

#[test]
fn channel_data_come_from_their_peer() {
    let mut turn = bound(Carriage::Datagrams, crate::now());
    transmitted(&mut turn);
    let now = crate::now();
    turn.handle_input(&[0x40, 0, 0, 2, 8, 9, 0, 0], now);
    let expect = Output::Received {
        relayed: address(RELAYED),
        peer: address(PEER),
        bytes: vec![8, 9],
    };
    assert_eq!(turn.poll_output(), Some(expect));
    for bytes in [
        &[][..],
        &[0x40],
        &[0x40, 0, 0, 3, 1],
        &[0x40, 1, 0, 0],
        &[0x80, 0, 0, 0],
    ] {
        turn.handle_input(bytes, now);
        assert_eq!(turn.poll_output(), None, "{bytes:?}");
    }
}

#[test]
fn a_short_lifetime_is_refreshed_at_its_half() {
    let start = crate::now();
    let mut turn = allocated(Carriage::Datagrams, 4, start);
    for round in 1..=3 {
        let due = turn.poll_timeout(start).unwrap();
        assert_eq!(due, start + Duration::from_secs(2 * round));
        turn.handle_timeout(due);
        let request = transmitted(&mut turn);
        assert_eq!(Message::from_bytes(&request).unwrap().method(), REFRESH);
        turn.handle_input(&success(&request, 4, "word"), due);
    }
}

#[test]
fn an_allocation_the_server_forgot_ends() {
    let start = crate::now();
    let mut turn = allocated(Carriage::Datagrams, 600, start);
    let due = turn.poll_timeout(start).unwrap();
    assert_eq!(due, start + Duration::from_secs(540));
    turn.handle_timeout(due);
    let request = transmitted(&mut turn);
    turn.handle_input(&refusal(&request, 437, "one"), due);
    assert_eq!(turn.poll_output(), Some(Output::Ended));
}

#[test]
fn an_allocation_of_a_silent_server_ends_with_its_lifetime() {
    let start = crate::now();
    let mut turn = allocated(Carriage::Datagrams, 600, start);
    let mut now = start;
    while let Some(due) = turn.poll_timeout(now) {
        now = due;
        turn.handle_timeout(now);
        if let Some(Output::Ended) = std::iter::from_fn(|| turn.poll_output()).last() {
            break;
        }
    }
    assert_eq!(now, start + Duration::from_secs(600));
    assert_eq!(turn.poll_timeout(now), None);
}

#[test]
fn release_asks_for_a_lifetime_of_nothing() {
    let now = crate::now();
    let mut turn = allocated(Carriage::Datagrams, 600, now);
    turn.release(now);
    let request = transmitted(&mut turn);
    let message = Message::from_bytes(&request).unwrap();
    assert_eq!(message.method(), REFRESH);
    assert_eq!(message.attribute::<Lifetime>().unwrap().seconds(), 0);
    let sent = turn.handle_send(address(RELAYED), address(PEER), &[1], now);
    assert_eq!(sent, Sent::Dropped);
    turn.handle_input(&success(&request, 0, "word"), now);
    assert_eq!(turn.poll_output(), Some(Output::Ended));
}

#[test]
fn what_is_granted_after_the_release_is_given_back() {
    let now = crate::now();
    let mut turn = started(Carriage::Datagrams, now);
    let request = transmitted(&mut turn);
    turn.handle_input(&refusal(&request, 401, "one"), now);
    let request = transmitted(&mut turn);
    turn.release(now);
    assert_eq!(turn.poll_output(), None);
    turn.handle_input(&success(&request, 600, "word"), now);
    let request = transmitted(&mut turn);
    let message = Message::from_bytes(&request).unwrap();
    assert_eq!(message.attribute::<Lifetime>().unwrap().seconds(), 0);
    turn.handle_input(&success(&request, 0, "word"), now);
    assert_eq!(turn.poll_output(), Some(Output::Ended));
}

#[test]
fn what_was_only_challenged_before_the_release_ends() {
    let now = crate::now();
    let mut turn = started(Carriage::Datagrams, now);
    let request = transmitted(&mut turn);
    turn.release(now);
    turn.handle_input(&refusal(&request, 401, "one"), now);
    assert_eq!(turn.poll_output(), Some(Output::Ended));
}
