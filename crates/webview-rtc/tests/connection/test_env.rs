//! Two sessions, the virtual network between them, and the virtual clock.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    time::{Duration, Instant},
};

use webview_rtc::{
    connection::{
        ConnectionEvent, IgnoredCandidate,
        session::{Datagram, RtcSession},
    },
    network::{CandidateKind, LocalCandidate, Transport},
    wire::{
        event::{DtlsState, IceState},
        negotiated::{DtlsRole, Fingerprint, IceCredentials},
    },
};

use crate::{
    negotiation::Negotiation, one_way_path::OneWayPath, remote_candidate::remote_candidate,
};

pub(crate) struct TestEnv {
    pub(crate) now: Instant,
    pub(crate) started_at: Instant,
    pub(crate) a: Peer,
    pub(crate) b: Peer,
    pub(crate) to_a: OneWayPath,
    pub(crate) to_b: OneWayPath,
    in_flight: BTreeMap<(Instant, u64), (Side, Datagram)>,
    packets: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    A,
    B,
}

pub(crate) struct Peer {
    pub(crate) session: RtcSession,
    pub(crate) address: SocketAddr,
    pub(crate) credentials: IceCredentials,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) role: DtlsRole,
    pub(crate) controlling: bool,
    pub(crate) events: Vec<(Instant, ConnectionEvent)>,
}

impl Peer {
    /// Adds a remote candidate with an IP address, as the page does.
    pub(crate) fn add_remote_candidate(
        &mut self,
        line: &str,
        username_fragment: Option<String>,
        now: Instant,
    ) -> Result<(), IgnoredCandidate> {
        let remote = remote_candidate(line);
        let address = remote.address.parse().unwrap();
        self.session
            .handle_remote_candidate(&remote, address, username_fragment, now)
    }

    fn new(name: &str, address: &str, role: DtlsRole, now: Instant) -> Self {
        let mut session = RtcSession::new(now).unwrap();
        Self {
            fingerprint: session.fingerprint(),
            session,
            address: address.parse().unwrap(),
            credentials: credentials(name, 0),
            role,
            controlling: name == "a",
            events: Vec::new(),
        }
    }

    pub(crate) fn ice_states(&self) -> Vec<IceState> {
        let state = |(_, event): &(Instant, ConnectionEvent)| match event {
            ConnectionEvent::IceState(state) => Some(*state),
            _ => None,
        };
        self.events.iter().filter_map(state).collect()
    }

    pub(crate) fn dtls_states(&self) -> Vec<DtlsState> {
        let state = |(_, event): &(Instant, ConnectionEvent)| match event {
            ConnectionEvent::DtlsState(state) => Some(*state),
            _ => None,
        };
        self.events.iter().filter_map(state).collect()
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.dtls_states().last() == Some(&DtlsState::Connected)
    }

    /// Events since the last call.
    pub(crate) fn take_events(&mut self) -> Vec<ConnectionEvent> {
        let events = self.events.drain(..);
        events.map(|(_, event)| event).collect()
    }

    pub(crate) fn count(&self, wanted: impl Fn(&ConnectionEvent) -> bool) -> usize {
        self.events
            .iter()
            .filter(|(_, event)| wanted(event))
            .count()
    }
}

pub(crate) fn credentials(name: &str, generation: u32) -> IceCredentials {
    IceCredentials {
        username_fragment: format!("{name}{name}{generation:02}"),
        password: format!("{name}{generation:021}"),
    }
}

impl TestEnv {
    pub(crate) fn new(seed: u64) -> Self {
        #[expect(clippy::disallowed_methods, reason = "start of the virtual clock")]
        let now = Instant::now();
        Self {
            now,
            started_at: now,
            a: Peer::new("a", "192.0.2.1:5000", DtlsRole::Server, now),
            b: Peer::new("b", "192.0.2.2:5000", DtlsRole::Client, now),
            to_a: OneWayPath::new(seed),
            to_b: OneWayPath::new(seed.wrapping_add(1)),
            in_flight: BTreeMap::new(),
            packets: 0,
        }
    }

    /// Both peers are connected with the negotiated media.
    pub(crate) fn connected(seed: u64, negotiation: &Negotiation) -> Self {
        let mut env = Self::new(seed);
        env.gather();
        env.commit(negotiation);
        env.exchange_candidates();
        env.run_until(Duration::from_secs(5), |env| {
            env.a.is_connected() && env.b.is_connected()
        });
        let now = env.now;
        for peer in [&mut env.a, &mut env.b] {
            peer.session.set_desired_bitrate(2_000_000, now);
        }
        env.settle();
        env
    }

    pub(crate) fn peer(&mut self, side: Side) -> &mut Peer {
        match side {
            Side::A => &mut self.a,
            Side::B => &mut self.b,
        }
    }

