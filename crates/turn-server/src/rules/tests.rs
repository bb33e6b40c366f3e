//! Tests of the rules through encoded requests and decoded responses.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use proptest::prelude::*;
use stun_types::{
    AddressFamily,
    attribute::{ErrorCode, Nonce, RawAttribute, Realm, Username, XorMappedAddress},
    message::{
        BINDING, IntegrityAlgorithm, LongTermKeyCredentials, Message, MessageWriteVec, Method,
        ShortTermCredentials,
    },
    prelude::{AttributeStaticType, AttributeWrite, MessageWrite, MessageWriteExt},
};
use turn_types::{
    attribute::{
        ChannelNumber, Data, DontFragment, EvenPort, Lifetime, RequestedAddressFamily,
        RequestedTransport, ReservationToken, XorPeerAddress, XorRelayedAddress,
    },
    message::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, REFRESH, SEND},
};

use super::{
    ClientAllocation, Now, Outcome, Rules,
    allocation::Allocation,
    bandwidth::Bandwidth,
    consent::PeerConsent,
    members::{AllocationSlot, LeaveReason, Members},
    nonces::Nonces,
    peer_policy::PeerPolicy,
    ports::{Parity, Ports},
};
use crate::{MemberId, Secret};

const REALM: &str = "test";
const HOUR: u64 = 3600;
const PEER: &str = "9.9.9.9:1000";

/// The rules, and one client with the credentials of one member.
struct TestClient {
    rules: Rules,
    now: Now,
    address: SocketAddr,
    username: String,
    password: String,
    nonce: String,
    allocation: Option<(Allocation, AllocationSlot)>,
}

fn test_client() -> TestClient {
    let now = Now {
        instant: Instant::now(),
        unix: 1_000_000,
    };
    let address = "192.0.2.1:1000".parse().unwrap();
    let rules = Rules {
        realm: REALM.to_owned(),
        secret: Secret::new("long enough"),
        nonces: Nonces::new(&[1; 32]),
        members: Members::new(2, 0, 100),
        total_bandwidth: Bandwidth::new(0, now.instant),
        peer_policy: PeerPolicy::new(vec![], vec!["8.8.8.8".parse().unwrap()]),
        ports: Arc::new(Ports::new(50_000..=50_100)),
        consent: PeerConsent::Waived,
        counters: Arc::default(),
    };
    let ann = MemberId::new("ann");
    rules
        .members
        .renew(&ann, now.instant + Duration::from_secs(HOUR), now.instant);
    let credentials = rules.secret.credentials(&ann, now.unix + HOUR);
    TestClient {
        nonce: rules.nonces.issue(address, now.unix),
        rules,
        now,
        address,
        username: credentials.username,
        password: credentials.password,
        allocation: None,
    }
}

impl TestClient {
    fn allocated() -> Self {
        let mut client = test_client();
        assert_eq!(client.allocate(), "success relayed 8.8.8.8:50000 for 600");
        client
    }

    fn sign(&self, message: &mut MessageWriteVec) {
        let attributes: [&dyn AttributeWrite; 3] = [
            &Username::new(&self.username).unwrap(),
            &Realm::new(REALM).unwrap(),
            &Nonce::new(&self.nonce).unwrap(),
        ];
        for attribute in attributes {
            message.add_attribute(attribute).unwrap();
        }
        let (username, password) = (self.username.clone(), self.password.clone());
        let key = LongTermKeyCredentials::new(username, password, REALM.to_owned())
            .make_key(IntegrityAlgorithm::Sha1);
        message
            .add_message_integrity_with_key(&key, IntegrityAlgorithm::Sha1)
            .unwrap();
    }

    fn request(&self, method: Method, attributes: &[&dyn AttributeWrite]) -> Vec<u8> {
        let mut message = Message::builder_request(method, MessageWriteVec::new());
        for attribute in attributes {
            message.add_attribute(*attribute).unwrap();
        }
        self.sign(&mut message);
        message.finish()
    }

