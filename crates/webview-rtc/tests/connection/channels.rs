//! Data channels with all their options.

use std::{collections::VecDeque, time::Duration};

use webview_rtc::{
    connection::ConnectionEvent,
    wire::{id::ChannelId, request::ChannelOptions},
};

use crate::{
    agreements::Agreements,
    world::{Side, World},
};

fn options(label: &str) -> ChannelOptions {
    ChannelOptions {
        label: label.to_owned(),
        ..ChannelOptions::default()
    }
}

fn world(seed: u64) -> World {
    World::connected(seed, &Agreements::new().audio("0").application("1"))
}

fn open(world: &mut World, side: Side, id: u32, options: ChannelOptions) -> ChannelId {
    let now = world.now;
    let id = ChannelId(id);
    world.peer(side).session.open_channel(id, options, now);
    world.settle();
    id
}

fn send(world: &mut World, side: Side, id: ChannelId, bytes: &[u8]) {
    let now = world.now;
    world
        .peer(side)
        .session
        .send_channel(id, true, bytes.to_vec(), now);
    world.settle();
}

fn close(world: &mut World, side: Side, id: ChannelId) {
    let now = world.now;
    world.peer(side).session.close_channel(id, now);
    world.settle();
}

/// The first channel that the other side opened here.
fn incoming(world: &mut World, side: Side) -> (ChannelId, ChannelOptions) {
    let events = &world.peer(side).events;
    let channel = events.iter().find_map(|(_, event)| match event {
        ConnectionEvent::IncomingChannel(id, options) => Some((*id, options.clone())),
        _ => None,
    });
    channel.unwrap()
}

fn messages(world: &mut World, side: Side) -> VecDeque<(bool, Vec<u8>)> {
    let message = |event| match event {
        ConnectionEvent::ChannelMessage { binary, bytes, .. } => Some((binary, bytes)),
        _ => None,
    };
    let events = world.peer(side).take_events();
    events.into_iter().filter_map(message).collect()
}

fn is_open(world: &World, id: ChannelId) -> bool {
    world
        .a
        .count(|event| matches!(event, ConnectionEvent::ChannelOpen(open, _) if *open == id))
        == 1
}

fn is_closed(events: &[(std::time::Instant, ConnectionEvent)], id: ChannelId) -> bool {
    let closed = |event: &ConnectionEvent| matches!(event, ConnectionEvent::ChannelClosed(closed) if *closed == id);
    events.iter().filter(|(_, event)| closed(event)).count() == 1
}

#[test]
fn a_channel_opened_early_opens_when_there_is_an_association() {
    let mut world = World::new(61);
    let channel = open(&mut world, Side::A, 0, options("chat"));
    send(&mut world, Side::A, channel, b"before anything");
    world.gather();
    world.commit(&Agreements::new().application("0"));
    assert!(!is_open(&world, channel));
    world.exchange_candidates();
    world.run_until(Duration::from_secs(5), |world| is_open(world, channel));
    world.run(Duration::from_millis(200));
    let (there, told) = incoming(&mut world, Side::B);
    assert!(there.0 >= 1 << 31);
    // The DTLS server takes the odd streams (RFC 8832, 6).
    let expect = ChannelOptions {
        id: Some(1),
        ..options("chat")
    };
    assert_eq!(told, expect);
    assert_eq!(
        messages(&mut world, Side::B),
        [(true, b"before anything".to_vec())]
    );
    let now = world.now;
    world
        .b
        .session
        .send_channel(there, false, "grüße".into(), now);
    world.settle();
    world.run(Duration::from_millis(200));
    assert_eq!(messages(&mut world, Side::A), [(false, "grüße".into())]);
}

