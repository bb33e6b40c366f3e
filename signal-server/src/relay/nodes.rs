//! The relay as a cluster node: commands to Redis, messages from other nodes.
//!
//! Invariant: commands are queued under the lock under which they were decided, so other nodes see
//! them in that order.

mod answers;

use std::{collections::BTreeSet, time::Instant};

use relay_core::{
    admission::AddressKey,
    cluster::{
        Admission, ClusterConnection, Command, Generation, Join, NodeMessage, NodeName, Record,
        SecretHash,
    },
    rooms::{BacklogLimits, Credentials, NodeSettings, Rooms, SocketId},
};
use signal_protocol::{ErrorMessage, RoomJoin, RoomName};
use tokio::sync::oneshot;

use super::{
    Origin, Relay,
    refusal::{RateLimit, partitioned},
};
use crate::{Config, metrics::BackplaneCounters, outbox::Wake};

/// What the relay knows of itself as one node of several.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) name: NodeName,
    pub(crate) counters: BackplaneCounters,
}

#[derive(Debug)]
pub(super) struct Shared {
    cluster: ClusterConnection<PendingJoin>,
    node: NodeName,
    room_size: usize,
    counters: BackplaneCounters,
}

/// Resolves when the join is answered.
pub(crate) type JoinAnswered = oneshot::Receiver<()>;

/// A join for Redis to decide.
#[derive(Debug)]
pub(super) struct JoinRequest {
    pub(super) socket: SocketId,
    pub(super) join: RoomJoin,
    pub(super) credentials: Credentials,
    /// The exceeded rate limit. A resume is exempt.
    pub(super) rate_limit: Option<RateLimit>,
    pub(super) read: Instant,
}

#[derive(Debug)]
struct PendingJoin {
    address: AddressKey,
    host: Option<Box<str>>,
    join_request: JoinRequest,
    /// Dropped with the answer: the session reads on.
    _answered: oneshot::Sender<()>,
}

impl Shared {
    pub(super) fn new(config: &Config, node: Node) -> Self {
        Self {
            cluster: ClusterConnection::new(),
            node: node.name,
            room_size: config.room_size,
            counters: node.counters,
        }
    }

    pub(super) fn is_connected(&self) -> bool {
        self.cluster.is_connected()
    }

    pub(super) fn tell(&mut self, command: Command) {
        if matches!(command, Command::Directed(_)) {
            self.counters.sent.inc();
        }
        self.cluster.push(command);
    }

    /// # Errors
    /// The answer during a partition.
    pub(super) fn ask(
        &mut self,
        origin: Origin<'_>,
        join_request: JoinRequest,
    ) -> Result<JoinAnswered, ErrorMessage> {
        if !self.is_connected() {
            self.counters.joins_refused.inc();
            return Err(partitioned());
        }
        let (answered, join_answered) = oneshot::channel();
        let JoinRequest {
            join, credentials, ..
        } = &join_request;
        let command = Join {
            request: 0,
            room: join.room.clone(),
            proof: join.proof.clone(),
            resume: join.resume.clone(),
            member: Record {
                id: credentials.id.clone(),
                node: self.node.clone(),
                order: 0,
                email: join.email.clone(),
                status: join.status.clone(),
                token: SecretHash::of(credentials.resume.as_str()),
                takeover_epoch: 0,
                device: join.device.as_ref().map(SecretHash::from),
                lost: None,
            },
            address: origin.address,
            admission: match join_request.rate_limit {
                None => Admission::Anyone,
                Some(_) => Admission::ResumesOnly,
            },
        };
        let pending = PendingJoin {
            address: origin.address,
            host: origin.host.map(Into::into),
            join_request,
            _answered: answered,
        };
        self.cluster.ask(pending, |request| {
            Command::Join(Box::new(Join { request, ..command }))
        });
        Ok(join_answered)
    }
}

/// All nodes compare hashes, so that Redis holds no proofs.
pub(super) fn hashed(mut join: RoomJoin) -> RoomJoin {
    join.proof = join.proof.map(|proof| SecretHash::of(&proof).into_string());
    join
}