    /// Handles a message as a listener does. The relayed address is always 8.8.8.8:50000.
    fn handle(&mut self, bytes: &[u8]) -> String {
        let current = self
            .allocation
            .as_mut()
            .map(|(allocation, slot)| ClientAllocation {
                allocation,
                member: &slot.member,
            });
        match self.rules.handle(self.now, self.address, current, bytes) {
            Outcome::Ignore => "silence".to_owned(),
            Outcome::Respond(response) => show(&response),
            Outcome::Release(response) => {
                self.allocation = None;
                format!("released, {}", show(&response))
            }
            Outcome::Allocate(wanted) => {
                let relayed = "8.8.8.8:50000".parse().unwrap();
                let (allocation, response) = wanted.grant(relayed, self.now.instant);
                self.allocation = Some((allocation, wanted.slot));
                show(&response.unwrap())
            }
            Outcome::Relay { peer, payload } => format!("relay {} to {peer}", payload.len()),
        }
    }

    fn ask(&mut self, method: Method, attributes: &[&dyn AttributeWrite]) -> String {
        let request = self.request(method, attributes);
        self.handle(&request)
    }

    fn allocate(&mut self) -> String {
        self.ask(ALLOCATE, &[&udp()])
    }

    fn permit(&mut self, peers: &[&str]) -> String {
        let mut message = Message::builder_request(CREATE_PERMISSION, MessageWriteVec::new());
        for peer in peers {
            let peer = XorPeerAddress::new(peer.parse().unwrap(), message.transaction_id());
            // This attribute may appear several times (RFC 8656, 10.1).
            message.push_attribute_unchecked(&peer);
        }
        self.sign(&mut message);
        self.handle(&message.finish())
    }

    fn bind(&mut self, number: u16, peer: &str) -> String {
        let mut message = Message::builder_request(CHANNEL_BIND, MessageWriteVec::new());
        let peer = XorPeerAddress::new(peer.parse().unwrap(), message.transaction_id());
        message.add_attribute(&ChannelNumber::new(number)).unwrap();
        message.add_attribute(&peer).unwrap();
        self.sign(&mut message);
        self.handle(&message.finish())
    }

    fn send(&mut self, peer: &str) -> String {
        self.send_data(peer, &[7; 5])
    }

    fn send_data(&mut self, peer: &str, data: &[u8]) -> String {
        let mut message = Message::builder_indication(SEND, MessageWriteVec::new());
        let peer = XorPeerAddress::new(peer.parse().unwrap(), message.transaction_id());
        message.add_attribute(&peer).unwrap();
        message.add_attribute(&Data::new(data)).unwrap();
        self.handle(&message.finish())
    }

    fn wait(&mut self, seconds: u64) {
        self.now.instant += Duration::from_secs(seconds);
        self.now.unix += seconds;
    }
}

fn udp() -> RequestedTransport {
    RequestedTransport::new(RequestedTransport::UDP)
}

fn show(response: &[u8]) -> String {
    let message = Message::from_bytes(response).unwrap();
    if let Ok(error) = message.attribute::<ErrorCode>() {
        return error.code().to_string();
    }
    let transaction = message.transaction_id();
    let mut shown = "success".to_owned();
    if let Ok(relayed) = message.attribute::<XorRelayedAddress>() {
        shown += &format!(" relayed {}", relayed.addr(transaction));
    }
    if let Ok(lifetime) = message.attribute::<Lifetime>() {
        shown += &format!(" for {}", lifetime.seconds());
    }
    shown
}

#[test]
fn binding_response_has_the_client_address() {
    let mut client = test_client();
    let request = Message::builder_request(BINDING, MessageWriteVec::new()).finish();
    let Outcome::Respond(response) =
        client
            .rules
            .handle(client.now, client.address, None, &request)
    else {
        panic!("no response");
    };
    let response = Message::from_bytes(&response).unwrap();
    let mapped = response.attribute::<XorMappedAddress>().unwrap();
    assert_eq!(mapped.addr(response.transaction_id()), client.address);
    assert_eq!(client.handle(&request), "success");
}

#[test]
fn unauthenticated_allocate_is_challenged() {
    let mut client = test_client();
    let mut message = Message::builder_request(ALLOCATE, MessageWriteVec::new());
    message.add_attribute(&udp()).unwrap();
    let request = message.finish();
    let Outcome::Respond(response) =
        client
            .rules
            .handle(client.now, client.address, None, &request)
    else {
        panic!("no response");
    };
    let response = Message::from_bytes(&response).unwrap();
    assert_eq!(response.attribute::<Realm>().unwrap().realm(), REALM);
    client.nonce = response.attribute::<Nonce>().unwrap().nonce().to_owned();
    assert_eq!(client.allocate(), "success relayed 8.8.8.8:50000 for 600");
}

