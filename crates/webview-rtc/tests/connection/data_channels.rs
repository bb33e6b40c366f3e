//! Data channels with all their options.

use std::{collections::VecDeque, time::Duration};

use webview_rtc::{
    connection::ConnectionEvent,
    wire::{event::DtlsState, id::ChannelId, request::ChannelOptions},
};

use crate::{
    negotiation::Negotiation,
    test_env::{Side, TestEnv},
};

fn options(label: &str) -> ChannelOptions {
    ChannelOptions {
        label: label.to_owned(),
        ..ChannelOptions::default()
    }
}

fn test_env(seed: u64) -> TestEnv {
    TestEnv::connected(seed, &Negotiation::new().audio("0").application("1"))
}

fn open(env: &mut TestEnv, side: Side, id: u32, options: ChannelOptions) -> ChannelId {
    let now = env.now;
    let id = ChannelId(id);
    env.peer(side).session.open_channel(id, options, now);
    env.settle();
    id
}

fn send(env: &mut TestEnv, side: Side, id: ChannelId, bytes: &[u8]) {
    let now = env.now;
    env.peer(side)
        .session
        .send_channel(id, true, bytes.to_vec(), now);
    env.settle();
}

fn close(env: &mut TestEnv, side: Side, id: ChannelId) {
    let now = env.now;
    env.peer(side).session.close_channel(id, now);
    env.settle();
}

/// The first channel opened by the peer.
fn incoming(env: &mut TestEnv, side: Side) -> (ChannelId, ChannelOptions) {
    let events = &env.peer(side).events;
    let channel = events.iter().find_map(|(_, event)| match event {
        ConnectionEvent::IncomingChannel(id, options) => Some((*id, options.clone())),
        _ => None,
    });
    channel.unwrap()
}

fn messages(env: &mut TestEnv, side: Side) -> VecDeque<(bool, Vec<u8>)> {
    let message = |event| match event {
        ConnectionEvent::ChannelMessage { binary, bytes, .. } => Some((binary, bytes)),
        _ => None,
    };
    let events = env.peer(side).take_events();
    events.into_iter().filter_map(message).collect()
}

fn is_open(env: &TestEnv, id: ChannelId) -> bool {
    env.a
        .count(|event| matches!(event, ConnectionEvent::ChannelOpen(open, _) if *open == id))
        == 1
}

fn is_closed(events: &[(std::time::Instant, ConnectionEvent)], id: ChannelId) -> bool {
    let closed = |event: &ConnectionEvent| matches!(event, ConnectionEvent::ChannelClosed(closed) if *closed == id);
    events.iter().filter(|(_, event)| closed(event)).count() == 1
}

#[test]
fn early_channel_opens_with_the_association() {
    let mut env = TestEnv::new(61);
    let channel = open(&mut env, Side::A, 0, options("chat"));
    send(&mut env, Side::A, channel, b"before anything");
    env.gather();
    env.commit(&Negotiation::new().application("0"));
    assert!(!is_open(&env, channel));
    env.exchange_candidates();
    env.run_until(Duration::from_secs(5), |env| is_open(env, channel));
    env.run(Duration::from_millis(200));
    let (remote_id, incoming_options) = incoming(&mut env, Side::B);
    assert!(remote_id.0 >= 1 << 31);
    // The DTLS server uses odd stream ids (RFC 8832, 6).
    let expect = ChannelOptions {
        id: Some(1),
        ..options("chat")
    };
    assert_eq!(incoming_options, expect);
    assert_eq!(
        messages(&mut env, Side::B),
        [(true, b"before anything".to_vec())]
    );
    let now = env.now;
    env.b
        .session
        .send_channel(remote_id, false, "grüße".into(), now);
    env.settle();
    env.run(Duration::from_millis(200));
    assert_eq!(messages(&mut env, Side::A), [(false, "grüße".into())]);
}

