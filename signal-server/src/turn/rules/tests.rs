//! The rules as a client meets them: requests that it writes, answers that it reads.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use proptest::prelude::*;
use signal_protocol::{LeaveReason, MemberId};
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

use super::{Held, Now, Outcome, REALM, Rules};
use crate::{
    metrics::TurnCounters,
    turn::{
        allocation::Allocation,
        consent::PeerConsent,
        members::{Members, Place},
        nonces::Nonces,
        peers::Peers,
        ports::{Parity, Ports},
        secret::Secret,
    },
};

const HOUR: u64 = 3600;
const PEER: &str = "9.9.9.9:1000";

/// One client at one address, with the credentials of one member; and the server's rules.
struct Table {
    rules: Rules,
    now: Now,
    client: SocketAddr,
    username: String,
    password: String,
    nonce: String,
    held: Option<(Allocation, Place)>,
}

fn table() -> Table {
    let now = Now {
        instant: Instant::now(),
        unix: 1_000_000,
    };
    let client = "192.0.2.1:1000".parse().unwrap();
    let rules = Rules {
        secret: Secret::new("long enough"),
        nonces: Nonces::new(&[1; 32]),
        members: Members::new(2, 0, 100),
        peers: Peers::new(vec![], vec!["8.8.8.8".parse().unwrap()]),
        ports: Arc::new(Ports::new(50_000..=50_100)),
        consent: PeerConsent::Waived,
        counters: TurnCounters::unseen(),
    };
    let ann = MemberId::new("ann");
    rules
        .members
        .renew(&ann, now.instant + Duration::from_secs(HOUR), now.instant);
    let made = rules.secret.credentials(&ann, now.unix + HOUR);
    Table {
        nonce: rules.nonces.draw(client, now.unix),
        rules,
        now,
        client,
        username: made.username,
        password: made.password,
        held: None,
    }
}