#[test]
fn allocate_needs_valid_credentials_of_a_member() {
    let check = |expect: &str, change: &dyn Fn(&mut TestClient)| {
        let mut client = test_client();
        change(&mut client);
        assert_eq!(client.allocate(), expect);
        assert!(client.allocation.is_none());
    };
    check("401", &|client| client.password = "wrong".to_owned());
    check("401", &|client| client.username = "ann".to_owned());
    check("438", &|client| client.nonce = "stale".to_owned());
    check("438", &|client| client.address.set_port(1001));
    check("401", &|client| {
        let foreign = Secret::new("of another relay");
        let credentials = foreign.credentials(&MemberId::new("ann"), client.now.unix + HOUR);
        (client.username, client.password) = (credentials.username, credentials.password);
    });
    check("401", &|client| {
        let secret = &client.rules.secret;
        let credentials = secret.credentials(&MemberId::new("bob"), client.now.unix + HOUR);
        (client.username, client.password) = (credentials.username, credentials.password);
    });
    check("401", &|client| {
        let secret = &client.rules.secret;
        let credentials = secret.credentials(&MemberId::new("ann"), client.now.unix);
        (client.username, client.password) = (credentials.username, credentials.password);
    });
    for reason in [LeaveReason::Left, LeaveReason::Lost, LeaveReason::Removed] {
        check("401", &|client| {
            client
                .rules
                .members
                .handle_gone(&MemberId::new("ann"), reason, client.now.instant);
        });
    }
}

#[test]
fn invalid_allocate_gets_the_error_code_of_its_fault() {
    let check = |expect: &str, attributes: &[&dyn AttributeWrite]| {
        assert_eq!(test_client().ask(ALLOCATE, attributes), expect);
    };
    let (even, reserved) = (EvenPort::new(false), ReservationToken::new(7));
    let v6 = RequestedAddressFamily::new(AddressFamily::IPV6);
    check("400", &[]);
    check("442", &[&RequestedTransport::new(RequestedTransport::TCP)]);
    check("420", &[&udp(), &DontFragment::new()]);
    check("508", &[&udp(), &EvenPort::new(true)]);
    check("508", &[&udp(), &reserved]);
    check("400", &[&udp(), &even, &reserved]);
    check("400", &[&udp(), &v6, &reserved]);
    let unknown_family = RawAttribute::new(RequestedAddressFamily::TYPE, &[9, 0, 0, 0]);
    check("440", &[&udp(), &unknown_family]);
    check("success relayed 8.8.8.8:50000 for 600", &[&udp(), &even]);
    check(
        "success relayed 8.8.8.8:50000 for 60",
        &[&udp(), &Lifetime::new(60)],
    );
    check(
        "success relayed 8.8.8.8:50000 for 600",
        &[&udp(), &Lifetime::new(90_000)],
    );
}

#[test]
fn retransmitted_allocate_has_one_effect() {
    let mut client = test_client();
    let request = client.request(ALLOCATE, &[&udp()]);
    for _ in 0..2 {
        assert_eq!(
            client.handle(&request),
            "success relayed 8.8.8.8:50000 for 600"
        );
    }
    assert_eq!(client.allocate(), "437");
}

#[test]
fn allocation_quota_is_per_member() {
    let mut client = TestClient::allocated();
    let first = client.allocation.take();
    assert_eq!(client.allocate(), "success relayed 8.8.8.8:50000 for 600");
    let second = client.allocation.take();
    assert_eq!(client.allocate(), "486");
    drop(first);
    assert_eq!(client.allocate(), "success relayed 8.8.8.8:50000 for 600");
    drop(second);
    assert_eq!(client.rules.counters.refused.quota.get(), 1);
}

#[test]
fn refresh_needs_the_credentials_of_the_allocation() {
    let mut client = TestClient::allocated();
    assert_eq!(client.ask(REFRESH, &[]), "success for 600");
    assert_eq!(client.ask(REFRESH, &[&Lifetime::new(9)]), "success for 9");
    let v6 = RequestedAddressFamily::new(AddressFamily::IPV6);
    assert_eq!(client.ask(REFRESH, &[&v6]), "443");
    let bob = MemberId::new("bob");
    let until = client.now.instant + Duration::from_secs(HOUR);
    client.rules.members.renew(&bob, until, client.now.instant);
    let own = (client.username.clone(), client.password.clone());
    let credentials = client
        .rules
        .secret
        .credentials(&bob, client.now.unix + HOUR);
    (client.username, client.password) = (credentials.username, credentials.password);
    assert_eq!(client.ask(REFRESH, &[]), "441");
    (client.username, client.password) = own;
    assert_eq!(
        client.ask(REFRESH, &[&Lifetime::new(0)]),
        "released, success for 0"
    );
    assert_eq!(client.ask(REFRESH, &[]), "437");
}