/// Also through loss, where they are sent again.
#[test]
fn empty_messages_arrive_empty_and_in_their_place() {
    for (loss, ordered) in [(0.0, true), (0.1, true), (0.0, false)] {
        let mut world = world(71);
        let channel = open(
            &mut world,
            Side::A,
            0,
            ChannelOptions {
                ordered,
                ..options("chat")
            },
        );
        world.run(Duration::from_millis(300));
        world.b.events.clear();
        world.a.events.clear();
        world.to_b.loss = loss;
        let given: Vec<(bool, Vec<u8>)> = (0..60)
            .map(|number| match number % 3 {
                0 => (true, vec![number; 1 + usize::from(number)]),
                1 => (true, vec![]),
                _ => (false, vec![]),
            })
            .collect();
        let now = world.now;
        for (binary, bytes) in given.clone() {
            world.a.session.send_channel(channel, binary, bytes, now);
        }
        world.settle();
        world.run(Duration::from_secs(10));
        assert_eq!(messages(&mut world, Side::B), given, "{loss} {ordered}");
        let told: u64 = world
            .a
            .take_events()
            .into_iter()
            .filter_map(|event| match event {
                ConnectionEvent::ChannelSent(_, bytes) => Some(u64::from(bytes)),
                _ => None,
            })
            .sum();
        let bytes: usize = given.iter().map(|(_, bytes)| bytes.len()).sum();
        assert_eq!(told, bytes as u64);
        close(&mut world, Side::A, channel);
        world.run(Duration::from_secs(2));
        assert!(is_closed(&world.a.events, channel));
    }
}

#[test]
fn options_arrive_and_hold_on_both_sides() {
    let mut world = world(62);
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
        world.b.events.clear();
        open(&mut world, Side::A, id, options);
        world.run(Duration::from_millis(300));
        let (_, mut told) = incoming(&mut world, Side::B);
        told.id = None;
        assert_eq!(told, given[id as usize]);
    }
}

#[test]
fn ordered_and_reliable_through_loss() {
    let mut world = world(63);
    let channel = open(&mut world, Side::A, 0, options("file"));
    world.run(Duration::from_millis(300));
    world.b.events.clear();
    world.to_a.loss = 0.05;
    world.to_b.loss = 0.05;
    for number in 0..500_u32 {
        send(&mut world, Side::A, channel, &number.to_be_bytes());
        world.run(Duration::from_millis(3));
    }
    world.run(Duration::from_secs(10));
    let arrived: Vec<u32> = messages(&mut world, Side::B)
        .into_iter()
        .map(|(_, bytes)| u32::from_be_bytes(bytes.try_into().unwrap()))
        .collect();
    assert_eq!(arrived, (0..500).collect::<Vec<_>>());
}

#[test]
fn unordered_passes_by_what_is_lost() {
    let mut world = world(64);
    let unordered = ChannelOptions {
        ordered: false,
        max_retransmits: Some(0),
        ..options("state")
    };
    let channel = open(&mut world, Side::A, 0, unordered);
    world.run(Duration::from_millis(300));
    world.b.events.clear();
    world.to_b.loss = 0.1;
    for number in 0..500_u32 {
        send(&mut world, Side::A, channel, &number.to_be_bytes());
        world.run(Duration::from_millis(10));
    }
    world.run(Duration::from_secs(5));
    let arrived = messages(&mut world, Side::B).len();
    // One time each: what is lost stays so.
    assert!((400..500).contains(&arrived), "{arrived}");
}

/// More than the stack takes at once, as far as a debug build has the patience.
const MESSAGES: usize = 9;

#[test]
fn large_messages_arrive_and_what_left_is_told() {
    let mut world = world(65);
    let channel = open(&mut world, Side::A, 0, options("file"));
    world.run(Duration::from_millis(300));
    world.a.events.clear();
    world.b.events.clear();
    let message: Vec<u8> = (0..262_144_u32).map(|at| (at % 251) as u8).collect();
    for _ in 0..MESSAGES {
        send(&mut world, Side::A, channel, &message);
    }
    world.run(Duration::from_secs(10));
    let arrived = messages(&mut world, Side::B);
    assert_eq!(arrived.len(), MESSAGES);
    assert!(
        arrived
            .iter()
            .all(|(binary, bytes)| *binary && *bytes == message)
    );
    let sent: Vec<u32> = world
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
    assert_eq!(sum, MESSAGES as u64 * 262_144);
    let counted = &world.a.session.statistics().channels[0];
    assert_eq!(
        (counted.messages_sent, counted.bytes_sent),
        (MESSAGES as u32, MESSAGES as u64 * 262_144)
    );
    let counted = &world.b.session.statistics().channels[0];
    assert_eq!(
        (counted.messages_received, counted.bytes_received),
        (MESSAGES as u32, MESSAGES as u64 * 262_144)
    );
}

