//! Model of the TURN rules with two clients of two members.
//!
//! Invariant: the model computes its expectations from the steps alone, not from the state of the
//! rules.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use stun_types::message::{Message, MessageClass};

use super::step::{Proof, REALM, Request, RequestMethod, Signature, Step};
use crate::{
    LeaveReason, MemberId, Secret,
    rules::{
        ClientAllocation, Now, Outcome, Rules,
        allocation::{Allocation, MAX_LIFETIME},
        bandwidth::Bandwidth,
        consent::PeerConsent,
        frames::is_message,
        members::{AllocationSlot, Members},
        nonces::Nonces,
        peer_policy::PeerPolicy,
        ports::Ports,
    },
};

const HOUR: u64 = 3600;
/// Lifetime of a channel. The lifetime of a permission is shorter.
const MAX_PERMISSION_LIFETIME: Duration = Duration::from_secs(600);
/// A response is at most this much longer than its request, so the server is no amplifier.
const MAX_AMPLIFICATION_BYTES: usize = 200;

#[derive(Debug)]
pub(super) struct RulesModel {
    rules: Rules,
    now: Now,
    clients: [Client; 2],
    active_client: usize,
}

#[derive(Debug)]
struct Client {
    address: SocketAddr,
    member: MemberId,
    allocation: Option<(Allocation, AllocationSlot)>,
    /// Every peer of a successful request, and the time of the request.
    requested_peers: HashMap<IpAddr, Instant>,
}

/// Whether a message carries valid credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ProofState {
    Yes,
    No,
}

impl RulesModel {
    pub(super) fn new() -> Self {
        let client = |port, member| Client {
            address: SocketAddr::from(([192, 0, 2, 1], port)),
            member: MemberId::new(member),
            allocation: None,
            requested_peers: HashMap::new(),
        };
        let now = Instant::now();
        let model = Self {
            rules: Rules {
                realm: REALM.to_owned(),
                secret: Secret::new("long enough"),
                nonces: Nonces::new(&[1; 32]),
                members: Members::new(2, 0, 100),
                total_bandwidth: Bandwidth::new(0, now),
                peer_policy: PeerPolicy::new(vec![], vec![IpAddr::from([8, 8, 8, 8])]),
                ports: Arc::new(Ports::new(50_000..=50_100)),
                consent: PeerConsent::Waived,
                counters: Arc::default(),
            },
            now: Now {
                instant: now,
                unix: 1_000_000,
            },
            clients: [client(1000, "ann"), client(1001, "bob")],
            active_client: 0,
        };
        model.renew(0);
        model.renew(1);
        model
    }

    pub(super) fn run_step(&mut self, step: &Step<'_>) {
        let member = self.clients[self.active_client].member.clone();
        match step {
            Step::SwitchClient => self.active_client = 1 - self.active_client,
            Step::Bytes(bytes) => self.send(bytes, ProofState::No, None),
            Step::Send(request) => {
                let signature = self.signature(request.proof);
                let proof = match signature {
                    Some(_) => ProofState::Yes,
                    None => ProofState::No,
                };
                self.send(&request.encode(signature), proof, Some(request));
            }
            Step::Wait(seconds) => {
                self.now.instant += Duration::from_secs(u64::from(*seconds));
                self.now.unix += u64::from(*seconds);
                for client in &mut self.clients {
                    let now = self.now.instant;
                    client
                        .allocation
                        .take_if(|(allocation, _)| allocation.expires <= now);
                }
            }
            Step::Renew => self.renew(self.active_client),
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
        let client = &self.clients[self.active_client];
        let (member, issued) = match proof {
            Proof::None => return None,
            Proof::Own => (&client.member, self.now.unix),
            Proof::Other => (&self.clients[1 - self.active_client].member, self.now.unix),
            Proof::Stale => (&client.member, self.now.unix - 2 * HOUR),
        };
        // The same credentials for an hour, as a member that asks twice gets.
        let expires = (self.now.unix / HOUR + 1) * HOUR;
        let credentials = self.rules.secret.credentials(member, expires);
        Some(Signature {
            username: credentials.username,
            password: credentials.password,
            nonce: self.rules.nonces.issue(client.address, issued),
        })
    }

    fn send(&mut self, bytes: &[u8], proof: ProofState, request: Option<&Request<'_>>) {
        let now = self.now;
        let client = &mut self.clients[self.active_client];
        let had_allocation = client.allocation.is_some();
        let current = client
            .allocation
            .as_mut()
            .map(|(allocation, slot)| ClientAllocation {
                allocation,
                member: &slot.member,
            });
        match self.rules.handle(now, client.address, current, bytes) {
            Outcome::Ignore => {}
            Outcome::Respond(response) => {
                if response_class(bytes, &response) == MessageClass::Success {
                    client.handle_success(request, now.instant);
                }
            }
            Outcome::Release(response) => {
                assert_eq!(response_class(bytes, &response), MessageClass::Success);
                assert_eq!(
                    (proof, had_allocation),
                    (ProofState::Yes, true),
                    "released by a stranger"
                );
                client.allocation = None;
                client.requested_peers.clear();
            }
            Outcome::Allocate(wanted) => {
                assert_eq!(
                    (proof, had_allocation),
                    (ProofState::Yes, false),
                    "for a stranger"
                );
                let relayed = SocketAddr::from(([8, 8, 8, 8], 50_000));
                let (allocation, response) = wanted.grant(relayed, now.instant);
                let response = response.unwrap_or_default();
                assert_eq!(response_class(bytes, &response), MessageClass::Success);
                assert!(allocation.expires <= now.instant + MAX_LIFETIME);
                client.allocation = Some((allocation, wanted.slot));
                client.requested_peers.clear();
            }
            Outcome::Relay { peer, payload } => {
                assert!(had_allocation && payload.len() <= bytes.len());
                assert!(!is_internal(peer.ip()), "relayed to {peer}");
                assert_ne!(peer.to_string(), "8.8.8.8:22");
                let requested_at = client.requested_peers.get(&peer.ip());
                let permitted =
                    requested_at.is_some_and(|at| now.instant - *at < MAX_PERMISSION_LIFETIME);
                assert!(permitted, "relayed to {peer}, for which nobody asked");
            }
        }
    }
}

impl Client {
    fn handle_success(&mut self, request: Option<&Request<'_>>, now: Instant) {
        let Some(request) = request else { return };
        match request.method {
            RequestMethod::CreatePermission
            | RequestMethod::ChannelBind
            | RequestMethod::Other(_) => {
                let peers = request.peers().map(|peer| (peer.ip(), now));
                self.requested_peers.extend(peers);
            }
            RequestMethod::Allocate
            | RequestMethod::Refresh
            | RequestMethod::Binding
            | RequestMethod::Send => {}
        }
    }
}

/// The class of the response. Asserts that it is one message, matches the request and is not much
/// longer.
fn response_class(request: &[u8], response: &[u8]) -> MessageClass {
    assert!(is_message(response));
    assert!(
        response.len() <= request.len() + MAX_AMPLIFICATION_BYTES,
        "{}",
        response.len()
    );
    assert_eq!(
        response.get(4..20),
        request.get(4..20),
        "of another request"
    );
    let class = Message::from_bytes(response).map(|message| message.class());
    let class = class.unwrap_or(MessageClass::Indication);
    assert!(matches!(class, MessageClass::Success | MessageClass::Error));
    class
}

/// By the classification of the standard library.
fn is_internal(ip: IpAddr) -> bool {
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
