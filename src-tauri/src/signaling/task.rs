//! The task that performs the outputs of the connection, and the handle for the rest of the app.
//!
//! Invariant: the handle never waits (its queue is bounded and refuses when full), so commands keep
//! the order of the page.
#![allow(
    clippy::disallowed_methods,
    reason = "this is the shell: it reads the clock for the pure half"
)]

use std::{
    fmt,
    future::pending,
    pin::Pin,
    sync::Arc,
    time::{Instant, SystemTime},
};

use signal_protocol::ClientMessage;
use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
    time::{MissedTickBehavior, interval, sleep_until},
};

use super::{
    ConnectFailure, JoinRequest, SignalingEvent,
    connection::{Connection, Output},
    reconnect_policy::SocketEnd,
    sleep_detector::{CHECK_INTERVAL, SleepDetector},
    socket::{Incoming, Socket},
    step_input::StepInput,
};
use crate::{own_relay::OwnRelay, relay_choice::RelayTarget};

/// More commands than a page sends during [`super::socket`]'s send timeout.
const COMMAND_QUEUE_LEN: usize = 256;

/// Receives the events: the current page.
pub type EventSink = Box<dyn Fn(SignalingEvent) + Send>;

/// The handle: cheap to clone, the task ends with the last one.
#[derive(Debug, Clone)]
pub struct Signaling {
    commands: mpsc::Sender<Command>,
}

/// The queue to the task is full, or the task is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The link to the relay is busy. Try again in a moment.")]
pub struct Busy;

enum Command {
    Listen(EventSink),
    Join(JoinRequest),
    Leave,
    Send(ClientMessage),
    /// Leave, and report when done.
    Stop(oneshot::Sender<()>),
}

impl Signaling {
    #[must_use]
    pub fn start(runtime: &Handle, own_relay: Arc<OwnRelay>) -> Self {
        let (commands, queue) = mpsc::channel(COMMAND_QUEUE_LEN);
        runtime.spawn(Task::new(own_relay).run(queue));
        Self { commands }
    }

    /// Sends all further events to this page.
    ///
    /// # Errors
    /// [`Busy`]
    pub fn listen(&self, events: EventSink) -> Result<(), Busy> {
        self.command(Command::Listen(events))
    }

    /// The answer arrives as events, also for invalid input.
    ///
    /// # Errors
    /// [`Busy`]
    pub fn join(&self, request: JoinRequest) -> Result<(), Busy> {
        self.command(Command::Join(request))
    }

    /// # Errors
    /// [`Busy`]
    pub fn leave(&self) -> Result<(), Busy> {
        self.command(Command::Leave)
    }

    /// # Errors
    /// [`Busy`]
    pub fn send(&self, message: ClientMessage) -> Result<(), Busy> {
        self.command(Command::Send(message))
    }

    /// Leaves the room, so that the others see it left rather than lost; at once if there is none.
    pub async fn stop(&self) {
        let (done, stopped) = oneshot::channel();
        if self.command(Command::Stop(done)).is_ok() {
            // An error means that the task is gone, and the room with it.
            let _ = stopped.await;
        }
    }

    fn command(&self, command: Command) -> Result<(), Busy> {
        self.commands.try_send(command).map_err(|_| Busy)
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Listen(_) => "Listen",
            Self::Join(_) => "Join",
            Self::Leave => "Leave",
            Self::Send(_) => "Send",
            Self::Stop(_) => "Stop",
        })
    }
}

type Opening = Pin<Box<dyn Future<Output = Result<Socket, ConnectFailure>> + Send>>;

struct Task {
    own_relay: Arc<OwnRelay>,
    connection: Connection,
    opening: Option<Opening>,
    socket: Option<Socket>,
    events: Option<EventSink>,
    stopping: Vec<oneshot::Sender<()>>,
}

impl Task {
    fn new(own_relay: Arc<OwnRelay>) -> Self {
        Self {
            own_relay,
            connection: Connection::default(),
            opening: None,
            socket: None,
            events: None,
            stopping: Vec::new(),
        }
    }

