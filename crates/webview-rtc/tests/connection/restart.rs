//! ICE restarts: by either side, in the middle of a call, and after a failure.

use std::time::Duration;

use webview_rtc::{
    connection::ConnectionEvent,
    network::{CandidateKind, LocalCandidate, RelayTransport, Transport},
    wire::event::IceState,
};

use crate::{
    agreements::Agreements,
    sound,
    world::{Side, World, credentials},
};

/// Both sides take new credentials, tell their candidates anew and agree; `first` is committed
/// first, as the answering side does.
fn restart(world: &mut World, agreements: &Agreements, generation: u32, first: Side) {
    for (name, side) in [("a", Side::A), ("b", Side::B)] {
        world.peer(side).credentials = credentials(name, generation);
        world.peer(side).events.clear();
    }
    world.gather();
    let of_a = agreements.of(&world.a, &world.b, Side::A);
    let of_b = agreements.of(&world.b, &world.a, Side::B);
    let order = match first {
        Side::A => [Side::A, Side::B],
        Side::B => [Side::B, Side::A],
    };
    for side in order {
        let agreement = match side {
            Side::A => &of_a,
            Side::B => &of_b,
        };
        let now = world.now;
        world.peer(side).session.commit(agreement, now).unwrap();
        world.settle();
        world.run(Duration::from_millis(60));
    }
    world.exchange_candidates();
}

#[test]
fn media_carries_on_through_restarts_of_either_side() {
    let agreements = Agreements::new().audio("0").video("1");
    let mut world = World::connected(51, &agreements);
    let mut number = 0;
    for (generation, first) in [(1, Side::B), (2, Side::A), (3, Side::B)] {
        restart(&mut world, &agreements, generation, first);
        sound::send(&mut world, Side::A, "0", number, 100);
        sound::send(&mut world, Side::B, "0", number, 100);
        number += 100;
        world.run(Duration::from_secs(1));
        for peer in [&world.a, &world.b] {
            let states = peer.ice_states();
            let last = states.last().copied();
            assert!(
                states.is_empty()
                    || last == Some(IceState::Completed)
                    || last == Some(IceState::Connected),
                "{states:?}"
            );
            assert!(!states.contains(&IceState::Disconnected), "{states:?}");
        }
        assert_eq!(sound::heard(&mut world, Side::A).len(), 100);
        assert_eq!(sound::heard(&mut world, Side::B).len(), 100);
    }
    // Checks of the new generation are answered: the path would be lost after so long otherwise.
    world.run(Duration::from_secs(60));
    assert!(world.a.ice_states().is_empty());
    assert!(world.b.ice_states().is_empty());
}

#[test]
fn a_restart_revives_what_failed_on_another_path() {
    let agreements = Agreements::new().audio("0");
    let mut world = World::connected(52, &agreements);
    world.to_a.loss = 1.0;
    world.to_b.loss = 1.0;
    world.run_until(Duration::from_secs(60), |world| {
        world.a.ice_states().last() == Some(&IceState::Failed)
            && world.b.ice_states().last() == Some(&IceState::Failed)
    });
    world.to_a.loss = 0.0;
    world.to_b.loss = 0.0;
    // A came into another network.
    let now = world.now;
    let old = world.a.address;
    world.a.session.handle_lost(old, now);
    world.a.address = "198.51.100.7:4000".parse().unwrap();
    restart(&mut world, &agreements, 1, Side::B);
    assert_eq!(world.a.ice_states().first(), Some(&IceState::Checking));
    world.run_until(Duration::from_secs(5), |world| {
        let connected = |states: Vec<IceState>| {
            states.contains(&IceState::Connected) || states.contains(&IceState::Completed)
        };
        connected(world.a.ice_states()) && connected(world.b.ice_states())
    });
    sound::send(&mut world, Side::A, "0", 0, 50);
    world.run(Duration::from_millis(100));
    assert_eq!(sound::heard(&mut world, Side::B).len(), 50);
}

#[test]
fn a_restart_that_finds_nothing_fails() {
    let agreements = Agreements::new().audio("0");
    let mut world = World::connected(53, &agreements);
    restart(&mut world, &agreements, 1, Side::B);
    world.to_a.loss = 1.0;
    world.to_b.loss = 1.0;
    world.run_until(Duration::from_secs(35), |world| {
        world.a.ice_states().last() == Some(&IceState::Failed)
    });
}

#[test]
fn candidates_of_another_generation_wait_or_are_not_used() {
    let agreements = Agreements::new().audio("0");
    let mut world = World::connected(54, &agreements);
    let now = world.now;
    let line = "candidate:1 1 udp 2130706431 203.0.113.9 4009 typ host";
    world
        .a
        .add_remote_candidate(line, Some("other".to_owned()), now)
        .unwrap();
    let known = world.a.session.statistics().candidates;
    assert!(known.iter().all(|known| known.port != 4009));
    let relay = LocalCandidate {
        transport: Transport::Udp,
        address: "203.0.113.1:7777".parse().unwrap(),
        kind: CandidateKind::Relayed {
            local: "198.51.100.1:5".parse().unwrap(),
            url: "turn:example.com".to_owned(),
            by: RelayTransport::Tls,
        },
    };
    world.a.events.clear();
    world.a.session.handle_local_candidate(relay, now);
    world.settle();
    let told = world
        .a
        .take_events()
        .into_iter()
        .find_map(|event| match event {
            ConnectionEvent::Candidate {
                candidate,
                username_fragment,
                url,
            } => Some((candidate, username_fragment, url)),
            _ => None,
        });
    let (candidate, username_fragment, url) = told.unwrap();
    assert!(candidate.contains(" udp ") && candidate.contains(" 203.0.113.1 7777 typ relay"));
    assert_eq!(username_fragment, "aa00");
    assert_eq!(url.as_deref(), Some("turn:example.com"));
    let statistics = world.a.session.statistics();
    let told = statistics.candidates.iter().find(|told| told.port == 7777);
    assert_eq!(told.unwrap().relay_protocol.as_deref(), Some("tls"));
}
