//! What each member is told to find the others with: `iceServers` of `room:joined` and
//! `ice:servers`.
//!
//! Invariant: credentials are made for one member, and are good for as long as `ice_ttl` says.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use signal_protocol::{IceServer, LeaveReason, MemberId};

use super::{Running, Secret, rules::Now, urls::UrlList};
use crate::Config;

#[derive(Debug)]
pub(crate) struct Offers {
    /// The same for everybody.
    fixed: Vec<IceServer>,
    fixed_ttl: Duration,
    turn: TurnOffers,
}

#[derive(Debug)]
enum TurnOffers {
    Off,
    Inside {
        turn: Arc<Running>,
        ttl: Duration,
    },
    /// Another program, to which the secret is known.
    Outside {
        urls: Vec<String>,
        secret: Secret,
        ttl: Duration,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offer {
    pub(crate) ice_servers: Vec<IceServer>,
    pub(crate) ice_ttl: Duration,
}

impl Offers {
    pub(crate) fn new(config: &Config, turn: Option<Arc<Running>>) -> Self {
        let ttl = config.turn.ttl;
        let turn = match (turn, &config.turn.secret) {
            (Some(turn), _) => TurnOffers::Inside { turn, ttl },
            (None, Some(secret)) if !config.turn.urls.is_empty() => TurnOffers::Outside {
                urls: config.turn.urls.clone(),
                secret: secret.clone(),
                ttl,
            },
            (None, _) => TurnOffers::Off,
        };
        Self {
            fixed: config.ice_servers.clone(),
            fixed_ttl: config.ice_ttl,
            turn,
        }
    }

    /// For a member of a room; `host` is what it reached the relay by.
    pub(crate) fn offer(&self, member: &MemberId, host: Option<&str>, now: Now) -> Offer {
        let mut ice_servers = self.fixed.clone();
        match &self.turn {
            TurnOffers::Off => Offer {
                ice_servers,
                ice_ttl: self.fixed_ttl,
            },
            TurnOffers::Inside { turn, ttl } => {
                let rules = &turn.server.rules;
                rules.members.renew(member, now.instant + *ttl, now.instant);
                let UrlList { stun, turn } = turn.urls.list(host);
                if !stun.is_empty() {
                    ice_servers.push(without_credentials(stun));
                }
                if !turn.is_empty() {
                    ice_servers.push(with_credentials(turn, &rules.secret, member, *ttl, now));
                }
                Offer {
                    ice_servers,
                    ice_ttl: *ttl,
                }
            }
            TurnOffers::Outside { urls, secret, ttl } => {
                ice_servers.push(with_credentials(urls.clone(), secret, member, *ttl, now));
                Offer {
                    ice_servers,
                    ice_ttl: *ttl,
                }
            }
        }
    }

    /// Its socket is gone; its place is kept for a while.
    pub(crate) fn handle_lost(&self, member: &MemberId, now: Instant) {
        match &self.turn {
            TurnOffers::Inside { turn, .. } => turn.server.rules.members.handle_lost(member, now),
            TurnOffers::Off | TurnOffers::Outside { .. } => {}
        }
    }

    /// It is no longer in its room.
    pub(crate) fn handle_gone(&self, member: &MemberId, reason: LeaveReason, now: Instant) {
        match &self.turn {
            TurnOffers::Inside { turn, .. } => {
                turn.server.rules.members.handle_gone(member, reason, now);
            }
            TurnOffers::Off | TurnOffers::Outside { .. } => {}
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
    let made = secret.credentials(member, now.unix.saturating_add(ttl.as_secs()));
    IceServer {
        urls,
        username: Some(made.username),
        credential: Some(made.password),
    }
}