#[test]
fn both_sides_can_agree_on_a_stream_by_themselves() {
    let mut world = world(66);
    let negotiated = ChannelOptions {
        negotiated: true,
        id: Some(300),
        ..options("agreed")
    };
    let a = open(&mut world, Side::A, 0, negotiated.clone());
    let b = open(&mut world, Side::B, 7, negotiated.clone());
    world.run(Duration::from_millis(300));
    assert!(is_open(&world, a));
    assert_eq!(
        world
            .b
            .count(|event| matches!(event, ConnectionEvent::IncomingChannel(..))),
        0
    );
    world.a.events.clear();
    send(&mut world, Side::B, b, b"hello");
    world.run(Duration::from_millis(200));
    assert_eq!(messages(&mut world, Side::A), [(true, b"hello".to_vec())]);
    // The same stream twice is refused.
    let again = open(&mut world, Side::A, 1, negotiated);
    assert!(is_closed(&world.a.events, again));
}

#[test]
fn closing_sends_what_waits_and_is_told_once_on_both_sides() {
    for closer in [Side::A, Side::B] {
        let mut world = world(67);
        let channel = open(&mut world, Side::A, 0, options("chat"));
        world.run(Duration::from_millis(300));
        let (there, _) = incoming(&mut world, Side::B);
        world.a.events.clear();
        world.b.events.clear();
        let (own, other) = match closer {
            Side::A => (channel, Side::B),
            Side::B => (there, Side::A),
        };
        for _ in 0..20 {
            send(&mut world, closer, own, &[7; 60_000]);
        }
        close(&mut world, closer, own);
        send(&mut world, closer, own, b"too late");
        world.run(Duration::from_secs(5));
        assert!(is_closed(&world.a.events, channel), "{closer:?}");
        assert!(is_closed(&world.b.events, there), "{closer:?}");
        assert_eq!(messages(&mut world, other).len(), 20);
        assert!(world.a.session.statistics().channels.is_empty());
        assert!(world.b.session.statistics().channels.is_empty());
        // And its stream can be used again.
        world.a.events.clear();
        let next = open(&mut world, Side::A, 1, options("next"));
        world.run(Duration::from_millis(500));
        assert!(is_open(&world, next));
    }
}

#[test]
fn closing_before_it_opened() {
    let mut world = World::new(68);
    let channel = open(&mut world, Side::A, 0, options("never"));
    close(&mut world, Side::A, channel);
    assert!(is_closed(&world.a.events, channel));
    world.gather();
    world.commit(&Agreements::new().application("0"));
    world.exchange_candidates();
    world.run(Duration::from_secs(3));
    assert!(!is_open(&world, channel));
    assert!(is_closed(&world.a.events, channel));
    // The other side may have seen it for a moment.
    let opened = world
        .b
        .count(|event| matches!(event, ConnectionEvent::IncomingChannel(..)));
    let closed = world
        .b
        .count(|event| matches!(event, ConnectionEvent::ChannelClosed(_)));
    assert_eq!(opened, closed);
}

#[test]
fn the_end_of_the_connection_closes_every_channel() {
    let mut world = world(69);
    let channels = [0, 1, 2].map(|id| open(&mut world, Side::A, id, options("chat")));
    world.run(Duration::from_millis(500));
    let now = world.now;
    world.b.session.close(now);
    world.settle();
    world.run(Duration::from_secs(1));
    for channel in channels {
        assert!(is_closed(&world.a.events, channel));
    }
}

#[test]
fn what_is_too_much_closes_the_channel_and_nothing_else() {
    let mut world = world(70);
    let channel = open(&mut world, Side::A, 0, options("flood"));
    let other = open(&mut world, Side::A, 1, options("other"));
    let long = open(&mut world, Side::A, 2, options(&"x".repeat(5000)));
    assert!(is_closed(&world.a.events, long));
    for _ in 0..40 {
        send(&mut world, Side::A, channel, &vec![0; 500_000]);
    }
    assert!(is_closed(&world.a.events, channel));
    world.run(Duration::from_millis(300));
    world.b.events.clear();
    send(&mut world, Side::A, other, b"still here");
    world.run(Duration::from_millis(500));
    assert_eq!(
        messages(&mut world, Side::B),
        [(true, b"still here".to_vec())]
    );
    // Neither are channels that nobody knows.
    send(&mut world, Side::A, ChannelId(99), b"nowhere");
    close(&mut world, Side::A, ChannelId(99));
}