impl Table {
    fn allocated() -> Self {
        let mut table = table();
        assert_eq!(table.allocate(), "success relayed 8.8.8.8:50000 for 600");
        table
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

    /// As a listener would: a port is always to be had, at 8.8.8.8:50000.
    fn handle(&mut self, bytes: &[u8]) -> String {
        let held = self.held.as_mut().map(|(allocation, place)| Held {
            allocation,
            member: &place.member,
        });
        match self.rules.handle(self.now, self.client, held, bytes) {
            Outcome::Silence => "silence".to_owned(),
            Outcome::Answer(answer) => show(&answer),
            Outcome::Release(answer) => {
                self.held = None;
                format!("released, {}", show(&answer))
            }
            Outcome::Allocate(wanted) => {
                let relayed = "8.8.8.8:50000".parse().unwrap();
                let (allocation, answer) = wanted.grant(relayed, self.now.instant);
                self.held = Some((allocation, wanted.place));
                show(&answer.unwrap())
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
            // This one attribute may come several times.
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

fn show(answer: &[u8]) -> String {
    let message = Message::from_bytes(answer).unwrap();
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
fn a_binding_tells_where_the_client_is() {
    let mut table = table();
    let request = Message::builder_request(BINDING, MessageWriteVec::new()).finish();
    let Outcome::Answer(answer) = table.rules.handle(table.now, table.client, None, &request)
    else {
        panic!("no answer");
    };
    let answer = Message::from_bytes(&answer).unwrap();
    let mapped = answer.attribute::<XorMappedAddress>().unwrap();
    assert_eq!(mapped.addr(answer.transaction_id()), table.client);
    assert_eq!(table.handle(&request), "success");
}

#[test]
fn a_stranger_is_asked_for_credentials() {
    let mut table = table();
    let mut message = Message::builder_request(ALLOCATE, MessageWriteVec::new());
    message.add_attribute(&udp()).unwrap();
    let request = message.finish();
    let Outcome::Answer(answer) = table.rules.handle(table.now, table.client, None, &request)
    else {
        panic!("no answer");
    };
    let answer = Message::from_bytes(&answer).unwrap();
    assert_eq!(answer.attribute::<Realm>().unwrap().realm(), REALM);
    table.nonce = answer.attribute::<Nonce>().unwrap().nonce().to_owned();
    assert_eq!(table.allocate(), "success relayed 8.8.8.8:50000 for 600");
}

#[test]
fn only_a_members_own_fresh_credentials_are_taken() {
    let check = |expect: &str, change: &dyn Fn(&mut Table)| {
        let mut table = table();
        change(&mut table);
        assert_eq!(table.allocate(), expect);
        assert!(table.held.is_none());
    };
    check("401", &|table| table.password = "wrong".to_owned());
    check("401", &|table| table.username = "ann".to_owned());
    check("438", &|table| table.nonce = "stale".to_owned());
    check("438", &|table| table.client.set_port(1001));
    check("401", &|table| {
        let foreign = Secret::new("of another relay");
        let made = foreign.credentials(&MemberId::new("ann"), table.now.unix + HOUR);
        (table.username, table.password) = (made.username, made.password);
    });
    check("401", &|table| {
        let secret = &table.rules.secret;
        let made = secret.credentials(&MemberId::new("bob"), table.now.unix + HOUR);
        (table.username, table.password) = (made.username, made.password);
    });
    check("401", &|table| {
        let secret = &table.rules.secret;
        let made = secret.credentials(&MemberId::new("ann"), table.now.unix);
        (table.username, table.password) = (made.username, made.password);
    });
    for reason in [LeaveReason::Left, LeaveReason::Lost, LeaveReason::Removed] {
        check("401", &|table| {
            table
                .rules
                .members
                .handle_gone(&MemberId::new("ann"), reason, table.now.instant);
        });
    }
}

#[test]
fn an_allocation_is_refused_with_what_is_wrong_about_it() {
    let check = |expect: &str, attributes: &[&dyn AttributeWrite]| {
        assert_eq!(table().ask(ALLOCATE, attributes), expect);
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
fn a_request_that_comes_twice_is_carried_out_once() {
    let mut table = table();
    let request = table.request(ALLOCATE, &[&udp()]);
    for _ in 0..2 {
        assert_eq!(
            table.handle(&request),
            "success relayed 8.8.8.8:50000 for 600"
        );
    }
    assert_eq!(table.allocate(), "437");
}

#[test]
fn a_member_has_a_quota() {
    let mut table = Table::allocated();
    let first = table.held.take();
    assert_eq!(table.allocate(), "success relayed 8.8.8.8:50000 for 600");
    let second = table.held.take();
    assert_eq!(table.allocate(), "486");
    drop(first);
    assert_eq!(table.allocate(), "success relayed 8.8.8.8:50000 for 600");
    drop(second);
    assert_eq!(table.rules.counters.refused.quota.get(), 1);
}

#[test]
fn an_allocation_is_refreshed_by_its_own_credentials() {
    let mut table = Table::allocated();
    assert_eq!(table.ask(REFRESH, &[]), "success for 600");
    assert_eq!(table.ask(REFRESH, &[&Lifetime::new(9)]), "success for 9");
    let v6 = RequestedAddressFamily::new(AddressFamily::IPV6);
    assert_eq!(table.ask(REFRESH, &[&v6]), "443");
    let bob = MemberId::new("bob");
    let until = table.now.instant + Duration::from_secs(HOUR);
    table.rules.members.renew(&bob, until, table.now.instant);
    let own = (table.username.clone(), table.password.clone());
    let made = table.rules.secret.credentials(&bob, table.now.unix + HOUR);
    (table.username, table.password) = (made.username, made.password);
    assert_eq!(table.ask(REFRESH, &[]), "441");
    (table.username, table.password) = own;
    assert_eq!(
        table.ask(REFRESH, &[&Lifetime::new(0)]),
        "released, success for 0"
    );
    assert_eq!(table.ask(REFRESH, &[]), "437");
}

#[test]
fn who_renews_keeps_an_allocation_and_who_does_not_loses_it() {
    let mut table = Table::allocated();
    table.wait(HOUR - 1);
    table.nonce = table.rules.nonces.draw(table.client, table.now.unix);
    assert_eq!(table.ask(REFRESH, &[]), "success for 600");
    table.wait(1);
    assert_eq!(table.ask(REFRESH, &[]), "401");
    let until = table.now.instant + Duration::from_secs(HOUR);
    let ann = MemberId::new("ann");
    table.rules.members.renew(&ann, until, table.now.instant);
    assert_eq!(table.ask(REFRESH, &[]), "success for 600");
    // The old credentials are still good for nothing new.
    table.held = None;
    assert_eq!(table.allocate(), "401");
}

#[test]
fn who_was_lost_keeps_what_it_has_and_who_has_left_does_not() {
    let ann = MemberId::new("ann");
    let mut table = Table::allocated();
    table
        .rules
        .members
        .handle_gone(&ann, LeaveReason::Lost, table.now.instant);
    assert_eq!(table.ask(REFRESH, &[]), "success for 600");
    let mut table = Table::allocated();
    table
        .rules
        .members
        .handle_gone(&ann, LeaveReason::Left, table.now.instant);
    assert_eq!(table.ask(REFRESH, &[]), "401");
}

#[test]
fn a_permission_lets_through_and_nothing_else_does() {
    let mut table = Table::allocated();
    assert_eq!(table.send(PEER), "silence");
    assert_eq!(table.permit(&[PEER]), "success");
    assert_eq!(table.send(PEER), format!("relay 5 to {PEER}"));
    assert_eq!(table.send("9.9.9.10:1000"), "silence");
    table.wait(300);
    assert_eq!(table.send(PEER), "silence");
    assert_eq!(table.rules.counters.dropped.not_permitted.get(), 3);
}

#[test]
fn all_peers_of_a_request_are_permitted_or_none() {
    let mut table = Table::allocated();
    assert_eq!(table.permit(&[PEER, "9.9.9.10:1", "9.9.9.11:1"]), "success");
    assert_eq!(table.send("9.9.9.11:2"), "relay 5 to 9.9.9.11:2");
    assert_eq!(table.permit(&["9.9.9.12:1", "10.0.0.1:1"]), "403");
    assert_eq!(table.send("9.9.9.12:1"), "silence");
    assert_eq!(table.permit(&["9.9.9.12:1", "[2606::1]:1"]), "443");
    assert_eq!(table.permit(&[]), "400");
}

#[test]
fn a_forbidden_peer_is_refused_by_every_way_in() {
    let mut table = Table::allocated();
    for peer in ["127.0.0.1:1000", "169.254.169.254:80", "192.168.0.1:53"] {
        assert_eq!(table.permit(&[peer]), "403", "{peer}");
        assert_eq!(table.bind(0x4000, peer), "403", "{peer}");
        assert_eq!(table.send(peer), "silence", "{peer}");
    }
    assert_eq!(table.rules.counters.refused.peer.get(), 6);
}

#[test]
fn of_our_own_ports_only_those_we_relay_on_are_reached() {
    let mut table = Table::allocated();
    assert_eq!(table.permit(&["8.8.8.8:0"]), "success");
    let here = "127.0.0.1".parse().unwrap();
    let (_socket, port) = table.rules.ports.bind(here, Parity::Any).unwrap();
    let ours = format!("8.8.8.8:{}", port.number);
    assert_eq!(table.send("8.8.8.8:22"), "silence");
    assert_eq!(table.send(&ours), format!("relay 5 to {ours}"));
    assert_eq!(table.bind(0x4000, "8.8.8.8:22"), "403");
    assert_eq!(table.bind(0x4000, &ours), "success");
    drop(port);
    assert_eq!(table.send(&ours), "silence");
    assert!(!table.rules.still_allows(ours.parse().unwrap()));
}

#[test]
fn channels_have_their_range_and_their_family() {
    let mut table = Table::allocated();
    assert_eq!(table.bind(0x4000, PEER), "success");
    assert_eq!(table.bind(0x4001, PEER), "400");
    assert_eq!(table.bind(0x3fff, "9.9.9.9:1"), "400");
    assert_eq!(table.bind(0x8000, "9.9.9.9:1"), "400");
    assert_eq!(table.bind(0x4001, "[2606::1]:1"), "443");
    assert_eq!(
        table.ask(CHANNEL_BIND, &[&ChannelNumber::new(0x4002)]),
        "400"
    );
    assert_eq!(table.send(PEER), format!("relay 5 to {PEER}"));
}

#[test]
fn nothing_is_done_without_an_allocation() {
    let mut table = table();
    assert_eq!(table.ask(REFRESH, &[]), "437");
    assert_eq!(table.permit(&[PEER]), "437");
    assert_eq!(table.bind(0x4000, PEER), "437");
    assert_eq!(table.send(PEER), "silence");
}

#[test]
fn what_is_not_ours_is_refused_or_ignored() {
    let mut table = table();
    assert_eq!(table.ask(Method::new(0x00a), &[]), "400");
    let unknown = RawAttribute::new(0x7777.into(), &[0; 4]);
    assert_eq!(table.ask(BINDING, &[&unknown]), "420");
    let request = Message::builder_request(BINDING, MessageWriteVec::new()).finish();
    let request = Message::from_bytes(&request).unwrap();
    let response = Message::builder_success(&request, MessageWriteVec::new()).finish();
    assert_eq!(table.handle(&response), "silence");
    let indication = Message::builder_indication(BINDING, MessageWriteVec::new()).finish();
    assert_eq!(table.handle(&indication), "silence");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever comes: no panic, and nothing is kept.
    #[test]
    fn noise_leaves_nothing_behind(noise in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut table = table();
        table.handle(&noise);
        let mut framed = vec![0, 3, 0, u8::try_from(noise.len() & 0xfc).unwrap(), 0x21, 0x12, 0xa4, 0x42];
        framed.extend([7; 12]);
        framed.extend(noise);
        table.handle(&framed);
        prop_assert!(table.held.is_none());
    }

    /// A request of a member, with any byte of it changed, grants nothing.
    #[test]
    fn a_request_that_was_touched_grants_nothing(at in 0_usize..200, to: u8) {
        let mut table = table();
        let mut request = table.request(ALLOCATE, &[&udp()]);
        let at = at % request.len();
        prop_assume!(request[at] != to);
        request[at] = to;
        table.handle(&request);
        prop_assert!(table.held.is_none(), "byte {at}");
    }
}

#[test]
fn peer_that_has_not_answered_is_sent_checks_alone() {
    let mut table = Table::allocated();
    table.rules.consent = PeerConsent::Required;
    assert_eq!(table.permit(&[PEER]), "success");
    let check = Message::builder_request(BINDING, MessageWriteVec::new()).finish();
    assert_eq!(table.send(PEER), "silence");
    assert_eq!(table.rules.counters.dropped.no_consent.get(), 1);
    assert_eq!(table.send_data(PEER, &check), format!("relay 20 to {PEER}"));
    let mut answer = {
        let check = Message::from_bytes(&check).unwrap();
        Message::builder_success(&check, MessageWriteVec::new())
    };
    let key = ShortTermCredentials::new("of the peer".to_owned()).make_key();
    answer
        .add_message_integrity_with_key(&key, IntegrityAlgorithm::Sha1)
        .unwrap();
    let answer = answer.finish();
    let now = table.now.instant;
    let (allocation, _) = table.held.as_mut().unwrap();
    // Nobody asked that one.
    allocation.handle_datagram("9.9.9.8:1000".parse().unwrap(), &answer, now);
    assert_eq!(table.send(PEER), "silence");
    let (allocation, _) = table.held.as_mut().unwrap();
    allocation.handle_datagram(PEER.parse().unwrap(), &answer, now);
    assert_eq!(table.send(PEER), format!("relay 5 to {PEER}"));
    assert_eq!(
        table.send("9.9.9.9:1001"),
        "silence",
        "another service there"
    );
}
