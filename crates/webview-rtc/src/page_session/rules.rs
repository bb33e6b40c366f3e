//! The rules of one page session: routes sources to connections and received media to receivers.
//!
//! Invariant: no clock, socket or task. Requests, frames and events enter by `handle_*`; effects
//! leave by `poll_effect`, in order. The end of a connection affects no other.

mod incoming;
mod lip_sync;
mod outgoing;
mod playback;
mod requests;
mod sources;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Instant,
};

use super::{
    audio_receive::AudioReceive,
    audio_send::AudioSend,
    effect::{Effect, Output},
    negotiated_media::NegotiatedMedia,
    senders::{ConnectionPath, PathState, Senders},
    video_receive::VideoReceive,
    video_send::VideoSend,
};
use crate::{
    connection::Command,
    wire::{
        event::{DtlsState, Event, IceState},
        id::{ConnectionId, ReceiverId, SourceId},
        negotiated::NegotiatedParameters,
        request::SourceKind,
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
    sources_told_at: Option<Instant>,
    effects: VecDeque<Effect>,
}

#[derive(Debug)]
struct Connection {
    negotiated_media: NegotiatedMedia,
    /// The previous one, restored when a commit is refused.
    before: NegotiatedMedia,
    /// Number of commits so far.
    number: u64,
    dtls: DtlsState,
    ice: IceState,
    estimate: Option<u64>,
    /// The desired bitrate that the connection was given last.
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
        self.audio_receive.handle_closed(connection);
        let receivers: Vec<_> = self
            .receivers
            .iter()
            .filter(|(_, of)| **of == connection)
            .map(|(receiver, _)| *receiver)
            .collect();
        for receiver in receivers {
            self.receivers.remove(&receiver);
            self.audio_receive.remove(receiver);
            self.video_receive.close(receiver);
        }
        self.update_senders(now);
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
            self.push_event(event);
        }
        self.close_connection(now, connection);
    }

    /// Applies the negotiated media at once: media may arrive before the reply. Returns the number
    /// of the commit.
    pub(super) fn commit(
        &mut self,
        now: Instant,
        connection: ConnectionId,
        negotiated: &NegotiatedParameters,
    ) -> u64 {
        let negotiated_media = NegotiatedMedia::of(negotiated);
        let number = match self.connections.get_mut(&connection) {
            Some(entry) => {
                entry.number += 1;
                entry.before = entry.negotiated_media.clone();
                entry.number
            }
            None => return 0,
        };
        self.apply_negotiated(now, connection, &negotiated_media);
        number
    }

    /// The connection refused this commit. The previous one is restored, unless a newer one exists.
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
            self.apply_negotiated(now, connection, &before);
        }
    }

    pub(super) fn fill_statistics(&self, connection: ConnectionId, statistics: &mut Statistics) {
        let Some(entry) = self.connections.get(&connection) else {
            return;
        };
        for inbound in &mut statistics.inbound {
            let Some(section) = entry.negotiated_media.section(&inbound.mid) else {
                continue;
            };
            inbound.receiver = Some(section.receiver);
            self.audio_receive
                .fill_statistics(section.receiver, inbound);
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
            self.push_flow_change(receiver, change);
        }
        self.release_video(now);
        if self
            .video_send
            .poll_timeout()
            .is_some_and(|timeout| timeout <= now)
        {
            let effects = self.video_send.handle_timeout(now);
            self.effects.extend(effects);
        }
    }

    fn apply_negotiated(
        &mut self,
        now: Instant,
        connection: ConnectionId,
        negotiated_media: &NegotiatedMedia,
    ) {
        let Some(entry) = self.connections.get_mut(&connection) else {
            return;
        };
        let before = std::mem::replace(&mut entry.negotiated_media, negotiated_media.clone());
        for section in negotiated_media.receiving() {
            self.receivers.insert(section.receiver, connection);
            match section.kind {
                SourceKind::Audio => self.audio_receive.open(section.receiver),
                SourceKind::Video => self.video_receive.open(section.receiver),
            }
        }
        for section in before.receiving() {
            let still_receives = negotiated_media
                .section_of_receiver(section.receiver)
                .is_some_and(super::negotiated_media::MediaSection::receives);
            if still_receives {
                continue;
            }
            self.receivers.remove(&section.receiver);
            let change = match section.kind {
                SourceKind::Audio => self.audio_receive.close(section.receiver),
                SourceKind::Video => self.video_receive.close(section.receiver),
            };
            if let Some(change) = change {
                self.push_flow_change(section.receiver, change);
            }
        }
        self.update_senders(now);
    }

    fn push_event(&mut self, event: Event) {
        self.effects.push_back(Effect::Output(Output::Event(event)));
    }

    fn push_command(&mut self, connection: ConnectionId, command: Command) {
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

    fn path(&self) -> ConnectionPath {
        let state = match (self.ice, self.dtls) {
            (IceState::Failed | IceState::Closed, _)
            | (_, DtlsState::Failed | DtlsState::Closed) => PathState::Broken,
            (_, DtlsState::Connected) => PathState::Connected,
            (
                IceState::New
                | IceState::Checking
                | IceState::Connected
                | IceState::Completed
                | IceState::Disconnected,
                DtlsState::New | DtlsState::Connecting,
            ) => PathState::Connecting,
        };
        ConnectionPath {
            state,
            estimate: self.estimate,
        }
    }
}

#[cfg(test)]
mod tests;
