//! Tests of the client with encoded server messages. `tests/network` has a real server.

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

use super::{responses::MAX_CHALLENGES, *};

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

fn new_client(framing: Framing, now: Instant) -> TurnClient {
    let credentials = Credentials {
        username: "name".into(),
        password: "word".into(),
    };
    TurnClient::new(framing, address(LOCAL), address(SERVER), &credentials, now)
}

fn take_transmit(client: &mut TurnClient) -> Vec<u8> {
    match client.poll_output() {
        Some(Output::Transmit(bytes)) => bytes,
        other => panic!("something to send, not {other:?}"),
    }
}

fn error_response(request: &[u8], code: u16, nonce: &str) -> Vec<u8> {
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

fn allocated(framing: Framing, lifetime: u32, now: Instant) -> TurnClient {
    let mut client = new_client(framing, now);
    let request = take_transmit(&mut client);
    client.handle_input(&error_response(&request, 401, "one"), now);
    let request = take_transmit(&mut client);
    client.handle_input(&success(&request, lifetime, "word"), now);
    let expect = Output::Allocated(Allocated {
        relayed: vec![address(RELAYED)],
        mapped: address(LOCAL),
    });
    assert_eq!(client.poll_output(), Some(expect));
    client
}

fn bound(framing: Framing, now: Instant) -> TurnClient {
    let mut client = allocated(framing, 600, now);
    client.handle_send(address(RELAYED), address(PEER), &[1], now);
    let request = take_transmit(&mut client);
    client.handle_input(&success(&request, 600, "word"), now);
    client
}

#[test]
fn challenge_is_answered_with_signed_credentials() {
    let now = crate::now();
    let mut client = new_client(Framing::Datagram, now);
    let first = take_transmit(&mut client);
    assert!(
        Message::from_bytes(&first)
            .unwrap()
            .attribute::<Realm>()
            .is_err()
    );
    client.handle_input(&error_response(&first, 401, "one"), now);
    let second = take_transmit(&mut client);
    let second = Message::from_bytes(&second).unwrap();
    assert!(second.validate_integrity_with_key(&key("word")).is_ok());
    assert_eq!(second.attribute::<Nonce>().unwrap().nonce(), "one");
}

#[test]
fn refusal_reports_the_error_code() {
    for code in [401, 403, 441, 486, 508] {
        let now = crate::now();
        let mut client = new_client(Framing::Datagram, now);
        let request = take_transmit(&mut client);
        client.handle_input(&error_response(&request, 401, "one"), now);
        let request = take_transmit(&mut client);
        client.handle_input(&error_response(&request, code, "two"), now);
        let Some(Output::Refused(failure)) = client.poll_output() else {
            panic!("{code} is told");
        };
        assert_eq!((failure.code, failure.local), (code, Some(address(LOCAL))));
        assert_eq!(client.poll_timeout(now), None, "nothing is asked any more");
    }
}

#[test]
fn stale_nonce_is_replaced() {
    let now = crate::now();
    let mut client = allocated(Framing::Datagram, 600, now);
    client.handle_send(address(RELAYED), address(PEER), &[1], now);
    let request = take_transmit(&mut client);
    client.handle_input(&error_response(&request, 438, "two"), now);
    let again = take_transmit(&mut client);
    let again = Message::from_bytes(&again).unwrap();
    assert_eq!(again.method(), CHANNEL_BIND);
    assert_eq!(again.attribute::<Nonce>().unwrap().nonce(), "two");
}

#[test]
fn endless_stale_nonces_end_in_a_refusal() {
    let now = crate::now();
    let mut client = new_client(Framing::Datagram, now);
    for _ in 0..MAX_CHALLENGES {
        let request = take_transmit(&mut client);
        client.handle_input(&error_response(&request, 438, "again"), now);
    }
    let Some(Output::Refused(failure)) = client.poll_output() else {
        panic!("it is given up");
    };
    assert_eq!(failure.code, 438);
}

#[test]
fn response_with_wrong_integrity_is_ignored() {
    let now = crate::now();
    let mut client = new_client(Framing::Datagram, now);
    let request = take_transmit(&mut client);
    client.handle_input(&error_response(&request, 401, "one"), now);
    let request = take_transmit(&mut client);
    client.handle_input(&success(&request, 600, "another word"), now);
    assert_eq!(client.poll_output(), None);
    client.handle_input(&success(&request, 600, "word"), now);
    assert!(matches!(client.poll_output(), Some(Output::Allocated(_))));
}

/// The additional and the requested address family of a request.
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
fn unsupported_family_falls_back_to_the_other() {
    let now = crate::now();
    let mut client = new_client(Framing::Datagram, now);
    let request = take_transmit(&mut client);
    client.handle_input(&error_response(&request, 401, "one"), now);
    for expect in [
        (Some(AddressFamily::IPV6), None),
        (None, None),
        (None, Some(AddressFamily::IPV6)),
    ] {
        let request = take_transmit(&mut client);
        assert_eq!(families(&request), expect);
        client.handle_input(&error_response(&request, 440, "one"), now);
    }
    assert!(matches!(client.poll_output(), Some(Output::Refused(_))));
}

#[test]
fn channel_data_is_padded_only_on_a_stream() {
    for (framing, expect) in [
        (Framing::Datagram, vec![0x40, 0, 0, 1, 1]),
        (Framing::Stream, vec![0x40, 0, 0, 1, 1, 0, 0, 0]),
    ] {
        let mut client = bound(framing, crate::now());
        assert_eq!(take_transmit(&mut client), expect);
    }
}

#[test]
fn channel_data_comes_from_its_peer() {
    let mut client = bound(Framing::Datagram, crate::now());
    take_transmit(&mut client);
    let now = crate::now();
    client.handle_input(&[0x40, 0, 0, 2, 8, 9, 0, 0], now);
    let expect = Output::Received {
        relayed: address(RELAYED),
        peer: address(PEER),
        bytes: vec![8, 9],
    };
    assert_eq!(client.poll_output(), Some(expect));
    for bytes in [
        &[][..],
        &[0x40],
        &[0x40, 0, 0, 3, 1],
        &[0x40, 1, 0, 0],
        &[0x80, 0, 0, 0],
    ] {
        client.handle_input(bytes, now);
        assert_eq!(client.poll_output(), None, "{bytes:?}");
    }
}

#[test]
fn short_lifetime_is_refreshed_at_its_half() {
    let start = crate::now();
    let mut client = allocated(Framing::Datagram, 4, start);
    for round in 1..=3 {
        let due = client.poll_timeout(start).unwrap();
        assert_eq!(due, start + Duration::from_secs(2 * round));
        client.handle_timeout(due);
        let request = take_transmit(&mut client);
        assert_eq!(Message::from_bytes(&request).unwrap().method(), REFRESH);
        client.handle_input(&success(&request, 4, "word"), due);
    }
}

#[test]
fn allocation_unknown_to_the_server_ends() {
    let start = crate::now();
    let mut client = allocated(Framing::Datagram, 600, start);
    let due = client.poll_timeout(start).unwrap();
    assert_eq!(due, start + Duration::from_secs(540));
    client.handle_timeout(due);
    let request = take_transmit(&mut client);
    client.handle_input(&error_response(&request, 437, "one"), due);
    assert_eq!(client.poll_output(), Some(Output::Ended));
}

#[test]
fn allocation_of_a_silent_server_ends_at_expiry() {
    let start = crate::now();
    let mut client = allocated(Framing::Datagram, 600, start);
    let mut now = start;
    while let Some(due) = client.poll_timeout(now) {
        now = due;
        client.handle_timeout(now);
        if let Some(Output::Ended) = std::iter::from_fn(|| client.poll_output()).last() {
            break;
        }
    }
    assert_eq!(now, start + Duration::from_secs(600));
    assert_eq!(client.poll_timeout(now), None);
}

#[test]
fn release_requests_a_lifetime_of_zero() {
    let now = crate::now();
    let mut client = allocated(Framing::Datagram, 600, now);
    client.release(now);
    let request = take_transmit(&mut client);
    let message = Message::from_bytes(&request).unwrap();
    assert_eq!(message.method(), REFRESH);
    assert_eq!(message.attribute::<Lifetime>().unwrap().seconds(), 0);
    let sent = client.handle_send(address(RELAYED), address(PEER), &[1], now);
    assert_eq!(sent, Sent::Dropped);
    client.handle_input(&success(&request, 0, "word"), now);
    assert_eq!(client.poll_output(), Some(Output::Ended));
}

#[test]
fn allocation_granted_after_the_release_is_released() {
    let now = crate::now();
    let mut client = new_client(Framing::Datagram, now);
    let request = take_transmit(&mut client);
    client.handle_input(&error_response(&request, 401, "one"), now);
    let request = take_transmit(&mut client);
    client.release(now);
    assert_eq!(client.poll_output(), None);
    client.handle_input(&success(&request, 600, "word"), now);
    let request = take_transmit(&mut client);
    let message = Message::from_bytes(&request).unwrap();
    assert_eq!(message.attribute::<Lifetime>().unwrap().seconds(), 0);
    client.handle_input(&success(&request, 0, "word"), now);
    assert_eq!(client.poll_output(), Some(Output::Ended));
}

#[test]
fn challenge_after_the_release_ends_the_allocation() {
    let now = crate::now();
    let mut client = new_client(Framing::Datagram, now);
    let request = take_transmit(&mut client);
    client.release(now);
    client.handle_input(&error_response(&request, 401, "one"), now);
    assert_eq!(client.poll_output(), Some(Output::Ended));
}
