//! Two peers connect, or fail with the states of the standard.

use std::time::Duration;

use webview_rtc::wire::{
    event::{DtlsState, IceState},
    statistics::PairState,
};

use crate::{negotiation::Negotiation, test_env::TestEnv};

#[test]
fn peers_connect_and_close() {
    let mut env = TestEnv::connected(
        1,
        &Negotiation::new().audio("0").video("1").application("2"),
    );
    for peer in [&env.a, &env.b] {
        let states = peer.ice_states();
        assert_eq!(states.first(), Some(&IceState::Checking));
        assert!(states.contains(&IceState::Connected) || states.contains(&IceState::Completed));
        assert_eq!(
            peer.dtls_states(),
            [DtlsState::Connecting, DtlsState::Connected]
        );
    }
    // Five round trips: one for ICE each way, three of DTLS.
    assert!(env.now - env.started_at < Duration::from_millis(600));
    let now = env.now;
    env.a.session.close(now);
    env.settle();
    assert_eq!(env.a.ice_states().last(), Some(&IceState::Closed));
    assert_eq!(env.a.dtls_states().last(), Some(&DtlsState::Closed));
    env.run_until(Duration::from_secs(1), |env| {
        env.b.dtls_states().last() == Some(&DtlsState::Closed)
    });
}

#[test]
fn peers_connect_through_loss() {
    let mut env = TestEnv::new(2);
    env.to_a.loss = 0.2;
    env.to_b.loss = 0.2;
    env.gather();
    env.commit(&Negotiation::new().audio("0"));
    env.exchange_candidates();
    env.run_until(Duration::from_secs(15), |env| {
        env.a.is_connected() && env.b.is_connected()
    });
}

#[test]
fn early_candidates_wait_for_the_negotiated_session() {
    let mut env = TestEnv::new(3);
    env.gather();
    env.exchange_candidates();
    env.commit(&Negotiation::new().audio("0"));
    env.run_until(Duration::from_secs(5), |env| {
        env.a.is_connected() && env.b.is_connected()
    });
}

#[test]
fn peer_without_remote_candidates_connects() {
    let mut env = TestEnv::new(4);
    env.gather();
    env.commit(&Negotiation::new().audio("0"));
    let line = "candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host";
    let now = env.now;
    env.b.add_remote_candidate(line, None, now).unwrap();
    env.settle();
    env.run_until(Duration::from_secs(5), |env| {
        env.a.is_connected() && env.b.is_connected()
    });
    env.run(Duration::from_secs(2));
    let statistics = env.a.session.statistics();
    let remote = statistics.transport.remote_candidate;
    let pair = statistics
        .candidates
        .iter()
        .find(|candidate| Some(&candidate.id) == remote.as_ref());
    assert_eq!(pair.unwrap().candidate_type, "prflx");
}

#[test]
fn statistics_contain_every_checked_pair() {
    let mut env = TestEnv::new(8);
    env.gather();
    env.commit(&Negotiation::new().audio("0"));
    // No peer has this address.
    let nowhere = "candidate:9 1 udp 2130706431 192.0.2.99 5000 typ host";
    let now = env.now;
    env.a.add_remote_candidate(nowhere, None, now).unwrap();
    env.exchange_candidates();
    env.run_until(Duration::from_secs(5), |env| {
        env.a.is_connected() && env.b.is_connected()
    });
    env.run(Duration::from_secs(3));
    let statistics = env.a.session.statistics();
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
        assert!(
            statistics
                .candidates
                .iter()
                .any(|candidate| candidate.id == *end)
        );
    }
    env.run(Duration::from_secs(60));
    let later = env.a.session.statistics().candidate_pairs;
    let unused = later
        .iter()
        .find(|pair| pair.remote_candidate == "R192.0.2.99:5000");
    assert_eq!(unused.unwrap().state, PairState::Failed);
}

