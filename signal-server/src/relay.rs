//! The shell around `rooms`: takes the lock, runs the state machine, fills the outboxes.
//!
//! Invariant: frames enter the outboxes under the lock under which they were decided. So every
//! member sees the changes of its room in the same order. Nothing here waits.

mod connection;
mod delivery;
mod joining;
mod nodes;
mod refusal;

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use prometheus::IntCounter;
use relay_core::{
    admission::{AddressKey, Joins, PasscodeAttempts, Refusal, Sockets},
    rooms::{Loss, Output, RoomSettings, Rooms, SocketId, not_joined},
};
use rustc_hash::FxHashMap;
use signal_protocol::{ClientMessage, CloseCode, DirectedFrame, ErrorMessage, ServerMessage};
use tokio::sync::Notify;

use crate::{
    Config,
    clock::now_and_date,
    metrics::{GaugeReadings, Metrics},
    outbox::{Outbox, OutboxLimits, Wake},
    turn::IceServers,
};
pub(crate) use connection::Connection;
use connection::Registration;
use nodes::Shared;
pub(crate) use nodes::{JoinAnswered, Node};

#[derive(Debug)]
pub(crate) struct Relay {
    outbox_limits: OutboxLimits,
    ice_servers: IceServers,
    metrics: Arc<Metrics>,
    /// A std mutex: held for short work, never across an await.
    state: Mutex<State>,
    /// Notified when `next_deadline` may have changed.
    deadline_changed: Notify,
    /// Notified when commands for Redis are queued.
    commands_queued: Notify,
}

#[derive(Debug)]
struct State {
    rooms: Rooms,
    outboxes: FxHashMap<SocketId, Arc<Outbox>>,
    sockets: Sockets,
    joins: Joins,
    passcode_attempts: PasscodeAttempts,
    last_socket: u64,
    members_lost: IntCounter,
    phase: Phase,
    /// Cluster state, on a node of several.
    shared: Option<Shared>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    ShuttingDown,
}

/// The origin of a message.
#[derive(Debug, Clone, Copy)]
struct Origin<'a> {
    address: AddressKey,
    /// Host name that the client used.
    host: Option<&'a str>,
}

/// The result of a message.
#[derive(Debug)]
struct Handled {
    answer: Option<ServerMessage>,
    /// The session reads no further message before this join is answered.
    join_answered: Option<JoinAnswered>,
}

impl From<Option<ServerMessage>> for Handled {
    fn from(answer: Option<ServerMessage>) -> Self {
        Self {
            answer,
            join_answered: None,
        }
    }
}

/// Reasons to refuse a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotConnected {
    ServerFull,
    AddressFull,
    ShuttingDown,
}

impl Relay {
    pub(crate) fn new(
        config: &Config,
        ice_servers: IceServers,
        metrics: Arc<Metrics>,
        node: Option<Node>,
    ) -> Self {
        let rooms = RoomSettings {
            node: node
                .as_ref()
                .and_then(|node| Self::node_settings(config, node)),
            ..config.room_settings()
        };
        Self {
            outbox_limits: OutboxLimits {
                messages: config.queue_messages,
                bytes: config.queue_bytes,
                stall: config.stall,
            },
            ice_servers,
            state: Mutex::new(State {
                rooms: Rooms::new(rooms),
                outboxes: FxHashMap::default(),
                sockets: Sockets::new(config.sockets, config.sockets_per_address),
                joins: Joins::new(config.join_rate),
                passcode_attempts: PasscodeAttempts::new(config.wrong_passcodes),
                last_socket: 0,
                members_lost: metrics.members_lost.clone(),
                phase: Phase::Open,
                shared: node.map(|node| Shared::new(config, node)),
            }),
            deadline_changed: Notify::new(),
            commands_queued: Notify::new(),
            metrics,
        }
    }

    /// Registers a socket until the connection is dropped. `host` is the host name that the client
    /// used.
    ///
    /// # Errors
    /// The reason of the refusal.
    pub(crate) fn connect(
        self: &Arc<Self>,
        address: IpAddr,
        host: Option<Box<str>>,
    ) -> Result<Connection, NotConnected> {
        let address = AddressKey::new(address);
        let mut state = self.lock();
        match state.phase {
            Phase::Open => {}
            Phase::ShuttingDown => return Err(NotConnected::ShuttingDown),
        }
        let messages = state
            .sockets
            .try_admit(address)
            .map_err(|refusal| match refusal {
                Refusal::ServerFull => NotConnected::ServerFull,
                Refusal::AddressFull => NotConnected::AddressFull,
            })?;
        state.last_socket += 1;
        let socket = SocketId(state.last_socket);
        let outbox = Arc::new(Outbox::new(self.outbox_limits));
        state.outboxes.insert(socket, Arc::clone(&outbox));
        drop(state);
        self.metrics.opened.inc();
        let relay = Arc::clone(self);
        let registration = Registration {
            socket,
            address,
            messages,
            host,
            outbox,
        };
        Ok(Connection::new(relay, registration))
    }

