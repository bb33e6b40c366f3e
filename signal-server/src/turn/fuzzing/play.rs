//! The rules, two clients of two members, and what is known of them from outside.
//!
//! Invariant: what it expects it computes from the steps alone, not from the rules' own tables.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use signal_protocol::{LeaveReason, MemberId};
use stun_types::message::{Message, MessageClass};

use super::step::{Asked, Asks, Proof, Signature, Step};
use crate::{
    metrics::TurnCounters,
    turn::{
        allocation::{Allocation, LIFETIME},
        consent::PeerConsent,
        frames::is_message,
        members::{Members, Place},
        nonces::Nonces,
        peers::Peers,
        ports::Ports,
        rules::{Held, Now, Outcome, Rules},
        secret::Secret,
    },
};

const HOUR: u64 = 3600;
/// A channel's; a permission is shorter.
const LONGEST_PERMISSION: Duration = Duration::from_secs(600);
/// What an answer may be longer than its request by: nobody is to be flooded through us.
const GROWS: usize = 200;

#[derive(Debug)]
pub(super) struct Play {
    rules: Rules,
    now: Now,
    clients: [Client; 2],
    turn: usize,
}

#[derive(Debug)]
struct Client {
    address: SocketAddr,
    member: MemberId,
    held: Option<(Allocation, Place)>,
    /// Every peer that a granted request has named, and when.
    asked_for: HashMap<IpAddr, Instant>,
}

/// What is known of a message before the rules see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Proved {
    Yes,
    No,
}

impl Play {
    pub(super) fn begin() -> Self {
        let client = |port, member| Client {
            address: SocketAddr::from(([192, 0, 2, 1], port)),
            member: MemberId::new(member),
            held: None,
            asked_for: HashMap::new(),
        };
        let play = Self {
            rules: Rules {
                secret: Secret::new("long enough"),
                nonces: Nonces::new(&[1; 32]),
                members: Members::new(2, 0, 100),
                peers: Peers::new(vec![], vec![IpAddr::from([8, 8, 8, 8])]),
                ports: Arc::new(Ports::new(50_000..=50_100)),
                consent: PeerConsent::Waived,
                counters: TurnCounters::unseen(),
            },
            now: Now {
                instant: Instant::now(),
                unix: 1_000_000,
            },
            clients: [client(1000, "ann"), client(1001, "bob")],
            turn: 0,
        };
        play.renew(0);
        play.renew(1);
        play
    }

    pub(super) fn take(&mut self, step: &Step<'_>) {
        let member = self.clients[self.turn].member.clone();
        match step {
            Step::Turn => self.turn = 1 - self.turn,
            Step::Bytes(bytes) => self.send(bytes, Proved::No, None),
            Step::Ask(asked) => {
                let signature = self.signature(asked.proof);
                let proved = match signature {
                    Some(_) => Proved::Yes,
                    None => Proved::No,
                };
                self.send(&asked.write(signature), proved, Some(asked));
            }
            Step::Wait(seconds) => {
                self.now.instant += Duration::from_secs(u64::from(*seconds));
                self.now.unix += u64::from(*seconds);
                for client in &mut self.clients {
                    let now = self.now.instant;
                    client.held.take_if(|(held, _)| held.expires <= now);
                }
            }
            Step::Renew => self.renew(self.turn),
            Step::Leave => {
                self.rules
                    .members
                    .handle_gone(&member, LeaveReason::Left, self.now.instant)
            }
            Step::Lose => {
                self.rules
                    .members
                    .handle_gone(&member, LeaveReason::Lost, self.now.instant)
            }
        }
    }

    fn renew(&self, client: usize) {
        let until = self.now.instant + Duration::from_secs(HOUR);
        let member = &self.clients[client].member;
        self.rules.members.renew(member, until, self.now.instant);
    }

