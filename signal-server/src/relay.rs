//! The shell round `rooms`: a short lock, the state machine, the frames into the outboxes.
//!
//! Invariant: frames enter the outboxes under the lock in which they were decided, so every member
//! sees the changes of its room in the one order in which they happened. Nothing in here waits.

mod connection;

use std::{
    collections::{HashMap, VecDeque},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use prometheus::IntCounter;
use rand::distr::{Alphanumeric, SampleString};
use signal_protocol::{
    ClientMessage, CloseCode, DirectedFrame, ErrorCode, ErrorMessage, MemberId, ResumeToken,
    RoomJoin, ServerMessage,
};
use tokio::sync::Notify;

use crate::{
    Config,
    admission::{AddressKey, Guesses, Joins, Refusal, Sockets},
    frame::{Frame, FrameKind},
    metrics::{Census, Left, Limit, Metrics, Resume},
    outbox::{Outbox, OutboxLimits, Wake},
    rooms::{Credentials, Output, RoomSettings, Rooms, SocketId, not_joined},
    turn::{Offers, now_and_date},
};
pub(crate) use connection::Connection;
use connection::Place;

/// 131 bits.
const ID_CHARS: usize = 22;
/// 256 bits.
const TOKEN_CHARS: usize = 43;

#[derive(Debug)]
pub(crate) struct Relay {
    outbox_limits: OutboxLimits,
    offers: Offers,
    metrics: Arc<Metrics>,
    /// A std mutex: what happens under it is short and never awaits.
    state: Mutex<State>,
    /// Somebody was lost, so `next_deadline` may be another.
    somebody_lost: Notify,
}

#[derive(Debug)]
struct State {
    rooms: Rooms,
    outboxes: HashMap<SocketId, Arc<Outbox>>,
    sockets: Sockets,
    joins: Joins,
    guesses: Guesses,
    last_socket: u64,
    members_lost: IntCounter,
    phase: Phase,
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

/// Why a socket was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotConnected {
    ServerFull,
    AddressFull,
    ShuttingDown,
}

impl Relay {
    pub(crate) fn new(config: &Config, offers: Offers, metrics: Arc<Metrics>) -> Self {
        Self {
            outbox_limits: OutboxLimits {
                messages: config.queue_messages,
                bytes: config.queue_bytes,
            },
            offers,
            state: Mutex::new(State {
                rooms: Rooms::new(RoomSettings::from(config)),
                outboxes: HashMap::new(),
                sockets: Sockets::new(config.sockets, config.sockets_per_address),
                joins: Joins::new(config.join_rate),
                guesses: Guesses::new(config.wrong_passcodes),
                last_socket: 0,
                members_lost: metrics.members_lost.clone(),
                phase: Phase::Open,
            }),
            somebody_lost: Notify::new(),
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
    ) -> Option<ServerMessage> {
        let result = match message {
            ClientMessage::Directed(directed) => {
                return self.handle_directed(now, socket, directed.as_frame());
            }
            ClientMessage::RoomJoin(join) => self.handle_join(now, socket, origin, join),
            ClientMessage::RoomLeave => self.carry_out(now, |rooms| rooms.handle_leave(socket)),
            ClientMessage::UserStatus { status } => {
                self.carry_out(now, |rooms| rooms.handle_status(socket, status))
            }
            ClientMessage::IceRefresh => return Some(self.ice_servers(socket, origin)),
            ClientMessage::Ping => return Some(ServerMessage::Pong),
        };
        result.err().map(ServerMessage::Error)
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

    fn handle_join(
        &self,
        now: Instant,
        socket: SocketId,
        origin: Origin<'_>,
        join: RoomJoin,
    ) -> Result<(), ErrorMessage> {
        // Drawn before the lock: it may ask the system.
        let credentials = draw_credentials();
        let guessed = join.proof.is_some().then(|| join.room.clone());
        let asks_resume = join.resume.is_some();
        let mut state = self.lock();
        if state.phase == Phase::ShuttingDown {
            return Err(shutting_down());
        }
        // Whoever comes back has proved himself by his token, whatever others do at his address.
        if !state.rooms.keeps_place(&join) {
            state.joins.take(origin.address, now).map_err(|wait| {
                self.metrics.limited.count(Limit::Joins);
                too_many_joins(wait)
            })?;
            if let Some(room) = &guessed {
                let checked = state.guesses.check(origin.address, room, now);
                checked.map_err(|wait| {
                    self.metrics.limited.count(Limit::Passcodes);
                    too_many_guesses(wait)
                })?;
            }
        }
        let result = state.rooms.handle_join(socket, join, credentials);
        match result {
            Ok(outputs) => {
                if asks_resume {
                    self.metrics.resumes.count(outcome(&outputs));
                }
                let outputs = outputs
                    .into_iter()
                    .map(|output| self.with_ice_servers(output, origin))
                    .collect();
                self.apply(state, now, outputs);
                Ok(())
            }
            Err(error) => {
                if let (Some(room), ErrorCode::WrongPasscode) = (guessed, error.code) {
                    state.guesses.handle_wrong(origin.address, room, now);
                }
                Err(error)
            }
        }
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
        let offer = self.offers.offer(member, origin.host, now_and_date());
        ServerMessage::IceServers {
            ice_servers: offer.ice_servers,
            ice_ttl: whole_seconds(offer.ice_ttl),
        }
    }

    fn with_ice_servers(&self, output: Output, origin: Origin<'_>) -> Output {
        match output {
            Output::Welcome { to, mut joined } => {
                let member = &joined.myself.id;
                let offer = self.offers.offer(member, origin.host, now_and_date());
                joined.ice_servers = offer.ice_servers;
                joined.ice_ttl = whole_seconds(offer.ice_ttl);
                Output::Welcome { to, joined }
            }
            other @ (Output::Send { .. } | Output::Gone { .. } | Output::TakeOver { .. }) => other,
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
        let outputs = state.lose(now, socket, unsent);
        self.apply(state, now, outputs);
        self.somebody_lost.notify_one();
    }

    /// Queues what was decided, gives the lock back, and only then wakes the sockets' tasks.
    fn apply(&self, mut state: MutexGuard<'_, State>, now: Instant, outputs: Vec<Output>) {
        let mut outputs = VecDeque::from(outputs);
        let mut wakes = Vec::with_capacity(outputs.len());
        while let Some(output) = outputs.pop_front() {
            match output {
                Output::Send { to, frame } => {
                    outputs.extend(state.send(now, to, frame, &mut wakes));
                }
                Output::Welcome { to, joined } => {
                    let frame = Frame::encode(&ServerMessage::RoomJoined(joined)).answers_join(now);
                    outputs.extend(state.send(now, to, frame, &mut wakes));
                }
                Output::Gone { member, reason } => {
                    if let Some(reason) = Left::by(reason) {
                        self.metrics.members_gone.count(reason);
                    }
                    self.offers.handle_gone(&member, reason);
                }
                Output::TakeOver { old, new } => {
                    let Some(outbox) = state.outboxes.get(&old) else {
                        continue;
                    };
                    wakes.push(outbox.close(CloseCode::TakenOver));
                    for frame in outbox.take_unsent() {
                        match frame.kind() {
                            FrameKind::Directed => {
                                outputs.extend(state.send(now, new, frame, &mut wakes));
                            }
                            FrameKind::Passing => {}
                        }
                    }
                }
            }
        }
        drop(state);
        wakes.into_iter().for_each(Wake::wake);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic under the lock is a bug in `rooms`; the other rooms go on.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// A socket that cannot take the frame is lost here and now, with everything it did not get.
    fn send(
        &mut self,
        now: Instant,
        to: SocketId,
        frame: Frame,
        wakes: &mut Vec<Wake>,
    ) -> Vec<Output> {
        let Some(outbox) = self.outboxes.get(&to) else {
            return Vec::new();
        };
        let not_sent = match outbox.try_send(frame.sent_at(now)) {
            Ok(wake) => {
                wakes.push(wake);
                return Vec::new();
            }
            Err(not_sent) => not_sent,
        };
        wakes.push(not_sent.wake);
        let mut unsent = outbox.take_unsent();
        unsent.push_back(not_sent.frame);
        self.lose(now, to, unsent)
    }

    fn lose(&mut self, now: Instant, socket: SocketId, unsent: VecDeque<Frame>) -> Vec<Output> {
        if self.rooms.member(socket).is_some() {
            self.members_lost.inc();
        }
        self.rooms.handle_lost(now, socket, unsent)
    }
}

fn outcome(outputs: &[Output]) -> Resume {
    let resumed = outputs.iter().any(|output| match output {
        Output::Welcome { joined, .. } => joined.resumed,
        Output::Send { .. } | Output::Gone { .. } | Output::TakeOver { .. } => false,
    });
    if resumed {
        Resume::Taken
    } else {
        Resume::TooLate
    }
}

fn draw_credentials() -> Credentials {
    let mut rng = rand::rng();
    Credentials {
        id: MemberId::new(&Alphanumeric.sample_string(&mut rng, ID_CHARS)),
        resume: ResumeToken::new(&Alphanumeric.sample_string(&mut rng, TOKEN_CHARS)),
    }
}

fn whole_seconds(span: Duration) -> u32 {
    span.as_secs().try_into().unwrap_or(u32::MAX)
}

fn too_many_joins(wait: Duration) -> ErrorMessage {
    join_later(
        wait,
        "Too many joins came from your network. Wait a little and try again.",
    )
}

fn too_many_guesses(wait: Duration) -> ErrorMessage {
    join_later(
        wait,
        "Too many wrong passcodes came from your network. Wait a little and try again.",
    )
}

fn join_later(wait: Duration, sentence: &str) -> ErrorMessage {
    let mut error = ErrorMessage::new(ErrorCode::RateLimited, sentence).about("room:join");
    error.retry_after_ms = Some(millis_rounded_up(wait));
    error
}

fn shutting_down() -> ErrorMessage {
    ErrorMessage::new(
        ErrorCode::ShuttingDown,
        "The relay is about to stop. Try again in a moment.",
    )
    .about("room:join")
}

/// So that waiting this long is enough.
pub(crate) fn millis_rounded_up(wait: Duration) -> u32 {
    wait.as_micros()
        .div_ceil(1000)
        .try_into()
        .unwrap_or(u32::MAX)
}