/// With and without loss.
#[test]
fn empty_messages_arrive_empty_and_in_order() {
    for (loss, ordered) in [(0.0, true), (0.1, true), (0.0, false)] {
        let mut env = test_env(71);
        let channel = open(
            &mut env,
            Side::A,
            0,
            ChannelOptions {
                ordered,
                ..options("chat")
            },
        );
        env.run(Duration::from_millis(300));
        env.b.events.clear();
        env.a.events.clear();
        env.to_b.loss = loss;
        let given: Vec<(bool, Vec<u8>)> = (0..60)
            .map(|number| match number % 3 {
                0 => (true, vec![number; 1 + usize::from(number)]),
                1 => (true, vec![]),
                _ => (false, vec![]),
            })
            .collect();
        let now = env.now;
        for (binary, bytes) in given.clone() {
            env.a.session.send_channel(channel, binary, bytes, now);
        }
        env.settle();
        env.run(Duration::from_secs(10));
        assert_eq!(messages(&mut env, Side::B), given, "{loss} {ordered}");
        let sent_bytes: u64 = env
            .a
            .take_events()
            .into_iter()
            .filter_map(|event| match event {
                ConnectionEvent::ChannelSent(_, bytes) => Some(u64::from(bytes)),
                _ => None,
            })
            .sum();
        let bytes: usize = given.iter().map(|(_, bytes)| bytes.len()).sum();
        assert_eq!(sent_bytes, bytes as u64);
        close(&mut env, Side::A, channel);
        env.run(Duration::from_secs(2));
        assert!(is_closed(&env.a.events, channel));
    }
}

#[test]
fn channel_options_reach_the_peer() {
    let mut env = test_env(62);
    let given = [
        options("reliable"),
        ChannelOptions {
            ordered: false,
            protocol: "chess".to_owned(),
            ..options("unordered")
        },
        ChannelOptions {
            max_retransmits: Some(0),
            ..options("once")
        },
        ChannelOptions {
            ordered: false,
            max_packet_life_time: Some(500),
            ..options("soon")
        },
    ];
    for (id, options) in (0..).zip(given.clone()) {
        env.b.events.clear();
        open(&mut env, Side::A, id, options);
        env.run(Duration::from_millis(300));
        let (_, mut incoming_options) = incoming(&mut env, Side::B);
        incoming_options.id = None;
        assert_eq!(incoming_options, given[id as usize]);
    }
}

#[test]
fn reliable_channel_keeps_order_through_loss() {
    let mut env = test_env(63);
    let channel = open(&mut env, Side::A, 0, options("file"));
    env.run(Duration::from_millis(300));
    env.b.events.clear();
    env.to_a.loss = 0.05;
    env.to_b.loss = 0.05;
    for number in 0..500_u32 {
        send(&mut env, Side::A, channel, &number.to_be_bytes());
        env.run(Duration::from_millis(3));
    }
    env.run(Duration::from_secs(10));
    let arrived: Vec<u32> = messages(&mut env, Side::B)
        .into_iter()
        .map(|(_, bytes)| u32::from_be_bytes(bytes.try_into().unwrap()))
        .collect();
    assert_eq!(arrived, (0..500).collect::<Vec<_>>());
}

#[test]
fn unreliable_channel_skips_lost_messages() {
    let mut env = test_env(64);
    let unordered = ChannelOptions {
        ordered: false,
        max_retransmits: Some(0),
        ..options("state")
    };
    let channel = open(&mut env, Side::A, 0, unordered);
    env.run(Duration::from_millis(300));
    env.b.events.clear();
    env.to_b.loss = 0.1;
    for number in 0..500_u32 {
        send(&mut env, Side::A, channel, &number.to_be_bytes());
        env.run(Duration::from_millis(10));
    }
    env.run(Duration::from_secs(5));
    let arrived = messages(&mut env, Side::B).len();
    // Sent once each: lost messages are not retransmitted.
    assert!((400..500).contains(&arrived), "{arrived}");
}

