//! The connections of one bridge: the commands that go to them and the events that come.
//!
//! Invariant: a connection's commands keep their order, also where it is backlog; dropping this ends
//! them all. What an ended connection still tells is nobody's.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use futures_util::{Stream, stream::SelectAll};
use tokio::sync::mpsc;

use super::refusal::Refusal;
use crate::{
    connection::{self, Command, ConnectionEvent, ConnectionHandle, Refused},
    wire::{id::ConnectionId, request::Configuration, session::Fingerprint},
};

/// More than a mesh of calls needs.
const MAX_CONNECTIONS: usize = 128;
/// Events of one connection that may wait for the page.
const MAX_EVENTS: usize = 256;
/// Commands that may wait here before nothing more is read from the page.
const MAX_BACKLOG: usize = 256;

#[derive(Debug, Default)]
pub(super) struct Connections {
    open: BTreeMap<ConnectionId, Opened>,
    events: SelectAll<Events>,
    /// How many were ever opened.
    opened: u64,
}

/// What a connection told.
#[derive(Debug)]
pub(crate) enum ConnectionUpdate {
    Event(ConnectionEvent),
    /// It ended without being asked to.
    Ended,
}

struct Opened {
    number: u64,
    handle: ConnectionHandle,
    /// Found no room yet, in order; the first of them is in `sending`.
    backlog: VecDeque<Command>,
    sending: Option<Sending>,
}

type Sending = Pin<Box<dyn Future<Output = Result<(), Refused>> + Send>>;

/// One connection's events, and its end as the last of them.
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
        let (sender, receiver) = mpsc::channel(MAX_EVENTS);
        let (handle, fingerprint) = connection::open(configuration, sender)?;
        self.opened += 1;
        let number = self.opened;
        self.events.push(Events {
            connection,
            number,
            receiver: Some(receiver),
        });
        let opened = Opened {
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

    pub(super) fn check(&self, connection: ConnectionId) -> Result<(), Refusal> {
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

    /// Whether one has so much to do that the page should be read no more for now.
    pub(super) fn has_backlog(&self) -> bool {
        self.open
            .values()
            .any(|opened| opened.backlog.len() >= MAX_BACKLOG)
    }

    /// What one of them told; pending while none does.
    pub(super) fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<(ConnectionId, ConnectionUpdate)> {
        for opened in self.open.values_mut() {
            opened.poll_send(context);
        }
        loop {
            let polled = Pin::new(&mut self.events).poll_next(context);
            let Poll::Ready(Some((connection, number, told))) = polled else {
                return Poll::Pending;
            };
            let is_open = |opened: &Opened| opened.number == number;
            if !self.open.get(&connection).is_some_and(is_open) {
                continue;
            }
            if let ConnectionUpdate::Ended = told {
                self.open.remove(&connection);
            }
            return Poll::Ready((connection, told));
        }
    }
}

impl Opened {
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
                // A connection that has ended tells so by its events.
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
            let told = event.map_or(ConnectionUpdate::Ended, ConnectionUpdate::Event);
            if let ConnectionUpdate::Ended = told {
                self.receiver = None;
            }
            Some((connection, number, told))
        })
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Opened")
            .field("number", &self.number)
            .field("backlog", &self.backlog.len())
            .finish_non_exhaustive()
    }
}
