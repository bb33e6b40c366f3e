//! The relay as one node of several: what goes to Redis, and what comes from it.
//!
//! Invariant: decided and queued under the same lock as everything else, so what goes to other
//! nodes is in the order in which it happened here.

mod answers;

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use signal_protocol::{ErrorMessage, RoomJoin, RoomName};
use tokio::sync::oneshot;

use super::{
    Origin, Relay,
    refusal::{Held, apart},
};
use crate::{
    Config,
    admission::AddressKey,
    backplane::{
        Admits, Call, CallSettings, Command, Generation, Join, Link, Node, Note, Record, SecretHash,
    },
    metrics::BackplaneCounters,
    outbox::Wake,
    rooms::{Arrival, Credentials, NodeSettings, SocketId},
};

#[derive(Debug)]
pub(super) struct Shared {
    link: Link<WaitingJoin>,
    calls: CallSettings,
    counters: BackplaneCounters,
}

/// Resolves once the join has been answered.
pub(crate) type Asked = oneshot::Receiver<()>;

/// A join that Redis is to decide.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) socket: SocketId,
    pub(super) join: RoomJoin,
    pub(super) credentials: Credentials,
    /// Unless it comes back to a place.
    pub(super) held: Option<Held>,
    pub(super) read: Instant,
}

#[derive(Debug)]
struct WaitingJoin {
    address: AddressKey,
    host: Option<Box<str>>,
    question: Question,
    /// Dropped when it is answered: the socket's task reads on.
    _answered: oneshot::Sender<()>,
}

impl Shared {
    pub(super) fn new(config: &Config, node: Node) -> Self {
        Self {
            link: Link::new(),
            calls: CallSettings {
                node: node.name,
                room_size: config.room_size,
                share: config.room_share(),
                wrong_passcodes: config.wrong_passcodes,
                grace_ms: config.grace.as_millis().try_into().unwrap_or(u64::MAX),
            },
            counters: node.counters,
        }
    }

    pub(super) fn is_together(&self) -> bool {
        self.link.is_together()
    }

    pub(super) fn tell(&mut self, command: Command) {
        if matches!(command, Command::Directed(_)) {
            self.counters.sent.inc();
        }
        self.link.push(command);
    }

    /// # Errors
    /// What to answer when Redis is away.
    pub(super) fn ask(
        &mut self,
        origin: Origin<'_>,
        question: Question,
    ) -> Result<Asked, ErrorMessage> {
        if !self.is_together() {
            self.counters.joins_refused.inc();
            return Err(apart());
        }
        let (answered, asked) = oneshot::channel();
        let Question {
            join, credentials, ..
        } = &question;
        let command = Join {
            request: 0,
            room: join.room.clone(),
            proof: join.proof.clone(),
            resume: join.resume.clone(),
            member: Record {
                id: credentials.id.clone(),
                node: self.calls.node.clone(),
                order: 0,
                email: join.email.clone(),
                status: join.status.clone(),
                token: SecretHash::of(credentials.resume.as_str()),
                breaks: 0,
            },
            address: origin.address,
            admits: match question.held {
                None => Admits::Everybody,
                Some(_) => Admits::WhoComesBack,
            },
        };
        let waiting = WaitingJoin {
            address: origin.address,
            host: origin.host.map(Into::into),
            question,
            _answered: answered,
        };
        self.link.ask(waiting, |request| {
            Command::Join(Box::new(Join { request, ..command }))
        });
        Ok(asked)
    }
}

