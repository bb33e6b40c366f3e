//! The ends of paths: ours as they are found, theirs as they are told.
//!
//! Invariant: pure. A remote candidate is used only under the credentials it was told for; one
//! that is early waits, and only so many wait.

use std::{collections::VecDeque, net::SocketAddr};

use str0m::{
    Candidate, CandidateKind as StackKind,
    net::{Protocol, TcpType},
};

use crate::{
    network::{CandidateKind, LocalCandidate, RelayTransport},
    wire::{
        candidate::{CandidateProtocol, CandidateType, RemoteCandidate, TcpCandidateType},
        statistics::CandidateStatistics,
    },
};

/// More than any gathering yields; what comes on top is not used.
const LOCAL: usize = 64;
const REMOTE: usize = 128;
const WAITING: usize = 64;

#[derive(Debug, Default)]
pub(in crate::connection) struct Candidates {
    local: Vec<Local>,
    remote: Vec<Candidate>,
    waiting: VecDeque<Waiting>,
    /// Loopback addresses, for when this machine is found to have no others.
    loopback: Vec<Candidate>,
}

#[derive(Debug)]
struct Local {
    found: LocalCandidate,
    candidate: Candidate,
}

#[derive(Debug)]
struct Waiting {
    username_fragment: Option<String>,
    candidate: Candidate,
}

impl Candidates {
    /// One that was found before, in the stack's form.
    pub(in crate::connection) fn known_local(&self, found: &LocalCandidate) -> Option<Candidate> {
        let known = self.local.iter().find(|known| known.found == *found)?;
        Some(known.candidate.clone())
    }

    /// Takes a new one in, and gives the stack's form of it.
    pub(in crate::connection) fn add_local(&mut self, found: LocalCandidate) -> Option<Candidate> {
        if self.local.len() >= LOCAL {
            return None;
        }
        let candidate = stack_candidate(&found)?;
        self.local.push(Local {
            found,
            candidate: candidate.clone(),
        });
        Some(candidate)
    }

    /// What the stack made of it, with its priority.
    pub(in crate::connection) fn set_local(&mut self, candidate: Candidate) {
        let known = self.local.iter_mut().find(|local| {
            local.candidate.addr() == candidate.addr() && local.candidate.kind() == candidate.kind()
        });
        if let Some(local) = known {
            local.candidate = candidate;
        }
    }

    /// A way that is gone: its candidates, in the stack's form.
    pub(in crate::connection) fn remove_local(&mut self, address: SocketAddr) -> Vec<Candidate> {
        let (gone, left) = self.local.drain(..).partition(|local| {
            let base = match local.found.kind {
                CandidateKind::ServerReflexive { base, .. } => base,
                CandidateKind::Host | CandidateKind::Relayed { .. } => local.found.address,
            };
            local.found.address == address || base == address
        });
        self.local = left;
        let gone: Vec<Local> = gone;
        gone.into_iter().map(|local| local.candidate).collect()
    }

    /// Keeps a candidate whose credentials are not agreed yet. The oldest go when there are too
    /// many.
    pub(in crate::connection) fn wait(
        &mut self,
        candidate: Candidate,
        username_fragment: Option<String>,
    ) {
        if self.waiting.len() >= WAITING {
            self.waiting.pop_front();
        }
        self.waiting.push_back(Waiting {
            username_fragment,
            candidate,
        });
    }

    /// What waited for these credentials. Without any it was meant for whatever comes first.
    pub(in crate::connection) fn take_waiting(
        &mut self,
        username_fragment: &str,
    ) -> Vec<Candidate> {
        let (ready, left): (Vec<Waiting>, _) = self.waiting.drain(..).partition(|waiting| {
            let fragment = waiting.username_fragment.as_ref();
            fragment.is_none_or(|fragment| fragment == username_fragment)
        });
        self.waiting = left.into();
        ready.into_iter().map(|waiting| waiting.candidate).collect()
    }

    /// Whether it is new and may be used.
    pub(in crate::connection) fn add_remote(&mut self, candidate: &Candidate) -> bool {
        if self.remote.len() >= REMOTE || self.remote.contains(candidate) {
            return false;
        }
        self.remote.push(candidate.clone());
        true
    }

    pub(in crate::connection) fn forget_remote(&mut self) {
        self.remote.clear();
        self.loopback.clear();
    }

    pub(in crate::connection) fn has_loopback(&self) -> bool {
        self.local.iter().any(|local| {
            let reaches = match local.found.kind {
                CandidateKind::Host | CandidateKind::Relayed { .. } => true,
                CandidateKind::ServerReflexive { .. } => false,
            };
            reaches && local.found.address.ip().is_loopback()
        })
    }

    pub(in crate::connection) fn keep_loopback(&mut self, candidate: Candidate) {
        if self.loopback.len() < WAITING {
            self.loopback.push(candidate);
        }
    }

    pub(in crate::connection) fn take_loopback(&mut self) -> Vec<Candidate> {
        std::mem::take(&mut self.loopback)
    }

    /// The entries of the statistics. Among the remote addresses that are reached may be some that
    /// nobody told (peer reflexive).
    pub(in crate::connection) fn statistics(
        &self,
        reached: impl Iterator<Item = SocketAddr>,
    ) -> Vec<CandidateStatistics> {
        let local = self.local.iter().map(|local| {
            let (url, relay_protocol) = origin(&local.found.kind);
            CandidateStatistics {
                relay_protocol: relay_protocol.map(str::to_owned),
                url: url.map(str::to_owned),
                ..entry(Side::Local, &local.candidate)
            }
        });
        let remote = self
            .remote
            .iter()
            .map(|candidate| entry(Side::Remote, candidate));
        let mut entries: Vec<CandidateStatistics> = local.chain(remote).collect();
        for address in reached {
            let id = id(Side::Remote, address);
            if !entries.iter().any(|entry| entry.id == id) {
                entries.push(CandidateStatistics {
                    id,
                    is_remote: true,
                    candidate_type: "prflx".to_owned(),
                    protocol: "udp".to_owned(),
                    address: Some(address.ip().to_string()),
                    port: address.port(),
                    ..CandidateStatistics::default()
                });
            }
        }
        entries
    }