/// More than str0m buffers at once, few enough for a debug build.
const MESSAGE_COUNT: usize = 9;

#[test]
fn large_messages_arrive_and_sent_bytes_are_reported() {
    let mut env = test_env(65);
    let channel = open(&mut env, Side::A, 0, options("file"));
    env.run(Duration::from_millis(300));
    env.a.events.clear();
    env.b.events.clear();
    let message: Vec<u8> = (0..262_144_u32).map(|at| (at % 251) as u8).collect();
    for _ in 0..MESSAGE_COUNT {
        send(&mut env, Side::A, channel, &message);
    }
    env.run(Duration::from_secs(10));
    let arrived = messages(&mut env, Side::B);
    assert_eq!(arrived.len(), MESSAGE_COUNT);
    assert!(
        arrived
            .iter()
            .all(|(binary, bytes)| *binary && *bytes == message)
    );
    let sent: Vec<u32> = env
        .a
        .events
        .iter()
        .filter_map(|(_, event)| match event {
            ConnectionEvent::ChannelSent(id, bytes) if *id == channel => Some(*bytes),
            _ => None,
        })
        .collect();
    assert!(sent.len() > 10, "{}", sent.len());
    let sum: u64 = sent.iter().copied().map(u64::from).sum();
    assert_eq!(sum, MESSAGE_COUNT as u64 * 262_144);
    let counted = &env.a.session.statistics().channels[0];
    assert_eq!(
        (counted.messages_sent, counted.bytes_sent),
        (MESSAGE_COUNT as u32, MESSAGE_COUNT as u64 * 262_144)
    );
    let counted = &env.b.session.statistics().channels[0];
    assert_eq!(
        (counted.messages_received, counted.bytes_received),
        (MESSAGE_COUNT as u32, MESSAGE_COUNT as u64 * 262_144)
    );
}

#[test]
fn message_counts_as_sent_before_it_is_acknowledged() {
    let mut env = test_env(67);
    let channel = open(&mut env, Side::A, 0, options("chat"));
    env.run(Duration::from_millis(300));
    env.a.events.clear();
    // Not one acknowledgement arrives.
    env.to_a.loss = 1.0;
    let sent = |env: &TestEnv| -> u32 {
        let bytes = |(_, event): &(std::time::Instant, ConnectionEvent)| match event {
            ConnectionEvent::ChannelSent(id, bytes) if *id == channel => Some(*bytes),
            _ => None,
        };
        env.a.events.iter().filter_map(bytes).sum()
    };
    send(&mut env, Side::A, channel, b"hello");
    assert_eq!(sent(&env), 5);
    // Beyond the congestion window a message waits, and a retransmission counts no second time.
    send(&mut env, Side::A, channel, &[7; 200_000]);
    let in_flight = sent(&env);
    assert!((1_000..100_000).contains(&in_flight), "{in_flight}");
    env.run(Duration::from_secs(3));
    assert_eq!(sent(&env), in_flight);
    env.to_a.loss = 0.0;
    env.run(Duration::from_secs(30));
    assert_eq!(sent(&env), 200_005);
}

#[test]
fn negotiated_channel_opens_on_both_sides() {
    let mut env = test_env(66);
    let negotiated = ChannelOptions {
        negotiated: true,
        id: Some(300),
        ..options("agreed")
    };
    let a = open(&mut env, Side::A, 0, negotiated.clone());
    let b = open(&mut env, Side::B, 7, negotiated.clone());
    env.run(Duration::from_millis(300));
    assert!(is_open(&env, a));
    assert_eq!(
        env.b
            .count(|event| matches!(event, ConnectionEvent::IncomingChannel(..))),
        0
    );
    env.a.events.clear();
    send(&mut env, Side::B, b, b"hello");
    env.run(Duration::from_millis(200));
    assert_eq!(messages(&mut env, Side::A), [(true, b"hello".to_vec())]);
    // A stream id in use is refused.
    let again = open(&mut env, Side::A, 1, negotiated);
    assert!(is_closed(&env.a.events, again));
}