    /// Closes every socket with 1012 and accepts no more.
    pub(crate) fn shut_down(&self) {
        let mut state = self.lock();
        state.phase = Phase::ShuttingDown;
        let wakes: Vec<Wake> = state
            .outboxes
            .values()
            .map(|outbox| outbox.close(CloseCode::Restart))
            .collect();
        drop(state);
        wakes.into_iter().for_each(Wake::wake);
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    pub(crate) fn shared_metrics(&self) -> Arc<Metrics> {
        Arc::clone(&self.metrics)
    }

    pub(crate) fn gauge_readings(&self) -> GaugeReadings {
        let state = self.lock();
        let count = state.rooms.count();
        let outboxes: Vec<Arc<Outbox>> = state.outboxes.values().cloned().collect();
        drop(state);
        GaugeReadings {
            rooms: count.rooms,
            present: count.present,
            lost: count.lost,
            sockets: outboxes.len(),
            queues: outboxes.iter().map(|outbox| outbox.depth()).collect(),
            days_left: None,
        }
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.lock().phase == Phase::Open
    }

    /// The time of the next `handle_timeout`.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.lock().rooms.poll_timeout()
    }

    /// Resolves when `next_deadline` may have changed.
    pub(crate) async fn deadline_changed(&self) {
        self.deadline_changed.notified().await;
    }

    pub(crate) fn handle_timeout(&self, now: Instant) {
        let mut state = self.lock();
        let outputs = state.rooms.handle_timeout(now);
        self.apply(state, now, outputs);
    }

    /// Handles a message. Returns the answer for its own socket.
    fn handle_message(
        &self,
        now: Instant,
        socket: SocketId,
        origin: Origin<'_>,
        message: ClientMessage,
    ) -> Handled {
        let result = match message {
            ClientMessage::Directed(directed) => {
                return self
                    .handle_directed(now, socket, directed.as_frame())
                    .into();
            }
            ClientMessage::RoomJoin(join) => {
                return match self.handle_join(now, socket, origin, join) {
                    Ok(join_answered) => Handled {
                        answer: None,
                        join_answered,
                    },
                    Err(error) => Some(ServerMessage::Error(error)).into(),
                };
            }
            ClientMessage::RoomLeave => self.apply_step(now, |rooms| rooms.handle_leave(socket)),
            ClientMessage::UserStatus { status } => {
                self.apply_step(now, |rooms| rooms.handle_status(socket, status))
            }
            ClientMessage::IceRefresh => return Some(self.ice_servers(socket, origin)).into(),
            ClientMessage::Ping => return Some(ServerMessage::Pong).into(),
        };
        result.err().map(ServerMessage::Error).into()
    }

    fn handle_directed(
        &self,
        now: Instant,
        socket: SocketId,
        directed: DirectedFrame<'_>,
    ) -> Option<ServerMessage> {
        let mut state = self.lock();
        let (outputs, result) = state.rooms.handle_directed(socket, directed);
        self.apply(state, now, outputs);
        result.err().map(ServerMessage::Error)
    }

    fn apply_step(
        &self,
        now: Instant,
        step: impl FnOnce(&mut Rooms) -> Result<Vec<Output>, ErrorMessage>,
    ) -> Result<(), ErrorMessage> {
        let mut state = self.lock();
        let outputs = step(&mut state.rooms)?;
        self.apply(state, now, outputs);
        Ok(())
    }

    fn ice_servers(&self, socket: SocketId, origin: Origin<'_>) -> ServerMessage {
        let state = self.lock();
        let Some(member) = state.rooms.member(socket) else {
            return ServerMessage::Error(not_joined("ice:refresh"));
        };
        // Under the lock, so that a member that leaves meanwhile gets no new credentials.
        let offer = self
            .ice_servers
            .list_for(member, origin.host, now_and_date());
        ServerMessage::IceServers {
            ice_servers: offer.ice_servers,
            ice_ttl: whole_seconds(offer.ice_ttl),
        }
    }

    /// The socket is gone. Its unsent frames go to the backlog of its member.
    fn disconnect(&self, now: Instant, socket: SocketId, address: AddressKey, loss: Loss) {
        let mut state = self.lock();
        state.sockets.release(address);
        let unsent = state
            .outboxes
            .remove(&socket)
            .map(|outbox| outbox.take_unsent())
            .unwrap_or_default();
        let outputs = self.lose(&mut state, now, socket, unsent, loss);
        self.apply(state, now, outputs);
        self.deadline_changed.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic under the lock is a bug in `rooms`; other rooms continue.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn whole_seconds(span: Duration) -> u32 {
    span.as_secs().try_into().unwrap_or(u32::MAX)
}

/// Rounds up, so that this wait is long enough.
pub(crate) fn millis_rounded_up(wait: Duration) -> u32 {
    wait.as_micros()
        .div_ceil(1000)
        .try_into()
        .unwrap_or(u32::MAX)
}
