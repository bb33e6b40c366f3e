//! The rules of one road: who sends which source to whom, what comes in for which receiver.
//!
//! Invariant: no clock, socket or task. Requests, frames and connections' events go in by
//! `handle_*`; what is to be done comes out by `poll_effect`, in order. One connection's end
//! touches nothing of another.

mod incoming;
mod lip_sync;
mod outgoing;
mod playback;
mod wishes;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Instant,
};

use super::{
    agreement::Agreement,
    effect::{Effect, Output},
    pictures_in::PicturesIn,
    pictures_out::PicturesOut,
    senders::{Link, Phase, Senders},
    sound_in::SoundIn,
    sound_out::SoundOut,
};
use crate::{
    connection::Command,
    wire::{
        event::{DtlsState, Event, IceState},
        id::{ConnectionId, ReceiverId, SourceId},
        request::SourceKind,
        session::Session,
        statistics::Statistics,
    },
};

#[derive(Debug, Default)]
pub(super) struct Rules {
    connections: BTreeMap<ConnectionId, Connection>,
    receivers: BTreeMap<ReceiverId, ConnectionId>,
    sources: BTreeMap<SourceId, SourceKind>,
    wanted: BTreeSet<SourceId>,
    senders: Senders,
    sound_out: SoundOut,
    pictures_out: PicturesOut,
    sound_in: SoundIn,
    pictures_in: PicturesIn,
    effects: VecDeque<Effect>,
}

#[derive(Debug)]
struct Connection {
    agreement: Agreement,
    /// The one before, in case this is refused.
    before: Agreement,
    /// How many agreements there were.
    number: u64,
    dtls: DtlsState,
    ice: IceState,
    estimate: Option<u64>,
    /// What the connection was told last that it could use.
    desired: u64,
}

impl Rules {
    pub(super) fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    pub(super) fn open_connection(&mut self, connection: ConnectionId) {
        self.connections.insert(connection, Connection::new());
    }

    pub(super) fn close_connection(&mut self, now: Instant, connection: ConnectionId) {
        if self.connections.remove(&connection).is_none() {
            return;
        }
        self.senders.remove_connection(connection);
        let gone: Vec<_> = self
            .receivers
            .iter()
            .filter(|(_, of)| **of == connection)
            .map(|(receiver, _)| *receiver)
            .collect();
        for receiver in gone {
            self.receivers.remove(&receiver);
            self.sound_in.forget(receiver);
            self.pictures_in.close(receiver);
        }
        self.plan(now);
    }

    /// The connection ended by itself.
    pub(super) fn handle_ended(&mut self, now: Instant, connection: ConnectionId) {
        for event in [
            Event::DtlsState {
                connection,
                state: DtlsState::Failed,
            },
            Event::IceState {
                connection,
                state: IceState::Failed,
            },
        ] {
            self.tell(event);
        }
        self.close_connection(now, connection);
    }

    /// Takes the agreement as true at once: what comes in by it may be faster than the reply.
    /// Gives its number.
    pub(super) fn commit(
        &mut self,
        now: Instant,
        connection: ConnectionId,
        session: &Session,
    ) -> u64 {
        let agreement = Agreement::of(session);
        let number = match self.connections.get_mut(&connection) {
            Some(entry) => {
                entry.number += 1;
                entry.before = entry.agreement.clone();
                entry.number
            }
            None => return 0,
        };
        self.agree(now, connection, &agreement);
        number
    }

    /// The connection refused that agreement: the one before holds, unless there is a newer.
    pub(super) fn handle_commit_refused(
        &mut self,
        now: Instant,
        connection: ConnectionId,
        number: u64,
    ) {
        let Some(entry) = self.connections.get(&connection) else {
            return;
        };
        if entry.number == number {
            let before = entry.before.clone();
            self.agree(now, connection, &before);
        }
    }

    pub(super) fn fill_statistics(&self, connection: ConnectionId, statistics: &mut Statistics) {
        let Some(entry) = self.connections.get(&connection) else {
            return;
        };
        for inbound in &mut statistics.inbound {
            let Some(line) = entry.agreement.line(&inbound.mid) else {
                continue;
            };
            inbound.receiver = Some(line.receiver);
            self.sound_in.fill(line.receiver, inbound);
        }
        for outbound in &mut statistics.outbound {
            if let Some((encoding, bitrate)) =
                self.pictures_out.encoding_of(connection, &outbound.mid)
            {
                outbound.encoding = Some(encoding);
                outbound.target_bitrate = Some(f64::from(bitrate));
            }
        }
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        [
            self.pictures_out.poll_timeout(),
            self.pictures_in.poll_timeout(),
            self.sound_in.poll_timeout(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) {
        for (receiver, change) in self.sound_in.handle_timeout(now) {
            self.tell_flow(receiver, change);
        }
        self.release_pictures(now);
        if self
            .pictures_out
            .poll_timeout()
            .is_some_and(|timeout| timeout <= now)
        {
            let effects = self.pictures_out.handle_timeout(now);
            self.effects.extend(effects);
        }
    }

    fn agree(&mut self, now: Instant, connection: ConnectionId, agreement: &Agreement) {
        let Some(entry) = self.connections.get_mut(&connection) else {
            return;
        };
        let before = std::mem::replace(&mut entry.agreement, agreement.clone());
        for line in agreement.receiving() {
            self.receivers.insert(line.receiver, connection);
            match line.kind {
                SourceKind::Audio => self.sound_in.open(line.receiver),
                SourceKind::Video => self.pictures_in.open(line.receiver),
            }
        }
        for line in before.receiving() {
            let still = agreement
                .of_receiver(line.receiver)
                .is_some_and(super::agreement::Line::receives);
            if still {
                continue;
            }
            self.receivers.remove(&line.receiver);
            let change = match line.kind {
                SourceKind::Audio => self.sound_in.close(line.receiver),
                SourceKind::Video => self.pictures_in.close(line.receiver),
            };
            if let Some(change) = change {
                self.tell_flow(line.receiver, change);
            }
        }
        self.plan(now);
    }

    fn tell(&mut self, event: Event) {
        self.effects.push_back(Effect::Output(Output::Event(event)));
    }

    fn command(&mut self, connection: ConnectionId, command: Command) {
        self.effects.push_back(Effect::Command(connection, command));
    }
}

impl Connection {
    fn new() -> Self {
        Self {
            agreement: Agreement::default(),
            before: Agreement::default(),
            number: 0,
            dtls: DtlsState::New,
            ice: IceState::New,
            estimate: None,
            desired: 0,
        }
    }

    fn link(&self) -> Link {
        let phase = match (self.ice, self.dtls) {
            (IceState::Failed | IceState::Closed, _)
            | (_, DtlsState::Failed | DtlsState::Closed) => Phase::Broken,
            (_, DtlsState::Connected) => Phase::Connected,
            (
                IceState::New
                | IceState::Checking
                | IceState::Connected
                | IceState::Completed
                | IceState::Disconnected,
                DtlsState::New | DtlsState::Connecting,
            ) => Phase::Connecting,
        };
        Link {
            phase,
            estimate: self.estimate,
        }
    }
}

#[cfg(test)]
mod tests;
