//! Two sides find each other, or fail in the standard's way.

use std::time::Duration;

use webview_rtc::wire::{
    event::{DtlsState, IceState},
    statistics::PairState,
};

use crate::{agreements::Agreements, world::World};

#[test]
fn two_sides_connect_and_say_goodbye() {
    let mut world = World::connected(1, &Agreements::new().audio("0").video("1").application("2"));
    for peer in [&world.a, &world.b] {
        let states = peer.ice_states();
        assert_eq!(states.first(), Some(&IceState::Checking));
        assert!(states.contains(&IceState::Connected) || states.contains(&IceState::Completed));
        assert_eq!(
            peer.dtls_states(),
            [DtlsState::Connecting, DtlsState::Connected]
        );
    }
    // Five round trips: one for ICE each way, three of DTLS.
    assert!(world.now - world.began < Duration::from_millis(600));
    let now = world.now;
    world.a.session.close(now);
    world.settle();
    assert_eq!(world.a.ice_states().last(), Some(&IceState::Closed));
    assert_eq!(world.a.dtls_states().last(), Some(&DtlsState::Closed));
    world.run_until(Duration::from_secs(1), |world| {
        world.b.dtls_states().last() == Some(&DtlsState::Closed)
    });
}

#[test]
fn connects_through_loss() {
    let mut world = World::new(2);
    world.to_a.loss = 0.2;
    world.to_b.loss = 0.2;
    world.gather();
    world.commit(&Agreements::new().audio("0"));
    world.exchange_candidates();
    world.run_until(Duration::from_secs(15), |world| {
        world.a.is_connected() && world.b.is_connected()
    });
}

#[test]
fn candidates_may_come_before_the_agreement() {
    let mut world = World::new(3);
    world.gather();
    world.exchange_candidates();
    world.commit(&Agreements::new().audio("0"));
    world.run_until(Duration::from_secs(5), |world| {
        world.a.is_connected() && world.b.is_connected()
    });
}

#[test]
fn one_side_may_know_no_candidate_of_the_other() {
    let mut world = World::new(4);
    world.gather();
    world.commit(&Agreements::new().audio("0"));
    let line = "candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host";
    let now = world.now;
    world.b.add_remote_candidate(line, None, now).unwrap();
    world.settle();
    world.run_until(Duration::from_secs(5), |world| {
        world.a.is_connected() && world.b.is_connected()
    });
    world.run(Duration::from_secs(2));
    let statistics = world.a.session.statistics();
    let remote = statistics.transport.remote_candidate;
    let pair = statistics
        .candidates
        .iter()
        .find(|candidate| Some(&candidate.id) == remote.as_ref());
    assert_eq!(pair.unwrap().candidate_type, "prflx");
}

#[test]
fn every_pair_that_is_checked_is_told() {
    let mut world = World::new(8);
    world.gather();
    world.commit(&Agreements::new().audio("0"));
    // Nobody is there.
    let nowhere = "candidate:9 1 udp 2130706431 192.0.2.99 5000 typ host";
    let now = world.now;
    world.a.add_remote_candidate(nowhere, None, now).unwrap();
    world.exchange_candidates();
    world.run_until(Duration::from_secs(5), |world| {
        world.a.is_connected() && world.b.is_connected()
    });
    world.run(Duration::from_secs(3));
    let statistics = world.a.session.statistics();
    let pair = |remote: &str| {
        let mut pairs = statistics.candidate_pairs.iter();
        pairs.find(|pair| pair.remote_candidate == remote).unwrap()
    };
    let used = pair("R192.0.2.2:5000");
    assert_eq!(used.local_candidate, "L192.0.2.1:5000");
    assert_eq!((used.state, used.nominated), (PairState::Succeeded, true));
    assert_eq!(
        Some(&used.remote_candidate),
        statistics.transport.remote_candidate.as_ref()
    );
    // Twenty milliseconds each way.
    assert_eq!(used.current_round_trip_time, Some(0.04));
    assert!(used.responses_received > 0 && used.requests_received > 0);
    assert!(used.bytes_sent > 0 && used.bytes_received > 0);
    let unused = pair("R192.0.2.99:5000");
    assert_eq!(
        (unused.state, unused.nominated),
        (PairState::InProgress, false)
    );
    assert!(unused.requests_sent > 0);
    assert_eq!((unused.responses_received, unused.bytes_sent), (0, 0));
    for end in statistics
        .candidate_pairs
        .iter()
        .flat_map(|pair| [&pair.local_candidate, &pair.remote_candidate])
    {
        assert!(statistics.candidates.iter().any(|told| told.id == *end));
    }
    world.run(Duration::from_secs(60));
    let later = world.a.session.statistics().candidate_pairs;
    let unused = later
        .iter()
        .find(|pair| pair.remote_candidate == "R192.0.2.99:5000");
    assert_eq!(unused.unwrap().state, PairState::Failed);
}