#[test]
fn allocation_ends_unless_its_member_renews() {
    let mut client = TestClient::allocated();
    client.wait(HOUR - 1);
    client.nonce = client.rules.nonces.issue(client.address, client.now.unix);
    assert_eq!(client.ask(REFRESH, &[]), "success for 600");
    client.wait(1);
    assert_eq!(client.ask(REFRESH, &[]), "401");
    let until = client.now.instant + Duration::from_secs(HOUR);
    let ann = MemberId::new("ann");
    client.rules.members.renew(&ann, until, client.now.instant);
    assert_eq!(client.ask(REFRESH, &[]), "success for 600");
    // Expired credentials make no new allocation.
    client.allocation = None;
    assert_eq!(client.allocate(), "401");
}

#[test]
fn lost_member_keeps_its_allocation_departed_does_not() {
    let ann = MemberId::new("ann");
    let mut client = TestClient::allocated();
    client
        .rules
        .members
        .handle_gone(&ann, LeaveReason::Lost, client.now.instant);
    assert_eq!(client.ask(REFRESH, &[]), "success for 600");
    let mut client = TestClient::allocated();
    client
        .rules
        .members
        .handle_gone(&ann, LeaveReason::Left, client.now.instant);
    assert_eq!(client.ask(REFRESH, &[]), "401");
}

#[test]
fn send_needs_a_permission() {
    let mut client = TestClient::allocated();
    assert_eq!(client.send(PEER), "silence");
    assert_eq!(client.permit(&[PEER]), "success");
    assert_eq!(client.send(PEER), format!("relay 5 to {PEER}"));
    assert_eq!(client.send("9.9.9.10:1000"), "silence");
    client.wait(300);
    assert_eq!(client.send(PEER), "silence");
    assert_eq!(client.rules.counters.dropped.not_permitted.get(), 3);
}

#[test]
fn create_permission_permits_all_peers_or_none() {
    let mut client = TestClient::allocated();
    assert_eq!(
        client.permit(&[PEER, "9.9.9.10:1", "9.9.9.11:1"]),
        "success"
    );
    assert_eq!(client.send("9.9.9.11:2"), "relay 5 to 9.9.9.11:2");
    assert_eq!(client.permit(&["9.9.9.12:1", "10.0.0.1:1"]), "403");
    assert_eq!(client.send("9.9.9.12:1"), "silence");
    assert_eq!(client.permit(&["9.9.9.12:1", "[2606::1]:1"]), "443");
    assert_eq!(client.permit(&[]), "400");
}

#[test]
fn forbidden_peer_is_refused_by_every_method() {
    let mut client = TestClient::allocated();
    for peer in ["127.0.0.1:1000", "169.254.169.254:80", "192.168.0.1:53"] {
        assert_eq!(client.permit(&[peer]), "403", "{peer}");
        assert_eq!(client.bind(0x4000, peer), "403", "{peer}");
        assert_eq!(client.send(peer), "silence", "{peer}");
    }
    assert_eq!(client.rules.counters.refused.peer.get(), 6);
}

#[test]
fn own_address_is_reachable_only_at_relayed_ports() {
    let mut client = TestClient::allocated();
    assert_eq!(client.permit(&["8.8.8.8:0"]), "success");
    let here = "127.0.0.1".parse().unwrap();
    let (_socket, port) = client.rules.ports.bind(here, Parity::Any).unwrap();
    let ours = format!("8.8.8.8:{}", port.number);
    assert_eq!(client.send("8.8.8.8:22"), "silence");
    assert_eq!(client.send(&ours), format!("relay 5 to {ours}"));
    assert_eq!(client.bind(0x4000, "8.8.8.8:22"), "403");
    assert_eq!(client.bind(0x4000, &ours), "success");
    drop(port);
    assert_eq!(client.send(&ours), "silence");
    assert!(!client.rules.still_allows(ours.parse().unwrap()));
}