#[test]
fn closing_channel_sends_its_queue_and_reports_once() {
    for closer in [Side::A, Side::B] {
        let mut env = test_env(67);
        let channel = open(&mut env, Side::A, 0, options("chat"));
        env.run(Duration::from_millis(300));
        let (remote_id, _) = incoming(&mut env, Side::B);
        env.a.events.clear();
        env.b.events.clear();
        let (own, other) = match closer {
            Side::A => (channel, Side::B),
            Side::B => (remote_id, Side::A),
        };
        for _ in 0..20 {
            send(&mut env, closer, own, &[7; 60_000]);
        }
        close(&mut env, closer, own);
        send(&mut env, closer, own, b"too late");
        env.run(Duration::from_secs(5));
        assert!(is_closed(&env.a.events, channel), "{closer:?}");
        assert!(is_closed(&env.b.events, remote_id), "{closer:?}");
        assert_eq!(messages(&mut env, other).len(), 20);
        assert!(env.a.session.statistics().channels.is_empty());
        assert!(env.b.session.statistics().channels.is_empty());
        // The stream id can be reused.
        env.a.events.clear();
        let next = open(&mut env, Side::A, 1, options("next"));
        env.run(Duration::from_millis(500));
        assert!(is_open(&env, next));
    }
}

#[test]
fn channel_closed_before_open_never_opens() {
    let mut env = TestEnv::new(68);
    let channel = open(&mut env, Side::A, 0, options("never"));
    close(&mut env, Side::A, channel);
    assert!(is_closed(&env.a.events, channel));
    env.gather();
    env.commit(&Negotiation::new().application("0"));
    env.exchange_candidates();
    env.run(Duration::from_secs(3));
    assert!(!is_open(&env, channel));
    assert!(is_closed(&env.a.events, channel));
    // The peer may have seen the channel open and close.
    let opened = env
        .b
        .count(|event| matches!(event, ConnectionEvent::IncomingChannel(..)));
    let closed = env
        .b
        .count(|event| matches!(event, ConnectionEvent::ChannelClosed(_)));
    assert_eq!(opened, closed);
}

#[test]
fn end_of_connection_is_no_end_by_exchange_of_its_channels() {
    let mut env = test_env(69);
    let channels = [0, 1, 2].map(|id| open(&mut env, Side::A, id, options("chat")));
    env.run(Duration::from_millis(500));
    let now = env.now;
    env.b.session.close(now);
    env.settle();
    env.run(Duration::from_secs(1));
    assert!(!channels.iter().any(|id| is_closed(&env.a.events, *id)));
    let ended =
        |event: &ConnectionEvent| matches!(event, ConnectionEvent::DtlsState(DtlsState::Closed));
    assert_eq!(env.a.count(ended), 1);
    // Nothing is sent on them any more.
    send(&mut env, Side::A, channels[0], b"late");
    assert!(env.a.session.statistics().channels.is_empty());
}

#[test]
fn full_send_queue_closes_only_its_channel() {
    let mut env = test_env(70);
    let channel = open(&mut env, Side::A, 0, options("flood"));
    let other = open(&mut env, Side::A, 1, options("other"));
    let long = open(&mut env, Side::A, 2, options(&"x".repeat(5000)));
    assert!(is_closed(&env.a.events, long));
    for _ in 0..40 {
        send(&mut env, Side::A, channel, &vec![0; 500_000]);
    }
    assert!(is_closed(&env.a.events, channel));
    env.run(Duration::from_millis(300));
    env.b.events.clear();
    send(&mut env, Side::A, other, b"still here");
    env.run(Duration::from_millis(500));
    assert_eq!(
        messages(&mut env, Side::B),
        [(true, b"still here".to_vec())]
    );
    // Unknown channels are ignored.
    send(&mut env, Side::A, ChannelId(99), b"nowhere");
    close(&mut env, Side::A, ChannelId(99));
}
