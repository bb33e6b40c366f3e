//! Passes ICE candidates to str0m, and local ones to the page.
//!
//! Invariant: a local candidate has the username fragment it was gathered for, also while older
//! credentials are in use.

use std::{
    net::{IpAddr, SocketAddr},
    time::Instant,
};

use str0m::{Candidate, net::Protocol};

use super::{RtcSession, str0m_config::str0m_credentials};
use crate::{
    connection::{
        ConnectionEvent, IgnoredCandidate,
        ice::candidates,
        remote_address::{self, Verdict},
        validate,
    },
    network::LocalCandidate,
    wire::{candidate::RemoteCandidate, negotiated::IceCredentials},
};

impl RtcSession {
    /// Sets the credentials of the local candidates that follow.
    pub fn handle_gather(&mut self, local: IceCredentials) {
        if self.negotiated.is_none() && validate::credentials("local", &local).is_ok() {
            let credentials = str0m_credentials(&local);
            self.rtc.direct_api().set_local_ice_credentials(credentials);
        }
        self.gathering = Some(local);
        self.ice.handle_gather();
    }

    pub fn handle_local_candidate(&mut self, found: LocalCandidate, now: Instant) {
        let url = candidates::origin(&found.kind).0.map(str::to_owned);
        let known = self.candidates.known_local(&found);
        let Some(mut candidate) = known.or_else(|| self.add_local(found, now)) else {
            return;
        };
        if let Some(gathering) = &self.gathering {
            candidate.set_ufrag(&gathering.username_fragment);
            self.events.push_back(ConnectionEvent::Candidate {
                candidate: candidate.to_sdp_string(),
                username_fragment: gathering.username_fragment.clone(),
                url,
            });
        }
        self.drive(now);
    }

    pub fn handle_candidate_error(
        &mut self,
        url: String,
        code: u16,
        text: String,
        address: Option<String>,
        port: Option<u16>,
    ) {
        self.events.push_back(ConnectionEvent::CandidateError {
            url,
            code,
            text,
            address,
            port,
        });
    }

    pub fn handle_gathering_complete(&mut self) {
        if let Some(gathering) = &self.gathering {
            self.events.push_back(ConnectionEvent::GatheringComplete {
                username_fragment: gathering.username_fragment.clone(),
            });
            self.ice.handle_local_end();
            self.emit_ice_state();
        }
    }

    /// The peer has no more candidates for these credentials; `None` means the current ones.
    pub fn handle_remote_end(&mut self, username_fragment: Option<String>) {
        if self.is_current(username_fragment.as_deref()) {
            self.ice.handle_remote_end();
            self.emit_ice_state();
        } else {
            self.candidates.add_pending_end(username_fragment);
        }
    }

    /// Removes the candidates of a lost local address.
    pub fn handle_lost(&mut self, address: SocketAddr, now: Instant) {
        for candidate in self.candidates.remove_local(address) {
            self.rtc.direct_api().invalidate_candidate(&candidate);
        }
        self.drive(now);
    }

    /// Adds a remote candidate with its address, or the address of its resolved name.
    ///
    /// # Errors
    /// The reason for not checking the candidate.
    pub fn handle_remote_candidate(
        &mut self,
        remote: &RemoteCandidate,
        address: IpAddr,
        username_fragment: Option<String>,
        now: Instant,
    ) -> Result<(), IgnoredCandidate> {
        let address = SocketAddr::new(address.to_canonical(), remote.port);
        if let Verdict::Ignore(reason) = remote_address::check_address(address, remote.protocol) {
            return Err(reason);
        }
        let candidate = candidates::str0m_remote_candidate(remote, address);
        if self.is_current(username_fragment.as_deref()) {
            self.use_remote(candidate, now);
            self.drive(now);
        } else {
            self.candidates.add_pending(candidate, username_fragment);
        }
        Ok(())
    }

    /// Whether the remote credentials with this username fragment are in use. Without one, those in
    /// use are meant.
    fn is_current(&self, username_fragment: Option<&str>) -> bool {
        let Some(negotiated) = &self.negotiated else {
            return false;
        };
        username_fragment.is_none_or(|given| given == negotiated.remote.username_fragment)
    }

    fn add_local(&mut self, found: LocalCandidate, now: Instant) -> Option<Candidate> {
        let candidate = self.candidates.add_local(found)?;
        let Some(added) = self.rtc.add_local_candidate(candidate.clone()) else {
            // Redundant for str0m (RFC 8445, 5.1.3); the peer may still receive it.
            return Some(candidate);
        };
        self.candidates.set_local(added.clone());
        let added = added.clone();
        self.ice.handle_candidate(now);
        if self.candidates.has_loopback() {
            for candidate in self.candidates.take_pending_loopback() {
                self.use_remote(candidate, now);
            }
        }
        Some(added)
    }

    pub(super) fn use_remote(&mut self, candidate: Candidate, now: Instant) {
        if candidate.addr().ip().is_loopback() && !self.candidates.has_loopback() {
            self.candidates.add_pending_loopback(candidate);
            return;
        }
        if self.candidates.add_remote(&candidate) {
            // Local candidates are UDP, so no pair has another one.
            if candidate.proto() == Protocol::Udp {
                self.ice.handle_remote_candidate(now);
            }
            self.rtc.add_remote_candidate(candidate);
        }
    }
}