    async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        let mut sleep_detector = SleepDetector::new(Instant::now(), SystemTime::now());
        let mut check = interval(CHECK_INTERVAL);
        check.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            self.perform_outputs().await;
            let due = self.connection.poll_timeout();
            tokio::select! {
                command = commands.recv() => match command {
                    Some(command) => self.handle_command(command),
                    None => return,
                },
                opened = opening(&mut self.opening) => {
                    self.opening = None;
                    self.handle_opened(opened);
                }
                incoming = incoming(&mut self.socket) => self.handle_incoming(incoming),
                () = timeout(due) => self.connection.handle_timeout(step_input()),
                _ = check.tick() => {
                    if sleep_detector.handle_check(Instant::now(), SystemTime::now()) {
                        tracing::info!("the computer slept");
                        self.connection.handle_wake();
                    }
                }
            }
        }
    }

    fn handle_command(&mut self, command: Command) {
        match command {
            Command::Listen(events) => {
                self.events = Some(events);
                self.connection.handle_listen(step_input());
            }
            Command::Join(request) => self.connection.handle_join(&request),
            Command::Leave => self.connection.handle_leave(step_input()),
            Command::Send(message) => self.connection.handle_send(message),
            Command::Stop(done) => {
                self.stopping.push(done);
                self.connection.handle_leave(step_input());
            }
        }
    }

    fn handle_opened(&mut self, opened: Result<Socket, ConnectFailure>) {
        match opened {
            Ok(socket) => {
                self.socket = Some(socket);
                self.connection.handle_connected(step_input());
            }
            Err(failure) => {
                tracing::debug!(%failure, "cannot connect");
                self.connection.handle_connect_failed(failure, step_input());
            }
        }
    }

    fn handle_incoming(&mut self, incoming: Incoming) {
        match incoming {
            Incoming::Text(frame) => self.connection.handle_frame(&frame, step_input()),
            Incoming::SignOfLife => self.connection.handle_heard(step_input()),
            Incoming::Ended(ended) => self.handle_ended(ended),
        }
    }

    fn handle_ended(&mut self, ended: SocketEnd) {
        self.socket = None;
        self.connection.handle_ended(ended, step_input());
    }

    async fn perform_outputs(&mut self) {
        while let Some(output) = self.connection.poll_output() {
            match output {
                Output::Connect(target) => {
                    self.socket = None;
                    let own_relay = Arc::clone(&self.own_relay);
                    self.opening = Some(Box::pin(open(own_relay, target)));
                }
                Output::Send(message) => {
                    let sent = match &mut self.socket {
                        Some(socket) => socket.send(message.encode()).await,
                        // A previous output lost the socket.
                        None => Err(SocketEnd::Lost),
                    };
                    if let Err(ended) = sent {
                        self.handle_ended(ended);
                        // The connection queues it if it is worth a resend.
                        self.connection.handle_send(message);
                    }
                }
                Output::Close => {
                    self.opening = None;
                    if let Some(socket) = self.socket.take() {
                        tokio::spawn(socket.close());
                    }
                }
                Output::Abandon => {
                    self.opening = None;
                    self.socket = None;
                }
                Output::Tell(event) => {
                    if let Some(events) = &self.events {
                        events(event);
                    }
                }
                Output::Left => {
                    for done in self.stopping.drain(..) {
                        // The receiver may be gone.
                        let _ = done.send(());
                    }
                }
            }
        }
    }
}

/// Starts the app's own relay before each attempt: the window that hosted it may have closed.
async fn open(own_relay: Arc<OwnRelay>, target: RelayTarget) -> Result<Socket, ConnectFailure> {
    let address = match target {
        RelayTarget::Server(address) => address,
        RelayTarget::ThisComputer => own_relay.ensure_running().await?,
    };
    Socket::open(&address).await
}

async fn opening(opening: &mut Option<Opening>) -> Result<Socket, ConnectFailure> {
    match opening {
        Some(opening) => opening.await,
        None => pending().await,
    }
}

async fn incoming(socket: &mut Option<Socket>) -> Incoming {
    match socket {
        Some(socket) => socket.next().await,
        None => pending().await,
    }
}

async fn timeout(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due.into()).await,
        None => pending().await,
    }
}

fn step_input() -> StepInput {
    StepInput {
        now: Instant::now(),
        random: rand::random(),
    }
}
