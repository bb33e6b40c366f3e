//! The shell round `rooms`: a short lock, the state machine, the frames into the outboxes.
//!
//! Invariant: frames enter the outboxes under the lock in which they were decided, so every member
//! sees the changes of its room in the one order in which they happened. Nothing in here waits.

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
use rustc_hash::FxHashMap;
use signal_protocol::{ClientMessage, CloseCode, DirectedFrame, ErrorMessage, ServerMessage};
use tokio::sync::Notify;

use crate::{
    Config,
    admission::{AddressKey, Guesses, Joins, Refusal, Sockets},
    backplane::Node,
    metrics::{Census, Metrics},
    outbox::{Outbox, OutboxLimits, Wake},
    rooms::{Loss, Output, RoomSettings, Rooms, SocketId, not_joined},
    turn::{IceServers, now_and_date},
};
pub(crate) use connection::Connection;
use connection::Place;
pub(crate) use nodes::Asked;
use nodes::Shared;

#[derive(Debug)]
pub(crate) struct Relay {
    outbox_limits: OutboxLimits,
    ice_servers: IceServers,
    metrics: Arc<Metrics>,
    /// A std mutex: what happens under it is short and never awaits.
    state: Mutex<State>,
    /// Somebody was lost, so `next_deadline` may be another.
    somebody_lost: Notify,
    /// There is something to say to the other nodes.
    to_say: Notify,
}

#[derive(Debug)]
struct State {
    rooms: Rooms,
    outboxes: FxHashMap<SocketId, Arc<Outbox>>,
    sockets: Sockets,
    joins: Joins,
    guesses: Guesses,
    last_socket: u64,
    members_lost: IntCounter,
    phase: Phase,
    /// What it has with other nodes, where there are any.
    shared: Option<Shared>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    ShuttingDown,
}

/// Where a message came from.
#[derive(Debug, Clone, Copy)]
struct Origin<'a> {
    address: AddressKey,
    /// What the client has reached us by.
    host: Option<&'a str>,
}

/// What came of a message.
#[derive(Debug)]
struct Handled {
    answer: Option<ServerMessage>,
    /// Nothing more is to be read before this is answered.
    asked: Option<Asked>,
}

impl From<Option<ServerMessage>> for Handled {
    fn from(answer: Option<ServerMessage>) -> Self {
        Self {
            answer,
            asked: None,
        }
    }
}

/// Why a socket was not taken.
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
            ..RoomSettings::from(config)
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
                guesses: Guesses::new(config.wrong_passcodes),
                last_socket: 0,
                members_lost: metrics.members_lost.clone(),
                phase: Phase::Open,
                shared: node.map(|node| Shared::new(config, node)),
            }),
            somebody_lost: Notify::new(),
            to_say: Notify::new(),
            metrics,
        }
    }

    /// Takes a socket from this address, until the connection is dropped. `host` is what it has
    /// reached us by.
    ///
    /// # Errors
    /// Why it is not taken.
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
        let place = Place {
            socket,
            address,
            messages,
            host,
            outbox,
        };
        Ok(Connection::new(relay, place))
    }

    /// Closes every socket with 1012 and takes no more.
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

    pub(crate) fn census(&self) -> Census {
        let state = self.lock();
        let count = state.rooms.count();
        let outboxes: Vec<Arc<Outbox>> = state.outboxes.values().cloned().collect();
        drop(state);
        Census {
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

    /// When `handle_timeout` has something to do.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.lock().rooms.poll_timeout()
    }

    /// Resolves once `next_deadline` may be another.
    pub(crate) async fn deadline_changed(&self) {
        self.somebody_lost.notified().await;
    }

    pub(crate) fn handle_timeout(&self, now: Instant) {
        let mut state = self.lock();
        let outputs = state.rooms.handle_timeout(now);
        self.apply(state, now, outputs);
    }

    /// Carries out what the socket said; answers what is to be sent back on it after that.
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
                    Ok(asked) => Handled {
                        answer: None,
                        asked,
                    },
                    Err(error) => Some(ServerMessage::Error(error)).into(),
                };
            }
            ClientMessage::RoomLeave => self.carry_out(now, |rooms| rooms.handle_leave(socket)),
            ClientMessage::UserStatus { status } => {
                self.carry_out(now, |rooms| rooms.handle_status(socket, status))
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

    fn carry_out(
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
        // Under the lock, so that a member that leaves meanwhile is not given anything again.
        let offer = self
            .ice_servers
            .list_for(member, origin.host, now_and_date());
        ServerMessage::IceServers {
            ice_servers: offer.ice_servers,
            ice_ttl: whole_seconds(offer.ice_ttl),
        }
    }

    /// The socket is gone. What it did not get waits for its member.
    fn disconnect(&self, now: Instant, socket: SocketId, address: AddressKey) {
        let mut state = self.lock();
        state.sockets.release(address);
        let unsent = state
            .outboxes
            .remove(&socket)
            .map(|outbox| outbox.take_unsent())
            .unwrap_or_default();
        let outputs = self.lose(&mut state, now, socket, unsent, Loss::Broken);
        self.apply(state, now, outputs);
        self.somebody_lost.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic under the lock is a bug in `rooms`; the other rooms go on.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn whole_seconds(span: Duration) -> u32 {
    span.as_secs().try_into().unwrap_or(u32::MAX)
}

/// So that waiting this long is enough.
pub(crate) fn millis_rounded_up(wait: Duration) -> u32 {
    wait.as_micros()
        .div_ceil(1000)
        .try_into()
        .unwrap_or(u32::MAX)
}