    /// The entry of the local way that packets leave by, which the stack names by its base.
    pub(in crate::connection) fn local_id(&self, base: SocketAddr) -> Option<String> {
        self.local
            .iter()
            .find(|local| local.candidate.addr() == base)
            .map(|local| id(Side::Local, local.candidate.addr()))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::connection) enum Side {
    Local,
    Remote,
}

pub(in crate::connection) fn id(side: Side, address: SocketAddr) -> String {
    match side {
        Side::Local => format!("L{address}"),
        Side::Remote => format!("R{address}"),
    }
}

fn entry(side: Side, candidate: &Candidate) -> CandidateStatistics {
    CandidateStatistics {
        id: id(side, candidate.addr()),
        is_remote: side == Side::Remote,
        candidate_type: candidate.kind().to_string(),
        protocol: match candidate.proto() {
            Protocol::Udp => "udp",
            Protocol::Tcp | Protocol::SslTcp | Protocol::Tls => "tcp",
        }
        .to_owned(),
        relay_protocol: None,
        address: Some(candidate.addr().ip().to_string()),
        port: candidate.addr().port(),
        priority: candidate.prio(),
        url: None,
    }
}

/// The server it came from, and how a relay is reached.
pub(in crate::connection) fn origin(kind: &CandidateKind) -> (Option<&str>, Option<&'static str>) {
    match kind {
        CandidateKind::Host => (None, None),
        CandidateKind::ServerReflexive { url, .. } => (Some(url), None),
        CandidateKind::Relayed { url, by, .. } => {
            let by = match by {
                RelayTransport::Udp => "udp",
                RelayTransport::Tcp => "tcp",
                RelayTransport::Tls => "tls",
            };
            (Some(url), Some(by))
        }
    }
}

/// To a peer every way of ours is UDP; a relay that is reached by TCP still sends UDP.
fn stack_candidate(found: &LocalCandidate) -> Option<Candidate> {
    let candidate = match &found.kind {
        CandidateKind::Host => Candidate::host(found.address, Protocol::Udp),
        CandidateKind::ServerReflexive { base, .. } => {
            Candidate::server_reflexive(found.address, *base, Protocol::Udp)
        }
        CandidateKind::Relayed { local, .. } => {
            // The stack wants both of one family; what it is told as local goes nowhere.
            let local = if local.is_ipv4() == found.address.is_ipv4() {
                *local
            } else {
                found.address
            };
            Candidate::relayed(found.address, local, Protocol::Udp)
        }
    };
    candidate.ok()
}

/// In the stack's form, at the address that it names or that its name was found to have.
pub(in crate::connection) fn stack_remote(
    told: &RemoteCandidate,
    address: SocketAddr,
) -> Candidate {
    Candidate::from_parts(
        told.foundation.clone(),
        1,
        match told.protocol {
            CandidateProtocol::Udp => Protocol::Udp,
            CandidateProtocol::Tcp => Protocol::Tcp,
        },
        told.priority,
        address,
        match told.kind {
            CandidateType::Host => StackKind::Host,
            CandidateType::ServerReflexive => StackKind::ServerReflexive,
            CandidateType::PeerReflexive => StackKind::PeerReflexive,
            CandidateType::Relay => StackKind::Relayed,
        },
        None,
        told.tcp_type.map(|tcp_type| match tcp_type {
            TcpCandidateType::Active => TcpType::Active,
            TcpCandidateType::Passive => TcpType::Passive,
            TcpCandidateType::So => TcpType::So,
        }),
        None,
    )
}

/// Whether the address hides behind a name (draft-ietf-mmusic-mdns-ice-candidates).
pub(in crate::connection) fn is_hidden(address: &str) -> bool {
    address.to_ascii_lowercase().ends_with(".local")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_names() {
        for (address, expect) in [
            ("1f4712db-ea17.local", true),
            ("HOST.LOCAL", true),
            ("192.0.2.1", false),
            ("host.example.org", false),
            ("local", false),
            ("", false),
        ] {
            assert_eq!(is_hidden(address), expect, "{address:?}");
        }
    }

    #[test]
    fn candidates_wait_for_their_credentials_and_only_so_many() {
        let candidate = |port: u16| {
            let told = RemoteCandidate {
                foundation: "1".to_owned(),
                protocol: CandidateProtocol::Udp,
                priority: 2_113_937_151,
                address: "192.0.2.1".to_owned(),
                port,
                kind: CandidateType::Host,
                tcp_type: None,
            };
            stack_remote(&told, SocketAddr::from(([192, 0, 2, 1], port)))
        };
        let mut candidates = Candidates::default();
        candidates.wait(candidate(1), Some("first".to_owned()));
        candidates.wait(candidate(2), Some("second".to_owned()));
        candidates.wait(candidate(3), None);
        let ports = |candidates: Vec<Candidate>| -> Vec<u16> {
            candidates
                .iter()
                .map(|candidate| candidate.addr().port())
                .collect()
        };
        assert_eq!(ports(candidates.take_waiting("first")), [1, 3]);
        assert_eq!(ports(candidates.take_waiting("first")), [0_u16; 0]);
        assert_eq!(ports(candidates.take_waiting("second")), [2]);
        for port in 0..1000 {
            candidates.wait(candidate(port), None);
        }
        assert_eq!(candidates.take_waiting("third").len(), WAITING);
    }
}