/// Nobody is to read proofs out of Redis, so all nodes compare their hashes.
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
            road: crate::rooms::BacklogLimits {
                messages: config.queue_messages.saturating_mul(4),
                bytes: config.queue_bytes,
            },
        })
    }

    pub(crate) fn next_generation(&self) -> Generation {
        let mut state = self.lock();
        match &mut state.shared {
            Some(shared) => shared.link.next_generation(),
            None => Generation::default(),
        }
    }

    /// There is a connection; `known` are the rooms in which Redis knows members of this node.
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
        state.rooms.handle_together(incomplete_until);
        shared.counters.connected.set(1);
        let known = known.iter().filter_map(|name| RoomName::parse(name).ok());
        let rooms: BTreeSet<RoomName> = state.rooms.names().into_iter().chain(known).collect();
        let syncs = rooms.into_iter().map(Command::Sync);
        shared.link.handle_connected(generation, syncs);
        drop(guard);
        self.to_say.notify_one();
    }

    pub(crate) fn handle_apart(&self) {
        let mut guard = self.lock();
        let state = &mut *guard;
        let Some(shared) = &mut state.shared else {
            return;
        };
        shared.counters.connected.set(0);
        let (waiting, unsaid) = shared.link.handle_apart();
        state.rooms.handle_apart(unsaid);
        shared.counters.joins_refused.inc_by(waiting.len() as u64);
        let wakes: Vec<Wake> = waiting
            .iter()
            .filter_map(|waiting| self.refuse(state, waiting.question.socket, apart()))
            .collect();
        drop(guard);
        wakes.into_iter().for_each(Wake::wake);
    }

    /// Resolves when `take_calls` may have some.
    pub(crate) async fn something_to_say(&self) {
        self.to_say.notified().await;
    }

    /// The next ones, or nothing when there were too many.
    pub(crate) fn take_calls(&self, most: usize) -> Option<Vec<Call>> {
        let mut guard = self.lock();
        let state = &mut *guard;
        let shared = state.shared.as_mut()?;
        if shared.link.is_overrun() {
            return None;
        }
        let mut calls = Vec::new();
        while calls.len() < most
            && let Some(command) = shared.link.pop()
        {
            calls.push(command.into_call(&shared.calls, |room| state.rooms.records(room)));
        }
        if shared.link.has_commands() {
            self.to_say.notify_one();
        }
        Some(calls)
    }

    /// Before the process ends, and after its sockets have.
    pub(crate) fn hand_all_over(&self, now: Instant) {
        let mut state = self.lock();
        let outputs = state.rooms.hand_all_over();
        self.apply(state, now, outputs);
        if let Some(shared) = &mut self.lock().shared {
            shared.link.push(Command::Bye);
        }
    }

    pub(crate) fn handle_note(&self, now: Instant, generation: Generation, note: Note) {
        let mut state = self.lock();
        let Some(shared) = &mut state.shared else {
            return;
        };
        if !shared.link.is_current(generation) {
            return;
        }
        match note {
            Note::Entered {
                request,
                room,
                id,
                members,
            } => match shared.link.answered(request) {
                Some(waiting) => self.handle_entered(state, now, waiting, members),
                None => self.handle_unwanted(state, now, room, id),
            },
            Note::Resumed {
                request,
                how,
                room,
                id,
                proof,
                kept,
                members,
            } => match shared.link.answered(request) {
                Some(waiting) => {
                    let arrival = Arrival {
                        id,
                        how,
                        kept,
                        proof,
                        members,
                        address: waiting.address,
                    };
                    self.handle_arrived(state, now, waiting, arrival);
                }
                None => self.handle_unwanted(state, now, room, id),
            },
            Note::Refused {
                request,
                why,
                wait_ms,
            } => {
                if let Some(waiting) = shared.link.answered(request) {
                    let wait = Duration::from_millis(wait_ms);
                    self.handle_refused(state, now, &waiting, why, wait);
                }
            }
            other @ (Note::Joined { .. }
            | Note::Left { .. }
            | Note::Changed { .. }
            | Note::Moved { .. }
            | Note::HandedOver { .. }
            | Note::Synced { .. }
            | Note::Directed(_)
            | Note::Astray { .. }
            | Note::Fenced { .. }
            | Note::Heard { .. }
            | Note::Again { .. }
            | Note::NotTaken { .. }
            | Note::Snapshot { .. }) => {
                if matches!(other, Note::Directed(_)) {
                    shared.counters.received.inc();
                }
                let outputs = state.rooms.handle_note(now, other);
                self.apply(state, now, outputs);
                // A member may be waited for until another time than before.
                self.somebody_lost.notify_one();
            }
        }
    }
}
