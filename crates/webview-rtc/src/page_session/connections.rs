//! The connections of one bridge: sends their commands and receives their events.
//!
//! Invariant: the commands of a connection keep their order, also in the backlog. Dropping this
//! ends all connections. Events of an ended connection are ignored. Media waits for no other event.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use futures_util::{Stream, stream::SelectAll};
use tokio::sync::mpsc;

use super::{Wanted, refusal::Refusal};
use crate::{
    connection::{self, Command, ConnectionEvent, ConnectionHandle, EventQueues, Refused},
    wire::{id::ConnectionId, negotiated::Fingerprint, request::Configuration},
};

/// More than a mesh call needs.
const MAX_CONNECTIONS: usize = 128;
/// Queued events per connection and queue.
const MAX_QUEUED_EVENTS: usize = 256;
/// With more queued commands the page is not read.
const MAX_QUEUED_COMMANDS: usize = 256;

#[derive(Debug, Default)]
pub(super) struct Connections {
    open: BTreeMap<ConnectionId, OpenConnection>,
    control: SelectAll<Events>,
    media: SelectAll<Events>,
    /// Connections opened so far.
    opened: u64,
}

/// An update of a connection.
#[derive(Debug)]
pub(crate) enum ConnectionUpdate {
    Event(ConnectionEvent),
    /// The connection ended by itself.
    Ended,
}

struct OpenConnection {
    number: u64,
    handle: ConnectionHandle,
    /// Commands that wait for capacity, in order. `sending` has the oldest.
    backlog: VecDeque<Command>,
    sending: Option<Sending>,
}

type Sending = Pin<Box<dyn Future<Output = Result<(), Refused>> + Send>>;

/// One queue of a connection's events. That of control is followed by the connection's end.
#[derive(Debug)]
struct Events {
    connection: ConnectionId,
    number: u64,
    receiver: Option<mpsc::Receiver<ConnectionEvent>>,
}

impl Connections {
    pub(super) fn open(
        &mut self,
        connection: ConnectionId,
        configuration: Configuration,
    ) -> Result<Fingerprint, Refusal> {
        if self.open.contains_key(&connection) {
            return Err(Refusal::Taken);
        }
        if self.open.len() >= MAX_CONNECTIONS {
            return Err(Refusal::TooMany);
        }
        let (control, control_end) = mpsc::channel(MAX_QUEUED_EVENTS);
        let (media, media_end) = mpsc::channel(MAX_QUEUED_EVENTS);
        let queues = EventQueues { control, media };
        let (handle, fingerprint) = connection::open(configuration, queues)?;
        self.opened += 1;
        let number = self.opened;
        for (events, receiver) in [
            (&mut self.control, control_end),
            (&mut self.media, media_end),
        ] {
            events.push(Events {
                connection,
                number,
                receiver: Some(receiver),
            });
        }
        let opened = OpenConnection {
            number,
            handle,
            backlog: VecDeque::new(),
            sending: None,
        };
        self.open.insert(connection, opened);
        Ok(fingerprint)
    }

    pub(super) fn close(&mut self, connection: ConnectionId) -> Result<(), Refusal> {
        let closed = self.open.remove(&connection);
        closed
            .map(|_| ())
            .ok_or(Refusal::UnknownConnection(connection))
    }

    pub(super) fn require_open(&self, connection: ConnectionId) -> Result<(), Refusal> {
        if self.open.contains_key(&connection) {
            Ok(())
        } else {
            Err(Refusal::UnknownConnection(connection))
        }
    }

    pub(super) fn send(
        &mut self,
        connection: ConnectionId,
        command: Command,
    ) -> Result<(), Refusal> {
        let opened = self
            .open
            .get_mut(&connection)
            .ok_or(Refusal::UnknownConnection(connection))?;
        opened.send(command).map_err(|_| Refusal::Gone(connection))
    }

    /// Whether a connection has so many queued commands that the page must not be read now.
    pub(super) fn has_backlog(&self) -> bool {
        self.open
            .values()
            .any(|opened| opened.backlog.len() >= MAX_QUEUED_COMMANDS)
    }

    /// The next update of any connection.
    pub(super) fn poll_next(
        &mut self,
        wanted: Wanted,
        context: &mut Context<'_>,
    ) -> Poll<(ConnectionId, ConnectionUpdate)> {
        for opened in self.open.values_mut() {
            opened.poll_send(context);
        }
        // A queue of media is bounded and soon empty, so the others have their turn.
        while let Poll::Ready(Some((connection, number, update))) =
            Pin::new(&mut self.media).poll_next(context)
        {
            if self.is_open(connection, number) && matches!(update, ConnectionUpdate::Event(_)) {
                return Poll::Ready((connection, update));
            }
        }
        match wanted {
            Wanted::All => {}
            Wanted::MediaOnly => return Poll::Pending,
        }
        loop {
            let polled = Pin::new(&mut self.control).poll_next(context);
            let Poll::Ready(Some((connection, number, update))) = polled else {
                return Poll::Pending;
            };
            if !self.is_open(connection, number) {
                continue;
            }
            if let ConnectionUpdate::Ended = update {
                self.open.remove(&connection);
            }
            return Poll::Ready((connection, update));
        }
    }

    fn is_open(&self, connection: ConnectionId, number: u64) -> bool {
        let opened = self.open.get(&connection);
        opened.is_some_and(|opened| opened.number == number)
    }
}

impl OpenConnection {
    fn send(&mut self, command: Command) -> Result<(), Refused> {
        let waits = self.sending.is_some() || !self.backlog.is_empty();
        let is_media = matches!(
            command,
            Command::SendVideo { .. } | Command::SendAudio { .. }
        );
        if waits && !is_media {
            self.backlog.push_back(command);
            return Ok(());
        }
        match self.handle.try_send(command) {
            Ok(()) => Ok(()),
            Err(Refused::Full(command)) => {
                self.backlog.push_back(*command);
                Ok(())
            }
            Err(closed @ Refused::Closed(_)) => Err(closed),
        }
    }

    fn poll_send(&mut self, context: &mut Context<'_>) {
        loop {
            if let Some(sending) = &mut self.sending {
                // A connection that has ended reports that by its events.
                if sending.as_mut().poll(context).is_pending() {
                    return;
                }
                self.sending = None;
            }
            let Some(command) = self.backlog.pop_front() else {
                return;
            };
            let handle = self.handle.clone();
            self.sending = Some(Box::pin(async move { handle.send(command).await }));
        }
    }
}

impl Stream for Events {
    type Item = (ConnectionId, u64, ConnectionUpdate);

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let (connection, number) = (self.connection, self.number);
        let Some(receiver) = &mut self.receiver else {
            return Poll::Ready(None);
        };
        receiver.poll_recv(context).map(|event| {
            let update = event.map_or(ConnectionUpdate::Ended, ConnectionUpdate::Event);
            if let ConnectionUpdate::Ended = update {
                self.receiver = None;
            }
            Some((connection, number, update))
        })
    }
}

impl fmt::Debug for OpenConnection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("OpenConnection")
            .field("number", &self.number)
            .field("backlog", &self.backlog.len())
            .finish_non_exhaustive()
    }
}
