//! What each m-line is to send.
//!
//! Invariant: a sender counts as active only where the negotiated_media, its parameters, its source and
//! its connection all say so.

use std::collections::{BTreeMap, BTreeSet};

use super::{audio_send::Paths, negotiated_media::NegotiatedMedia};
use crate::wire::{
    event::VideoCodec,
    id::{ConnectionId, SourceId},
    request::{SendParameters, SourceKind},
};

/// Below this the path cannot carry sound at its best beside anything else.
const TIGHT: u64 = 120_000;

#[derive(Debug, Default)]
pub(super) struct Senders {
    /// By connection and mid.
    senders: BTreeMap<(ConnectionId, String), Sender>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Sender {
    pub(super) source: SourceId,
    pub(super) parameters: SendParameters,
    /// Of sound, as the other side reports it: 0 to 1.
    loss: f64,
}

/// One sender of a source, with what it depends on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Active<'a> {
    pub(super) connection: ConnectionId,
    pub(super) mid: &'a str,
    pub(super) source: SourceId,
    pub(super) kind: SourceKind,
    /// Of pictures only.
    pub(super) codec: Option<VideoCodec>,
    pub(super) parameters: SendParameters,
    pub(super) loss: f64,
    pub(super) link: SenderPath,
}

/// The connection below a sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SenderPath {
    pub(super) phase: Phase,
    /// In bits a second; none before the first.
    pub(super) estimate: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Sources warm up; nothing is sent yet.
    Connecting,
    Connected,
    /// Failed or closed; an ICE restart may bring it back.
    Broken,
}

/// What is left of a loss with each report that tells of less: a path that has lost some will again,
/// and one report in ten tells of none by chance.
const FORGET: f64 = 0.9;

impl Senders {
    pub(super) fn set(
        &mut self,
        connection: ConnectionId,
        mid: String,
        source: Option<SourceId>,
        parameters: SendParameters,
    ) {
        let key = (connection, mid);
        let Some(source) = source else {
            self.senders.remove(&key);
            return;
        };
        let loss = self.senders.get(&key).map_or(0.0, |sender| sender.loss);
        let sender = Sender {
            source,
            parameters,
            loss,
        };
        self.senders.insert(key, sender);
    }

    pub(super) fn set_loss(&mut self, connection: ConnectionId, mid: String, fraction: f64) {
        if let Some(sender) = self.senders.get_mut(&(connection, mid)) {
            sender.loss = fraction.max(sender.loss * FORGET);
        }
    }

    pub(super) fn remove_connection(&mut self, connection: ConnectionId) {
        self.senders.retain(|(of, _), _| *of != connection);
    }

    pub(super) fn count_of(&self, connection: ConnectionId) -> usize {
        self.senders
            .keys()
            .filter(|(of, _)| *of == connection)
            .count()
    }

    pub(super) fn active<'a>(
        &'a self,
        kinds: &'a BTreeMap<SourceId, SourceKind>,
        connection: impl Fn(ConnectionId) -> Option<(&'a NegotiatedMedia, SenderPath)>,
    ) -> Vec<Active<'a>> {
        self.senders
            .iter()
            .filter_map(|((id, mid), sender)| {
                let (negotiated_media, link) = connection(*id)?;
                let line = negotiated_media.line(mid)?;
                let kind = *kinds.get(&sender.source)?;
                let is_active = sender.parameters.active
                    && line.sends()
                    && line.kind == kind
                    && link.phase != Phase::Broken;
                is_active.then_some(Active {
                    connection: *id,
                    mid,
                    source: sender.source,
                    kind,
                    codec: line.video,
                    parameters: sender.parameters,
                    loss: sender.loss,
                    link,
                })
            })
            .collect()
    }
}

/// The sources that somebody sends.
pub(super) fn wanted(active: &[Active<'_>]) -> BTreeSet<SourceId> {
    active.iter().map(|sender| sender.source).collect()
}

/// What an encoder of sound must bear: the worst of all that send it.
pub(super) fn worst_path(senders: &[Active<'_>]) -> Paths {
    let mut paths = Paths {
        loss: 0.0,
        bitrate: None,
    };
    for sender in senders {
        paths.loss = paths.loss.max(sender.loss);
        let tight = sender
            .link
            .estimate
            .filter(|estimate| *estimate < TIGHT)
            .and_then(|estimate| u32::try_from(estimate / 4).ok());
        for limit in [sender.parameters.max_bitrate, tight].into_iter().flatten() {
            paths.bitrate = Some(paths.bitrate.map_or(limit, |bitrate| bitrate.min(limit)));
        }
    }
    paths
}