    pub(crate) fn gather(&mut self) {
        let now = self.now;
        for peer in [&mut self.a, &mut self.b] {
            peer.session.handle_gather(peer.credentials.clone());
            let host = LocalCandidate {
                transport: Transport::Udp,
                address: peer.address,
                kind: CandidateKind::Host,
            };
            peer.session.handle_local_candidate(host, now);
            peer.session.handle_gathering_complete();
        }
        self.settle();
    }

    /// Commits the negotiated parameters on both peers, the answerer first.
    pub(crate) fn commit(&mut self, negotiation: &Negotiation) {
        let of_b = negotiation.of(&self.b, &self.a, Side::B);
        let of_a = negotiation.of(&self.a, &self.b, Side::A);
        let now = self.now;
        self.b.session.commit(&of_b, now).unwrap();
        self.settle();
        self.run(Duration::from_millis(40));
        let now = self.now;
        self.a.session.commit(&of_a, now).unwrap();
        self.settle();
    }

    pub(crate) fn exchange_candidates(&mut self) {
        let gathered = |peer: &Peer| -> Vec<(String, String)> {
            let candidate = |(_, event): &(Instant, ConnectionEvent)| match event {
                ConnectionEvent::Candidate {
                    candidate,
                    username_fragment,
                    ..
                } => Some((candidate.clone(), username_fragment.clone())),
                _ => None,
            };
            peer.events.iter().filter_map(candidate).collect()
        };
        let (of_a, of_b) = (gathered(&self.a), gathered(&self.b));
        let now = self.now;
        for (peer, candidates) in [(&mut self.a, of_b), (&mut self.b, of_a)] {
            assert!(!candidates.is_empty());
            for (line, fragment) in candidates {
                peer.add_remote_candidate(&line, Some(fragment), now)
                    .unwrap();
            }
        }
        self.settle();
    }

    /// Loses every datagram that is on the way.
    pub(crate) fn drop_in_flight(&mut self) {
        self.in_flight.clear();
    }

    /// Advances the clock.
    pub(crate) fn run(&mut self, time: Duration) {
        self.run_to(self.now + time, |_| false);
    }

    /// Advances the clock until the condition holds, at most by `time`.
    pub(crate) fn run_until(&mut self, time: Duration, condition: impl Fn(&Self) -> bool) {
        let deadline = self.now + time;
        let reached = self.run_to(deadline, &condition);
        assert!(
            reached,
            "it did not come to that within {time:?}: a {:?} {:?}, b {:?} {:?}",
            self.a.ice_states(),
            self.a.dtls_states(),
            self.b.ice_states(),
            self.b.dtls_states()
        );
    }

    /// Collects the events of both sessions and sends their datagrams. Called after every call.
    pub(crate) fn settle(&mut self) {
        for side in [Side::A, Side::B] {
            let now = self.now;
            let peer = self.peer(side);
            let mut sent = Vec::new();
            while let Some(datagram) = peer.session.poll_transmit() {
                sent.push(datagram);
            }
            while let Some(event) = peer.session.poll_event() {
                peer.events.push((now, event));
            }
            for datagram in sent {
                self.send(side, datagram);
            }
        }
    }

    fn send(&mut self, from: Side, datagram: Datagram) {
        let (to, path, peer_address) = match from {
            Side::A => (Side::B, &mut self.to_b, self.b.address),
            Side::B => (Side::A, &mut self.to_a, self.a.address),
        };
        if datagram.destination != peer_address {
            return;
        }
        if let Some(arrival) = path.pass(datagram.bytes.len(), self.now) {
            self.packets += 1;
            self.in_flight
                .insert((arrival, self.packets), (to, datagram));
        }
    }

    fn run_to(&mut self, end: Instant, condition: impl Fn(&Self) -> bool) -> bool {
        loop {
            if condition(self) {
                return true;
            }
            let arrival = self.in_flight.keys().next().map(|(at, _)| *at);
            let next = [
                arrival,
                Some(self.a.session.poll_timeout()),
                Some(self.b.session.poll_timeout()),
            ];
            let next = next.into_iter().flatten().min().unwrap();
            if next > end {
                self.now = end;
                return condition(self);
            }
            self.now = self.now.max(next);
            let now = self.now;
            if arrival == Some(next) {
                let (_, (to, datagram)) = self.in_flight.pop_first().unwrap();
                self.peer(to).session.handle_datagram(
                    datagram.transport,
                    datagram.source,
                    datagram.destination,
                    &datagram.bytes,
                    now,
                );
            } else {
                for peer in [&mut self.a, &mut self.b] {
                    if peer.session.poll_timeout() <= now {
                        peer.session.handle_timeout(now);
                    }
                }
            }
            self.settle();
        }
    }
}