#[test]
fn channel_bind_checks_number_and_family() {
    let mut client = TestClient::allocated();
    assert_eq!(client.bind(0x4000, PEER), "success");
    assert_eq!(client.bind(0x4001, PEER), "400");
    assert_eq!(client.bind(0x3fff, "9.9.9.9:1"), "400");
    assert_eq!(client.bind(0x8000, "9.9.9.9:1"), "400");
    assert_eq!(client.bind(0x4001, "[2606::1]:1"), "443");
    assert_eq!(
        client.ask(CHANNEL_BIND, &[&ChannelNumber::new(0x4002)]),
        "400"
    );
    assert_eq!(client.send(PEER), format!("relay 5 to {PEER}"));
}

#[test]
fn requests_without_an_allocation_are_refused() {
    let mut client = test_client();
    assert_eq!(client.ask(REFRESH, &[]), "437");
    assert_eq!(client.permit(&[PEER]), "437");
    assert_eq!(client.bind(0x4000, PEER), "437");
    assert_eq!(client.send(PEER), "silence");
}

#[test]
fn foreign_messages_are_refused_or_ignored() {
    let mut client = test_client();
    assert_eq!(client.ask(Method::new(0x00a), &[]), "400");
    let unknown = RawAttribute::new(0x7777.into(), &[0; 4]);
    assert_eq!(client.ask(BINDING, &[&unknown]), "420");
    let request = Message::builder_request(BINDING, MessageWriteVec::new()).finish();
    let request = Message::from_bytes(&request).unwrap();
    let response = Message::builder_success(&request, MessageWriteVec::new()).finish();
    assert_eq!(client.handle(&response), "silence");
    let indication = Message::builder_indication(BINDING, MessageWriteVec::new()).finish();
    assert_eq!(client.handle(&indication), "silence");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Random bytes cause no panic and leave no state.
    #[test]
    fn random_bytes_leave_no_state(noise in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut client = test_client();
        client.handle(&noise);
        let mut framed = vec![0, 3, 0, u8::try_from(noise.len() & 0xfc).unwrap(), 0x21, 0x12, 0xa4, 0x42];
        framed.extend([7; 12]);
        framed.extend(noise);
        client.handle(&framed);
        prop_assert!(client.allocation.is_none());
    }

    /// An authenticated request with one changed byte grants nothing.
    #[test]
    fn modified_request_grants_nothing(at in 0_usize..200, to: u8) {
        let mut client = test_client();
        let mut request = client.request(ALLOCATE, &[&udp()]);
        let at = at % request.len();
        prop_assume!(request[at] != to);
        request[at] = to;
        client.handle(&request);
        prop_assert!(client.allocation.is_none(), "byte {at}");
    }
}

#[test]
fn peer_without_consent_gets_only_checks() {
    let mut client = TestClient::allocated();
    client.rules.consent = PeerConsent::Required;
    assert_eq!(client.permit(&[PEER]), "success");
    let check = Message::builder_request(BINDING, MessageWriteVec::new()).finish();
    assert_eq!(client.send(PEER), "silence");
    assert_eq!(client.rules.counters.dropped.no_consent.get(), 1);
    assert_eq!(
        client.send_data(PEER, &check),
        format!("relay 20 to {PEER}")
    );
    let mut response = {
        let check = Message::from_bytes(&check).unwrap();
        Message::builder_success(&check, MessageWriteVec::new())
    };
    let key = ShortTermCredentials::new("of the peer".to_owned()).make_key();
    response
        .add_message_integrity_with_key(&key, IntegrityAlgorithm::Sha1)
        .unwrap();
    let response = response.finish();
    let now = client.now.instant;
    let (allocation, _) = client.allocation.as_mut().unwrap();
    // No check went to this peer.
    allocation.handle_datagram("9.9.9.8:1000".parse().unwrap(), &response, now);
    assert_eq!(client.send(PEER), "silence");
    let (allocation, _) = client.allocation.as_mut().unwrap();
    allocation.handle_datagram(PEER.parse().unwrap(), &response, now);
    assert_eq!(client.send(PEER), format!("relay 5 to {PEER}"));
    assert_eq!(
        client.send("9.9.9.9:1001"),
        "silence",
        "another service there"
    );
}
