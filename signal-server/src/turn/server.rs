//! What all listeners of the TURN server share, and what one frame of a client leads to.
//!
//! Invariant: nothing in here waits; every task it starts ends with `stop`.

use std::{net::SocketAddr, sync::Arc, time::Instant};

use stun_types::attribute::ErrorCode;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    addresses::Addresses,
    bandwidth::Bandwidth,
    downlink::Downlink,
    frames,
    relayed::Relayed,
    rules::{Held, Now, Outcome, Rules, Wanted},
};

#[derive(Debug)]
pub(super) struct Server {
    pub(super) rules: Rules,
    pub(super) addresses: Addresses,
    pub(super) total_bandwidth: Bandwidth,
    pub(super) stop: CancellationToken,
    pub(super) tasks: TaskTracker,
}

/// One client's end: where it is, and where it has reached us.
#[derive(Debug, Clone, Copy)]
pub(super) struct Path {
    pub(super) client: SocketAddr,
    pub(super) reached: SocketAddr,
}

/// What the listener is to do.
#[derive(Debug)]
pub(super) enum Reaction {
    Nothing,
    Answer(Vec<u8>),
    /// Keep the allocation under this path, let it run, and answer.
    Opened {
        relayed: Arc<Relayed>,
        answer: Vec<u8>,
    },
    /// Forget the allocation, which has ended, and answer.
    Ended {
        answer: Vec<u8>,
    },
}

impl Server {
    /// A message or channel data, whole and without padding. `relayed` is what this path holds.
    pub(super) fn handle_frame(
        self: &Arc<Self>,
        now: Now,
        path: Path,
        relayed: Option<&Arc<Relayed>>,
        downlink: impl FnOnce() -> Downlink,
        frame: &[u8],
    ) -> Reaction {
        if frames::is_channel_data(frame) {
            self.handle_channel_data(now.instant, relayed, frame);
            return Reaction::Nothing;
        }
        let relayed = relayed.filter(|relayed| relayed.is_open(now.instant));
        let outcome = {
            let mut allocation = relayed.map(|relayed| relayed.allocation());
            let held = match (&mut allocation, relayed) {
                (Some(allocation), Some(relayed)) => Some(Held {
                    allocation,
                    member: relayed.member(),
                }),
                (None, _) | (_, None) => None,
            };
            self.rules.handle(now, path.client, held, frame)
        };
        match outcome {
            Outcome::Silence => Reaction::Nothing,
            Outcome::Answer(answer) => {
                if let Some(relayed) = relayed {
                    relayed.refreshed();
                }
                Reaction::Answer(answer)
            }
            Outcome::Allocate(wanted) => self.allocate(now.instant, path, *wanted, downlink()),
            Outcome::Release(answer) => {
                if let Some(relayed) = relayed {
                    relayed.end();
                }
                Reaction::Ended { answer }
            }
            Outcome::Relay { peer, payload } => {
                if let Some(relayed) = relayed {
                    relayed.send(now.instant, peer, payload);
                }
                Reaction::Nothing
            }
        }
    }

    fn handle_channel_data(&self, now: Instant, relayed: Option<&Arc<Relayed>>, frame: &[u8]) {
        let Some((number, payload)) = frames::read_channel_data(frame) else {
            self.rules.counters.refused.malformed.inc();
            return;
        };
        match relayed {
            Some(relayed) => relayed.send_on_channel(now, number, payload),
            None => self.rules.counters.dropped.not_permitted.inc(),
        }
    }

    fn allocate(
        self: &Arc<Self>,
        now: Instant,
        path: Path,
        wanted: Wanted<'_>,
        downlink: Downlink,
    ) -> Reaction {
        let refused = |code| match wanted.refuse(code) {
            Ok(answer) => Reaction::Answer(answer),
            Err(_) => Reaction::Nothing,
        };
        let counters = &self.rules.counters;
        let Some(relaying) = self.addresses.relaying(wanted.family, path.reached) else {
            counters.refused.capacity.inc();
            return refused(ErrorCode::ADDRESS_FAMILY_NOT_SUPPORTED);
        };
        let (socket, port) = match self.rules.ports.bind(relaying.local, wanted.parity) {
            Ok(bound) => bound,
            Err(error) => {
                tracing::debug!(%error, "no port to relay on");
                counters.refused.capacity.inc();
                return refused(ErrorCode::INSUFFICIENT_CAPACITY);
            }
        };
        let relayed = SocketAddr::new(relaying.public, port.number);
        let (allocation, Ok(answer)) = wanted.grant(relayed, now) else {
            return Reaction::Nothing;
        };
        let opened = Relayed::open(
            Arc::clone(self),
            socket,
            relaying,
            allocation,
            (wanted.place, port),
            downlink,
        );
        match opened {
            Ok(relayed) => Reaction::Opened { relayed, answer },
            Err(error) => {
                tracing::debug!(%error, "no socket to relay on");
                counters.refused.capacity.inc();
                Reaction::Nothing
            }
        }
    }
}