#[test]
fn checks_without_answer_fail() {
    let mut env = TestEnv::new(5);
    env.to_a.loss = 1.0;
    env.to_b.loss = 1.0;
    env.gather();
    env.commit(&Negotiation::new().audio("0"));
    env.exchange_candidates();
    env.run(Duration::from_secs(40));
    assert_eq!(env.a.ice_states(), [IceState::Checking, IceState::Failed]);
    assert_eq!(env.a.dtls_states(), []);
}

#[test]
fn dead_path_disconnects_then_fails() {
    let mut env = TestEnv::connected(6, &Negotiation::new().audio("0"));
    env.run(Duration::from_secs(30));
    assert!(!env.a.ice_states().contains(&IceState::Disconnected));
    env.to_a.loss = 1.0;
    env.to_b.loss = 1.0;
    let dead = env.now;
    env.run_until(Duration::from_secs(12), |env| {
        env.a.ice_states().last() == Some(&IceState::Disconnected)
    });
    assert!(env.now - dead > Duration::from_secs(2));
    // The connection recovers by itself.
    env.to_a.loss = 0.0;
    env.to_b.loss = 0.0;
    env.run_until(Duration::from_secs(8), |env| {
        let last = env.a.ice_states().last().copied();
        last == Some(IceState::Connected) || last == Some(IceState::Completed)
    });
    env.to_a.loss = 1.0;
    env.to_b.loss = 1.0;
    env.run_until(Duration::from_secs(35), |env| {
        env.a.ice_states().last() == Some(&IceState::Failed)
    });
}

#[test]
fn wrong_certificate_fails_dtls() {
    let mut env = TestEnv::new(7);
    env.gather();
    let mut fingerprint = env.b.fingerprint.clone();
    let last = if fingerprint.value.ends_with('0') {
        "1"
    } else {
        "0"
    };
    fingerprint.value.replace_range(94..95, last);
    let negotiation = Negotiation {
        fingerprint_of_b: Some(fingerprint),
        ..Negotiation::new().audio("0").application("1")
    };
    env.commit(&negotiation);
    env.exchange_candidates();
    env.run_until(Duration::from_secs(5), |env| {
        env.a.dtls_states().last() == Some(&DtlsState::Failed)
    });
    // The other side is told, and need not wait for its timers.
    env.run_until(Duration::from_millis(200), |env| {
        env.b.dtls_states().last() == Some(&DtlsState::Failed)
    });
    env.run(Duration::from_secs(40));
    for peer in [&env.a, &env.b] {
        assert_eq!(
            peer.dtls_states(),
            [DtlsState::Connecting, DtlsState::Failed]
        );
    }
}

#[test]
fn refusal_of_a_certificate_outlives_a_lost_packet() {
    let mut env = TestEnv::new(9);
    env.gather();
    let fingerprint_of_b = Some(env.a.fingerprint.clone());
    let negotiation = Negotiation {
        fingerprint_of_b,
        ..Negotiation::new().audio("0")
    };
    env.commit(&negotiation);
    env.exchange_candidates();
    env.run_until(Duration::from_secs(5), |env| {
        env.a.dtls_states().last() == Some(&DtlsState::Failed)
    });
    env.drop_in_flight();
    env.run_until(Duration::from_secs(5), |env| {
        env.b.dtls_states().last() == Some(&DtlsState::Failed)
    });
}

#[test]
fn malformed_packets_do_not_end_the_connection() {
    let mut env = TestEnv::connected(8, &Negotiation::new().audio("0").application("1"));
    let (source, destination) = (env.b.address, env.a.address);
    for seed in 0..2000_usize {
        let length = seed % 97;
        let mut bytes: Vec<u8> = (0..length).map(|at| (seed * 31 + at * 7) as u8).collect();
        // Every packet class of RFC 7983.
        if let Some(first) = bytes.first_mut() {
            *first = [0, 20, 22, 23, 128, 144, 200][seed % 7];
        }
        let now = env.now;
        env.a.session.handle_datagram(
            webview_rtc::network::Transport::Udp,
            source,
            destination,
            &bytes,
            now,
        );
        env.settle();
    }
    env.run(Duration::from_secs(5));
    assert!(env.a.is_connected() && env.b.is_connected());
}
