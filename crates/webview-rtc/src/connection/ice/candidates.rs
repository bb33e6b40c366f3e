//! Local and remote ICE candidates of one connection.
//!
//! Invariant: pure. A remote candidate is used only with the credentials of its ICE generation; an
//! early one is pending, and the pending list is bounded.

use std::{collections::VecDeque, net::SocketAddr};

use str0m::{
    Candidate, CandidateKind as Str0mCandidateKind,
    net::{Protocol, TcpType},
};

use crate::{
    network::{CandidateKind, LocalCandidate, RelayTransport},
    wire::{
        candidate::{CandidateProtocol, CandidateType, RemoteCandidate, TcpCandidateType},
        statistics::CandidateStatistics,
    },
};

/// More than any gathering yields; further candidates are ignored.
const MAX_LOCAL_CANDIDATES: usize = 64;
const MAX_REMOTE_CANDIDATES: usize = 128;
const MAX_PENDING_CANDIDATES: usize = 64;

#[derive(Debug, Default)]
pub(in crate::connection) struct Candidates {
    local: Vec<Local>,
    remote: Vec<Candidate>,
    pending: VecDeque<PendingCandidate>,
    /// Username fragments of the ends of candidates whose credentials are not negotiated yet.
    pending_ends: VecDeque<Option<String>>,
    /// Remote loopback candidates, used once a local host candidate is loopback too.
    pending_loopback: Vec<Candidate>,
}

#[derive(Debug)]
struct Local {
    found: LocalCandidate,
    candidate: Candidate,
}

#[derive(Debug)]
struct PendingCandidate {
    username_fragment: Option<String>,
    candidate: Candidate,
}

impl Candidates {
    /// The str0m candidate of a known local candidate.
    pub(in crate::connection) fn known_local(&self, found: &LocalCandidate) -> Option<Candidate> {
        let known = self.local.iter().find(|known| known.found == *found)?;
        Some(known.candidate.clone())
    }

    /// Adds a local candidate and returns its str0m form.
    pub(in crate::connection) fn add_local(&mut self, found: LocalCandidate) -> Option<Candidate> {
        if self.local.len() >= MAX_LOCAL_CANDIDATES {
            return None;
        }
        let candidate = str0m_local_candidate(&found)?;
        self.local.push(Local {
            found,
            candidate: candidate.clone(),
        });
        Some(candidate)
    }

    /// Replaces a local candidate by the one from str0m, which has its priority.
    pub(in crate::connection) fn set_local(&mut self, candidate: Candidate) {
        let known = self.local.iter_mut().find(|local| {
            local.candidate.addr() == candidate.addr() && local.candidate.kind() == candidate.kind()
        });
        if let Some(local) = known {
            local.candidate = candidate;
        }
    }

    /// Removes the candidates of a lost local address and returns their str0m form.
    pub(in crate::connection) fn remove_local(&mut self, address: SocketAddr) -> Vec<Candidate> {
        let (removed, left) = self.local.drain(..).partition(|local| {
            let base = match local.found.kind {
                CandidateKind::ServerReflexive { base, .. } => base,
                CandidateKind::Host | CandidateKind::Relayed { .. } => local.found.address,
            };
            local.found.address == address || base == address
        });
        self.local = left;
        let removed: Vec<Local> = removed;
        removed.into_iter().map(|local| local.candidate).collect()
    }

    /// Keeps a candidate whose credentials are not negotiated yet. Drops the oldest beyond the
    /// limit.
    pub(in crate::connection) fn add_pending(
        &mut self,
        candidate: Candidate,
        username_fragment: Option<String>,
    ) {
        if self.pending.len() >= MAX_PENDING_CANDIDATES {
            self.pending.pop_front();
        }
        self.pending.push_back(PendingCandidate {
            username_fragment,
            candidate,
        });
    }

    /// Takes the pending candidates of these credentials. Candidates without a username fragment
    /// belong to the first session.
    pub(in crate::connection) fn take_pending(
        &mut self,
        username_fragment: &str,
    ) -> Vec<Candidate> {
        let (ready, left): (Vec<PendingCandidate>, _) =
            self.pending.drain(..).partition(|pending| {
                let fragment = pending.username_fragment.as_ref();
                fragment.is_none_or(|fragment| fragment == username_fragment)
            });
        self.pending = left.into();
        ready.into_iter().map(|pending| pending.candidate).collect()
    }

    /// Keeps an end of candidates whose credentials are not negotiated yet.
    pub(in crate::connection) fn add_pending_end(&mut self, username_fragment: Option<String>) {
        if self.pending_ends.len() >= MAX_PENDING_CANDIDATES {
            self.pending_ends.pop_front();
        }
        self.pending_ends.push_back(username_fragment);
    }

    /// Takes the end of candidates of these credentials. False: there is none.
    pub(in crate::connection) fn take_pending_end(&mut self, username_fragment: &str) -> bool {
        let before = self.pending_ends.len();
        self.pending_ends.retain(|fragment| {
            fragment
                .as_ref()
                .is_some_and(|fragment| fragment != username_fragment)
        });
        self.pending_ends.len() < before
    }