#[test]
fn without_an_answer_it_fails_by_itself() {
    let mut world = World::new(5);
    world.to_a.loss = 1.0;
    world.to_b.loss = 1.0;
    world.gather();
    world.commit(&Agreements::new().audio("0"));
    world.exchange_candidates();
    world.run(Duration::from_secs(40));
    assert_eq!(world.a.ice_states(), [IceState::Checking, IceState::Failed]);
    assert_eq!(world.a.dtls_states(), []);
}

#[test]
fn a_dead_path_disconnects_then_fails() {
    let mut world = World::connected(6, &Agreements::new().audio("0"));
    world.run(Duration::from_secs(30));
    assert!(!world.a.ice_states().contains(&IceState::Disconnected));
    world.to_a.loss = 1.0;
    world.to_b.loss = 1.0;
    let dead = world.now;
    world.run_until(Duration::from_secs(12), |world| {
        world.a.ice_states().last() == Some(&IceState::Disconnected)
    });
    assert!(world.now - dead > Duration::from_secs(2));
    // It comes back by itself.
    world.to_a.loss = 0.0;
    world.to_b.loss = 0.0;
    world.run_until(Duration::from_secs(8), |world| {
        let last = world.a.ice_states().last().copied();
        last == Some(IceState::Connected) || last == Some(IceState::Completed)
    });
    world.to_a.loss = 1.0;
    world.to_b.loss = 1.0;
    world.run_until(Duration::from_secs(35), |world| {
        world.a.ice_states().last() == Some(&IceState::Failed)
    });
}

#[test]
fn a_wrong_certificate_is_not_talked_to() {
    let mut world = World::new(7);
    world.gather();
    let mut fingerprint = world.b.fingerprint.clone();
    let last = if fingerprint.value.ends_with('0') {
        "1"
    } else {
        "0"
    };
    fingerprint.value.replace_range(94..95, last);
    let agreements = Agreements {
        fingerprint_of_b: Some(fingerprint),
        ..Agreements::new().audio("0").application("1")
    };
    world.commit(&agreements);
    world.exchange_candidates();
    world.run_until(Duration::from_secs(5), |world| {
        world.a.dtls_states().last() == Some(&DtlsState::Failed)
    });
    world.run(Duration::from_secs(40));
    assert_eq!(
        world.a.dtls_states(),
        [DtlsState::Connecting, DtlsState::Failed]
    );
}

#[test]
fn garbage_on_the_path_changes_nothing() {
    let mut world = World::connected(8, &Agreements::new().audio("0").application("1"));
    let (source, destination) = (world.b.address, world.a.address);
    for seed in 0..2000_usize {
        let length = seed % 97;
        let mut bytes: Vec<u8> = (0..length).map(|at| (seed * 31 + at * 7) as u8).collect();
        // Of every kind that is told apart by the first byte (RFC 7983).
        if let Some(first) = bytes.first_mut() {
            *first = [0, 20, 22, 23, 128, 144, 200][seed % 7];
        }
        let now = world.now;
        world.a.session.handle_datagram(
            webview_rtc::network::Transport::Udp,
            source,
            destination,
            &bytes,
            now,
        );
        world.settle();
    }
    world.run(Duration::from_secs(5));
    assert!(world.a.is_connected() && world.b.is_connected());
}