impl Relay {
    pub(super) fn node_settings(config: &Config, node: &Node) -> Option<NodeSettings> {
        let lease = config.redis.as_ref()?.lease;
        Some(NodeSettings {
            name: node.name.clone(),
            lease,
            retransmit_limits: BacklogLimits {
                messages: config.queue_messages.saturating_mul(4),
                bytes: config.queue_bytes,
            },
        })
    }

    pub(crate) fn next_generation(&self) -> Generation {
        let mut state = self.lock();
        match &mut state.shared {
            Some(shared) => shared.cluster.next_generation(),
            None => Generation::default(),
        }
    }

    /// Redis is connected; `known` are the rooms in which it knows members of this node.
    pub(crate) fn handle_connected(
        &self,
        generation: Generation,
        incomplete_until: Option<Instant>,
        known: &[String],
    ) {
        let mut guard = self.lock();
        let state = &mut *guard;
        let Some(shared) = &mut state.shared else {
            return;
        };
        state.rooms.handle_connected(incomplete_until);
        shared.counters.connected.set(1);
        let known = known.iter().filter_map(|name| RoomName::parse(name).ok());
        let rooms: BTreeSet<RoomName> = state.rooms.names().into_iter().chain(known).collect();
        let syncs = rooms.into_iter().map(Command::Sync);
        shared.cluster.handle_connected(generation, syncs);
        drop(guard);
        self.commands_queued.notify_one();
    }

    pub(crate) fn handle_partitioned(&self) {
        let mut guard = self.lock();
        let state = &mut *guard;
        let Some(shared) = &mut state.shared else {
            return;
        };
        shared.counters.connected.set(0);
        let (pending, unsent) = shared.cluster.handle_partitioned();
        state.rooms.handle_partitioned(unsent);
        shared.counters.joins_refused.inc_by(pending.len() as u64);
        let wakes: Vec<Wake> = pending
            .iter()
            .filter_map(|pending| self.refuse(state, pending.join_request.socket, partitioned()))
            .collect();
        drop(guard);
        wakes.into_iter().for_each(Wake::wake);
    }

    /// Resolves when `take_calls` may return calls.
    pub(crate) async fn commands_queued(&self) {
        self.commands_queued.notified().await;
    }

    /// The next commands as calls of Redis. `None` after an overrun. `call` makes a call under the
    /// lock, so that it reads the rooms as they are when their command runs.
    pub(crate) fn take_calls<Call>(
        &self,
        most: usize,
        call: impl Fn(Command, &Rooms) -> Call,
    ) -> Option<Vec<Call>> {
        let mut guard = self.lock();
        let state = &mut *guard;
        let shared = state.shared.as_mut()?;
        if shared.cluster.is_overrun() {
            return None;
        }
        let mut calls = Vec::new();
        while calls.len() < most
            && let Some(command) = shared.cluster.pop()
        {
            calls.push(call(command, &state.rooms));
        }
        if shared.cluster.has_commands() {
            self.commands_queued.notify_one();
        }
        Some(calls)
    }

    /// Called at shutdown, after all sockets are closed.
    pub(crate) fn hand_over_all(&self, now: Instant) {
        let mut state = self.lock();
        let outputs = state.rooms.hand_over_all();
        self.apply(state, now, outputs);
        if let Some(shared) = &mut self.lock().shared {
            shared.cluster.push(Command::Bye);
        }
    }

    pub(crate) fn handle_node_message(
        &self,
        now: Instant,
        generation: Generation,
        message: NodeMessage,
    ) {
        let mut state = self.lock();
        let Some(shared) = &mut state.shared else {
            return;
        };
        if !shared.cluster.is_current(generation) {
            return;
        }
        match message.into_join_answer() {
            Ok(answer) => self.handle_join_answer(state, now, answer),
            Err(message) => {
                if matches!(message, NodeMessage::Directed(_)) {
                    shared.counters.received.inc();
                }
                let outputs = state.rooms.handle_node_message(now, message);
                self.apply(state, now, outputs);
                // The deadline of a member may have changed.
                self.deadline_changed.notify_one();
            }
        }
    }
}
