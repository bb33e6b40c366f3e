//! Does what the link decides: one task, one `select!`, and the handle by which the rest of the app
//! speaks to it.
//!
//! Invariant: the handle never waits (its queue is bounded and refuses when full), so commands keep
//! the order in which the page gave them.
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
    ended::Ended,
    link::{Link, Output},
    moment::Moment,
    socket::{Incoming, Socket},
    watchdog::{LOOK_EVERY, Watchdog},
};
use crate::{own_relay::OwnRelay, relay_choice::RelayTarget};

/// More than a page says while a send to a slow relay is given up.
const QUEUE: usize = 256;

/// Where events go: the page that listens now.
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
    /// Leave, and say when that is done.
    Stop(oneshot::Sender<()>),
}

impl Signaling {
    #[must_use]
    pub fn start(runtime: &Handle, own_relay: Arc<OwnRelay>) -> Self {
        let (commands, queue) = mpsc::channel(QUEUE);
        runtime.spawn(Task::new(own_relay).run(queue));
        Self { commands }
    }

    /// Events go to this page from now on.
    ///
    /// # Errors
    /// [`Busy`]
    pub fn listen(&self, events: EventSink) -> Result<(), Busy> {
        self.command(Command::Listen(events))
    }

    /// Answered by events: wrong input too.
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
    link: Link,
    opening: Option<Opening>,
    socket: Option<Socket>,
    events: Option<EventSink>,
    stopping: Vec<oneshot::Sender<()>>,
}

impl Task {
    fn new(own_relay: Arc<OwnRelay>) -> Self {
        Self {
            own_relay,
            link: Link::default(),
            opening: None,
            socket: None,
            events: None,
            stopping: Vec::new(),
        }
    }

    async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        let mut watchdog = Watchdog::new(Instant::now(), SystemTime::now());
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            self.perform_outputs().await;
            let due = self.link.poll_timeout();
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
                () = timeout(due) => self.link.handle_timeout(moment()),
                _ = look.tick() => {
                    if watchdog.handle_look(Instant::now(), SystemTime::now()) {
                        tracing::info!("the computer slept");
                        self.link.handle_wake();
                    }
                }
            }
        }
    }

    fn handle_command(&mut self, command: Command) {
        match command {
            Command::Listen(events) => {
                self.events = Some(events);
                self.link.handle_listen(moment());
            }
            Command::Join(request) => self.link.handle_join(&request),
            Command::Leave => self.link.handle_leave(moment()),
            Command::Send(message) => self.link.handle_send(message),
            Command::Stop(done) => {
                self.stopping.push(done);
                self.link.handle_leave(moment());
            }
        }
    }

    fn handle_opened(&mut self, opened: Result<Socket, ConnectFailure>) {
        match opened {
            Ok(socket) => {
                self.socket = Some(socket);
                self.link.handle_connected(moment());
            }
            Err(failure) => {
                tracing::debug!(%failure, "cannot connect");
                self.link.handle_connect_failed(&failure, moment());
            }
        }
    }

    fn handle_incoming(&mut self, incoming: Incoming) {
        match incoming {
            Incoming::Text(frame) => self.link.handle_frame(&frame, moment()),
            Incoming::SignOfLife => self.link.handle_heard(moment()),
            Incoming::Ended(ended) => self.handle_ended(ended),
        }
    }

    fn handle_ended(&mut self, ended: Ended) {
        self.socket = None;
        self.link.handle_ended(ended, moment());
    }

    async fn perform_outputs(&mut self) {
        while let Some(output) = self.link.poll_output() {
            match output {
                Output::Connect(target) => {
                    self.socket = None;
                    let own_relay = Arc::clone(&self.own_relay);
                    self.opening = Some(Box::pin(open(own_relay, target)));
                }
                Output::Send(message) => {
                    let sent = match &mut self.socket {
                        Some(socket) => socket.send(message.encode()).await,
                        // Lost a moment ago, by an output before this one.
                        None => Err(Ended::Lost),
                    };
                    if let Err(ended) = sent {
                        self.handle_ended(ended);
                        // Kept for when the relay is back, if it is worth it.
                        self.link.handle_send(message);
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
                        // Whoever asked may have stopped waiting.
                        let _ = done.send(());
                    }
                }
            }
        }
    }
}

/// The app's own relay is made sure of before every try: the window that hosted it may have closed.
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

fn moment() -> Moment {
    Moment {
        now: Instant::now(),
        random: rand::random(),
    }
}