    /// Adds a remote candidate; false if it is a duplicate or exceeds the limit.
    pub(in crate::connection) fn add_remote(&mut self, candidate: &Candidate) -> bool {
        if self.remote.len() >= MAX_REMOTE_CANDIDATES || self.remote.contains(candidate) {
            return false;
        }
        self.remote.push(candidate.clone());
        true
    }

    pub(in crate::connection) fn clear_remote(&mut self) {
        self.remote.clear();
        self.pending_loopback.clear();
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

    pub(in crate::connection) fn add_pending_loopback(&mut self, candidate: Candidate) {
        if self.pending_loopback.len() < MAX_PENDING_CANDIDATES {
            self.pending_loopback.push(candidate);
        }
    }

    pub(in crate::connection) fn take_pending_loopback(&mut self) -> Vec<Candidate> {
        std::mem::take(&mut self.pending_loopback)
    }

    /// Statistics of all candidates. Addresses in `reached` without a signaled candidate are peer
    /// reflexive.
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

    /// Id of the local candidate with this base address; str0m names the selected one by its base.
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

/// URL of the ICE server, and the transport to the relay.
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

/// Always UDP: a relay reached by TCP or TLS still sends UDP to the peer.
fn str0m_local_candidate(found: &LocalCandidate) -> Option<Candidate> {
    let candidate = match &found.kind {
        CandidateKind::Host => Candidate::host(found.address, Protocol::Udp),
        CandidateKind::ServerReflexive { base, .. } => {
            Candidate::server_reflexive(found.address, *base, Protocol::Udp)
        }
        CandidateKind::Relayed { local, .. } => {
            // str0m requires both addresses of one family. It does not send the local one.
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

/// The str0m form of a remote candidate, at its address or at the address of its resolved name.
pub(in crate::connection) fn str0m_remote_candidate(
    remote: &RemoteCandidate,
    address: SocketAddr,
) -> Candidate {
    Candidate::from_parts(
        remote.foundation.clone(),
        1,
        match remote.protocol {
            CandidateProtocol::Udp => Protocol::Udp,
            CandidateProtocol::Tcp => Protocol::Tcp,
        },
        remote.priority,
        address,
        match remote.kind {
            CandidateType::Host => Str0mCandidateKind::Host,
            CandidateType::ServerReflexive => Str0mCandidateKind::ServerReflexive,
            CandidateType::PeerReflexive => Str0mCandidateKind::PeerReflexive,
            CandidateType::Relay => Str0mCandidateKind::Relayed,
        },
        None,
        remote.tcp_type.map(|tcp_type| match tcp_type {
            TcpCandidateType::Active => TcpType::Active,
            TcpCandidateType::Passive => TcpType::Passive,
            TcpCandidateType::So => TcpType::So,
        }),
        None,
    )
}

/// Whether the address is an mDNS name (draft-ietf-mmusic-mdns-ice-candidates).
pub(in crate::connection) fn is_mdns_name(address: &str) -> bool {
    address.to_ascii_lowercase().ends_with(".local")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_names_are_mdns_names() {
        for (address, expect) in [
            ("1f4712db-ea17.local", true),
            ("HOST.LOCAL", true),
            ("192.0.2.1", false),
            ("host.example.org", false),
            ("local", false),
            ("", false),
        ] {
            assert_eq!(is_mdns_name(address), expect, "{address:?}");
        }
    }

    #[test]
    fn pending_candidates_match_their_credentials_and_are_bounded() {
        let candidate = |port: u16| {
            let remote = RemoteCandidate {
                foundation: "1".to_owned(),
                protocol: CandidateProtocol::Udp,
                priority: 2_113_937_151,
                address: "192.0.2.1".to_owned(),
                port,
                kind: CandidateType::Host,
                tcp_type: None,
            };
            str0m_remote_candidate(&remote, SocketAddr::from(([192, 0, 2, 1], port)))
        };
        let mut candidates = Candidates::default();
        candidates.add_pending(candidate(1), Some("first".to_owned()));
        candidates.add_pending(candidate(2), Some("second".to_owned()));
        candidates.add_pending(candidate(3), None);
        let ports = |candidates: Vec<Candidate>| -> Vec<u16> {
            candidates
                .iter()
                .map(|candidate| candidate.addr().port())
                .collect()
        };
        assert_eq!(ports(candidates.take_pending("first")), [1, 3]);
        assert_eq!(ports(candidates.take_pending("first")), [0_u16; 0]);
        assert_eq!(ports(candidates.take_pending("second")), [2]);
        for port in 0..1000 {
            candidates.add_pending(candidate(port), None);
        }
        assert_eq!(
            candidates.take_pending("third").len(),
            MAX_PENDING_CANDIDATES
        );
    }
}
