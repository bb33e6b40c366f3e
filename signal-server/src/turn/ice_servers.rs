//! ICE servers for each member: `iceServers` of `room:joined` and `ice:servers`.
//!
//! Invariant: credentials belong to one member and expire after `ice_ttl`.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use signal_protocol::{IceServer, LeaveReason, MemberId};

use super::{Running, Secret, rules::Now, urls::UrlList};
use crate::Config;

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
        turn: Arc<Running>,
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
    pub(crate) fn new(config: &Config, turn: Option<Arc<Running>>) -> Self {
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
                let rules = &turn.server.rules;
                rules.members.renew(member, now.instant + *ttl, now.instant);
                let UrlList { stun, turn } = turn.urls.list(host);
                if !stun.is_empty() {
                    ice_servers.push(without_credentials(stun));
                }
                if !turn.is_empty() {
                    ice_servers.push(with_credentials(turn, &rules.secret, member, *ttl, now));
                }
                IceServerList {
                    ice_servers,
                    ice_ttl: *ttl,
                }
            }
            TurnSource::External { urls, secret, ttl } => {
                ice_servers.push(with_credentials(urls.clone(), secret, member, *ttl, now));
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
            TurnSource::Internal { turn, .. } => turn.server.rules.members.handle_lost(member, now),
            TurnSource::Off | TurnSource::External { .. } => {}
        }
    }

    /// The member is no longer in its room.
    pub(crate) fn handle_gone(&self, member: &MemberId, reason: LeaveReason, now: Instant) {
        match &self.turn {
            TurnSource::Internal { turn, .. } => {
                turn.server.rules.members.handle_gone(member, reason, now);
            }
            TurnSource::Off | TurnSource::External { .. } => {}
        }
    }
}

fn without_credentials(urls: Vec<String>) -> IceServer {
    IceServer {
        urls,
        username: None,
        credential: None,
    }
}

fn with_credentials(
    urls: Vec<String>,
    secret: &Secret,
    member: &MemberId,
    ttl: Duration,
    now: Now,
) -> IceServer {
    let credentials = secret.credentials(member, now.unix.saturating_add(ttl.as_secs()));
    IceServer {
        urls,
        username: Some(credentials.username),
        credential: Some(credentials.password),
    }
}
