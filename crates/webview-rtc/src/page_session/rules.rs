//! The rules of one bridge: who sends which source to whom, what comes in for which receiver.
//!
//! Invariant: no clock, socket or task. Requests, frames and connections' events go in by
//! `handle_*`; what is to be done comes out by `poll_effect`, in order. One connection's end
//! touches nothing of another.

mod incoming;
mod lip_sync;
mod outgoing;
mod playback;
mod requests;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Instant,
};

use super::{
    audio_receive::AudioReceive,
    audio_send::AudioSend,
    effect::{Effect, Output},
    negotiated_media::NegotiatedMedia,
    senders::{Phase, SenderPath, Senders},
    video_receive::VideoReceive,
    video_send::VideoSend,
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
    audio_send: AudioSend,
    video_send: VideoSend,
    audio_receive: AudioReceive,
    video_receive: VideoReceive,
    effects: VecDeque<Effect>,
}

#[derive(Debug)]
struct Connection {
    negotiated_media: NegotiatedMedia,
    /// The one before, in case this is refused.
    before: NegotiatedMedia,
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
            self.audio_receive.forget(receiver);
            self.video_receive.close(receiver);
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

    /// Takes the negotiated_media as true at once: what comes in by it may be faster than the reply.
    /// Gives its number.
    pub(super) fn commit(
        &mut self,
        now: Instant,
        connection: ConnectionId,
        session: &Session,
    ) -> u64 {
        let negotiated_media = NegotiatedMedia::of(session);
        let number = match self.connections.get_mut(&connection) {
            Some(entry) => {
                entry.number += 1;
                entry.before = entry.negotiated_media.clone();
                entry.number
            }
            None => return 0,
        };
        self.agree(now, connection, &negotiated_media);
        number
    }

    /// The connection refused that negotiated_media: the one before holds, unless there is a newer.
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
            let Some(line) = entry.negotiated_media.line(&inbound.mid) else {
                continue;
            };
            inbound.receiver = Some(line.receiver);
            self.audio_receive.fill(line.receiver, inbound);
        }
        for outbound in &mut statistics.outbound {
            if let Some((encoding, bitrate)) =
                self.video_send.encoding_of(connection, &outbound.mid)
            {
                outbound.encoding = Some(encoding);
                outbound.target_bitrate = Some(f64::from(bitrate));
            }
        }
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        [
            self.video_send.poll_timeout(),
            self.video_receive.poll_timeout(),
            self.audio_receive.poll_timeout(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) {
        for (receiver, change) in self.audio_receive.handle_timeout(now) {
            self.tell_flow(receiver, change);
        }
        self.release_pictures(now);
        if self
            .video_send
            .poll_timeout()
            .is_some_and(|timeout| timeout <= now)
        {
            let effects = self.video_send.handle_timeout(now);
            self.effects.extend(effects);
        }
    }

    fn agree(
        &mut self,
        now: Instant,
        connection: ConnectionId,
        negotiated_media: &NegotiatedMedia,
    ) {
        let Some(entry) = self.connections.get_mut(&connection) else {
            return;
        };
        let before = std::mem::replace(&mut entry.negotiated_media, negotiated_media.clone());
        for line in negotiated_media.receiving() {
            self.receivers.insert(line.receiver, connection);
            match line.kind {
                SourceKind::Audio => self.audio_receive.open(line.receiver),
                SourceKind::Video => self.video_receive.open(line.receiver),
            }
        }
        for line in before.receiving() {
            let still = negotiated_media
                .of_receiver(line.receiver)
                .is_some_and(super::negotiated_media::MediaSection::receives);
            if still {
                continue;
            }
            self.receivers.remove(&line.receiver);
            let change = match line.kind {
                SourceKind::Audio => self.audio_receive.close(line.receiver),
                SourceKind::Video => self.video_receive.close(line.receiver),
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
            negotiated_media: NegotiatedMedia::default(),
            before: NegotiatedMedia::default(),
            number: 0,
            dtls: DtlsState::New,
            ice: IceState::New,
            estimate: None,
            desired: 0,
        }
    }

    fn link(&self) -> SenderPath {
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
        SenderPath {
            phase,
            estimate: self.estimate,
        }
    }
}

#[cfg(test)]
mod tests;