    fn signature(&self, proof: Proof) -> Option<Signature> {
        let client = &self.clients[self.turn];
        let (member, drawn) = match proof {
            Proof::None => return None,
            Proof::Own => (&client.member, self.now.unix),
            Proof::Other => (&self.clients[1 - self.turn].member, self.now.unix),
            Proof::Stale => (&client.member, self.now.unix - 2 * HOUR),
        };
        // The same for an hour, as the relay would have given them.
        let expires = (self.now.unix / HOUR + 1) * HOUR;
        let made = self.rules.secret.credentials(member, expires);
        Some(Signature {
            username: made.username,
            password: made.password,
            nonce: self.rules.nonces.draw(client.address, drawn),
        })
    }

    fn send(&mut self, bytes: &[u8], proved: Proved, asked: Option<&Asked<'_>>) {
        let now = self.now;
        let client = &mut self.clients[self.turn];
        let before = client.held.is_some();
        let held = client.held.as_mut().map(|(allocation, place)| Held {
            allocation,
            member: &place.member,
        });
        match self.rules.handle(now, client.address, held, bytes) {
            Outcome::Silence => {}
            Outcome::Answer(answer) => {
                if answers(bytes, &answer) == MessageClass::Success {
                    client.was_granted(asked, now.instant);
                }
            }
            Outcome::Release(answer) => {
                assert_eq!(answers(bytes, &answer), MessageClass::Success);
                assert_eq!(
                    (proved, before),
                    (Proved::Yes, true),
                    "released by a stranger"
                );
                client.held = None;
                client.asked_for.clear();
            }
            Outcome::Allocate(wanted) => {
                assert_eq!((proved, before), (Proved::Yes, false), "for a stranger");
                let relayed = SocketAddr::from(([8, 8, 8, 8], 50_000));
                let (allocation, answer) = wanted.grant(relayed, now.instant);
                let answer = answer.unwrap_or_default();
                assert_eq!(answers(bytes, &answer), MessageClass::Success);
                assert!(allocation.expires <= now.instant + LIFETIME);
                client.held = Some((allocation, wanted.place));
                client.asked_for.clear();
            }
            Outcome::Relay { peer, payload } => {
                assert!(before && payload.len() <= bytes.len());
                assert!(!is_inside(peer.ip()), "relayed to {peer}");
                assert_ne!(peer.to_string(), "8.8.8.8:22");
                let asked_for = client.asked_for.get(&peer.ip());
                let permitted = asked_for.is_some_and(|at| now.instant - *at < LONGEST_PERMISSION);
                assert!(permitted, "relayed to {peer}, for which nobody asked");
            }
        }
    }
}

impl Client {
    fn was_granted(&mut self, asked: Option<&Asked<'_>>, now: Instant) {
        let Some(asked) = asked else { return };
        match asked.method {
            Asks::CreatePermission | Asks::ChannelBind | Asks::Other(_) => {
                let peers = asked.peers().map(|peer| (peer.ip(), now));
                self.asked_for.extend(peers);
            }
            Asks::Allocate | Asks::Refresh | Asks::Binding | Asks::Send => {}
        }
    }
}

/// The class of the answer, which is one message, for this request, and not much longer.
fn answers(request: &[u8], answer: &[u8]) -> MessageClass {
    assert!(is_message(answer));
    assert!(answer.len() <= request.len() + GROWS, "{}", answer.len());
    assert_eq!(answer.get(4..20), request.get(4..20), "of another request");
    let class = Message::from_bytes(answer).map(|message| message.class());
    let class = class.unwrap_or(MessageClass::Indication);
    assert!(matches!(class, MessageClass::Success | MessageClass::Error));
    class
}

/// By the standard library's own judgement.
fn is_inside(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            ip.is_loopback()
                || ip.is_private()
                || ip.is_link_local()
                || ip.is_multicast()
                || ip.is_broadcast()
                || ip.is_unspecified()
                || ip.is_documentation()
        }
        IpAddr::V6(ip) => {
            ip.is_loopback()
                || ip.is_unique_local()
                || ip.is_unicast_link_local()
                || ip.is_multicast()
                || ip.is_unspecified()
        }
    }
}
