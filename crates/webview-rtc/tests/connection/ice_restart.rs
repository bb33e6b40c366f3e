//! ICE restarts: by either peer, during a call, and after a failure.

use std::time::Duration;

use webview_rtc::{
    connection::ConnectionEvent,
    network::{CandidateKind, LocalCandidate, RelayTransport, Transport},
    wire::event::IceState,
};

use crate::{
    audio,
    negotiation::Negotiation,
    test_env::{Side, TestEnv, credentials},
};

/// Restarts ICE: new credentials on both peers, new candidates, new parameters. `first` commits
/// first, as the answerer does.
fn restart(env: &mut TestEnv, negotiation: &Negotiation, generation: u32, first: Side) {
    for (name, side) in [("a", Side::A), ("b", Side::B)] {
        env.peer(side).credentials = credentials(name, generation);
        env.peer(side).events.clear();
    }
    env.gather();
    let of_a = negotiation.of(&env.a, &env.b, Side::A);
    let of_b = negotiation.of(&env.b, &env.a, Side::B);
    let order = match first {
        Side::A => [Side::A, Side::B],
        Side::B => [Side::B, Side::A],
    };
    for side in order {
        let negotiated = match side {
            Side::A => &of_a,
            Side::B => &of_b,
        };
        let now = env.now;
        env.peer(side).session.commit(negotiated, now).unwrap();
        env.settle();
        env.run(Duration::from_millis(60));
    }
    env.exchange_candidates();
}

#[test]
fn media_continues_through_restarts_of_either_peer() {
    let negotiation = Negotiation::new().audio("0").video("1");
    let mut env = TestEnv::connected(51, &negotiation);
    let mut number = 0;
    for (generation, first) in [(1, Side::B), (2, Side::A), (3, Side::B)] {
        restart(&mut env, &negotiation, generation, first);
        audio::send(&mut env, Side::A, "0", number, 100);
        audio::send(&mut env, Side::B, "0", number, 100);
        number += 100;
        env.run(Duration::from_secs(1));
        for peer in [&env.a, &env.b] {
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
        assert_eq!(audio::received_audio(&mut env, Side::A).len(), 100);
        assert_eq!(audio::received_audio(&mut env, Side::B).len(), 100);
    }
    // The checks of the new generation are answered: otherwise the path would fail within 60 s.
    env.run(Duration::from_secs(60));
    assert!(env.a.ice_states().is_empty());
    assert!(env.b.ice_states().is_empty());
}

#[test]
fn restart_recovers_a_failed_connection_on_a_new_path() {
    let negotiation = Negotiation::new().audio("0");
    let mut env = TestEnv::connected(52, &negotiation);
    env.to_a.loss = 1.0;
    env.to_b.loss = 1.0;
    env.run_until(Duration::from_secs(60), |env| {
        env.a.ice_states().last() == Some(&IceState::Failed)
            && env.b.ice_states().last() == Some(&IceState::Failed)
    });
    env.to_a.loss = 0.0;
    env.to_b.loss = 0.0;
    // A moved to another network.
    let now = env.now;
    let old = env.a.address;
    env.a.session.handle_lost(old, now);
    env.a.address = "198.51.100.7:4000".parse().unwrap();
    restart(&mut env, &negotiation, 1, Side::B);
    assert_eq!(env.a.ice_states().first(), Some(&IceState::Checking));
    env.run_until(Duration::from_secs(5), |env| {
        let connected = |states: Vec<IceState>| {
            states.contains(&IceState::Connected) || states.contains(&IceState::Completed)
        };
        connected(env.a.ice_states()) && connected(env.b.ice_states())
    });
    audio::send(&mut env, Side::A, "0", 0, 50);
    env.run(Duration::from_millis(100));
    assert_eq!(audio::received_audio(&mut env, Side::B).len(), 50);
}

#[test]
fn restart_without_a_path_fails() {
    let negotiation = Negotiation::new().audio("0");
    let mut env = TestEnv::connected(53, &negotiation);
    restart(&mut env, &negotiation, 1, Side::B);
    env.to_a.loss = 1.0;
    env.to_b.loss = 1.0;
    env.run_until(Duration::from_secs(35), |env| {
        env.a.ice_states().last() == Some(&IceState::Failed)
    });
}

#[test]
fn candidates_of_another_generation_are_not_used() {
    let negotiation = Negotiation::new().audio("0");
    let mut env = TestEnv::connected(54, &negotiation);
    let now = env.now;
    let line = "candidate:1 1 udp 2130706431 203.0.113.9 4009 typ host";
    env.a
        .add_remote_candidate(line, Some("other".to_owned()), now)
        .unwrap();
    let known = env.a.session.statistics().candidates;
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
    env.a.events.clear();
    env.a.session.handle_local_candidate(relay, now);
    env.settle();
    let gathered = env
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
    let (candidate, username_fragment, url) = gathered.unwrap();
    assert!(candidate.contains(" udp ") && candidate.contains(" 203.0.113.1 7777 typ relay"));
    assert_eq!(username_fragment, "aa00");
    assert_eq!(url.as_deref(), Some("turn:example.com"));
    let statistics = env.a.session.statistics();
    let candidate = statistics
        .candidates
        .iter()
        .find(|candidate| candidate.port == 7777);
    assert_eq!(candidate.unwrap().relay_protocol.as_deref(), Some("tls"));
}
