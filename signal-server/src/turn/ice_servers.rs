//! ICE servers for each member: `iceServers` of `room:joined` and `ice:servers`.
//!
//! Invariant: credentials belong to one member and expire after `ice_ttl`.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use signal_protocol::{IceServer, LeaveReason, MemberId};

use turn_server::{Credentials, Secret};

use super::{Turn, urls::UrlList};
use crate::{Config, clock::Now};

#[derive(Debug)]
pub(crate) struct IceServers {
    /// The same for all members.
    fixed: Vec<IceServer>,
    fixed_ttl: Duration,
    turn: TurnSource,
}

#[derive(Debug)]
enum TurnSource {
    Off,
    Internal {
        turn: Arc<Turn>,
        ttl: Duration,
    },
    /// Another TURN server that shares the secret.
    External {
        urls: Vec<String>,
        secret: Secret,
        ttl: Duration,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IceServerList {
    pub(crate) ice_servers: Vec<IceServer>,
    pub(crate) ice_ttl: Duration,
}

impl IceServers {
    pub(crate) fn new(config: &Config, turn: Option<Arc<Turn>>) -> Self {
        let ttl = config.turn.ttl;
        let turn = match (turn, &config.turn.secret) {
            (Some(turn), _) => TurnSource::Internal { turn, ttl },
            (None, Some(secret)) if !config.turn.urls.is_empty() => TurnSource::External {
                urls: config.turn.urls.clone(),
                secret: secret.clone(),
                ttl,
            },
            (None, _) => TurnSource::Off,
        };
        Self {
            fixed: config.ice_servers.clone(),
            fixed_ttl: config.ice_ttl,
            turn,
        }
    }

    /// The list for a member of a room. `host` is the name or address that the member used for the
    /// relay.
    pub(crate) fn list_for(
        &self,
        member: &MemberId,
        host: Option<&str>,
        now: Now,
    ) -> IceServerList {
        let mut ice_servers = self.fixed.clone();
        match &self.turn {
            TurnSource::Off => IceServerList {
                ice_servers,
                ice_ttl: self.fixed_ttl,
            },
            TurnSource::Internal { turn, ttl } => {
                let at = turn_server::Now {
                    instant: now.instant,
                    unix: now.unix,
                };
                let credentials = turn
                    .server
                    .issue_credentials(&turn_member(member), *ttl, at);
                let UrlList { stun, turn } = turn.urls.list(host);
                if !stun.is_empty() {
                    ice_servers.push(without_credentials(stun));
                }
                if !turn.is_empty() {
                    ice_servers.push(with_credentials(turn, credentials));
                }
                IceServerList {
                    ice_servers,
                    ice_ttl: *ttl,
                }
            }
            TurnSource::External { urls, secret, ttl } => {
                let expires = now.unix.saturating_add(ttl.as_secs());
                let credentials = secret.credentials(&turn_member(member), expires);
                ice_servers.push(with_credentials(urls.clone(), credentials));
                IceServerList {
                    ice_servers,
                    ice_ttl: *ttl,
                }
            }
        }
    }

    /// The signaling connection is lost. The member may resume during the grace period.
    pub(crate) fn handle_lost(&self, member: &MemberId, now: Instant) {
        match &self.turn {
            TurnSource::Internal { turn, .. } => turn.server.handle_lost(&turn_member(member), now),
            TurnSource::Off | TurnSource::External { .. } => {}
        }
    }

    /// The member is no longer in its room.
    pub(crate) fn handle_gone(&self, member: &MemberId, reason: LeaveReason, now: Instant) {
        match &self.turn {
            TurnSource::Internal { turn, .. } => {
                let reason = match reason {
                    LeaveReason::Left => turn_server::LeaveReason::Left,
                    LeaveReason::Removed => turn_server::LeaveReason::Removed,
                    LeaveReason::Lost => turn_server::LeaveReason::Lost,
                };
                turn.server.handle_gone(&turn_member(member), reason, now);
            }
            TurnSource::Off | TurnSource::External { .. } => {}
        }
    }
}

fn turn_member(member: &MemberId) -> turn_server::MemberId {
    turn_server::MemberId::new(member.as_str())
}

fn without_credentials(urls: Vec<String>) -> IceServer {
    IceServer {
        urls,
        username: None,
        credential: None,
    }
}

fn with_credentials(urls: Vec<String>, credentials: Credentials) -> IceServer {
    IceServer {
        urls,
        username: Some(credentials.username),
        credential: Some(credentials.password),
    }
}
