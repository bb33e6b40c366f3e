//! Source and parameters of each sender, by connection and m-line.
//!
//! Invariant: a sender is active only where the negotiated media, its parameters, its source and
//! its connection all allow it.

use std::collections::{BTreeMap, BTreeSet};

use super::{audio_send::WorstPath, negotiated_media::NegotiatedMedia};
use crate::{
    audio::AudioCodec,
    wire::{
        event::VideoCodec,
        id::{ConnectionId, SourceId},
        request::{SendParameters, SourceKind},
    },
};

/// With a lower estimate, in bits per second, the audio bitrate is reduced to leave room for video.
const FULL_AUDIO_MIN_ESTIMATE: u64 = 120_000;
/// With a low estimate audio gets 1/4 of it.
const LOW_ESTIMATE_AUDIO_DIVISOR: u64 = 4;

#[derive(Debug, Default)]
pub(super) struct Senders {
    /// By connection and mid.
    senders: BTreeMap<(ConnectionId, String), Sender>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Sender {
    pub(super) source: SourceId,
    pub(super) parameters: SendParameters,
    /// Share of lost audio packets, as the remote reports it: 0 to 1.
    loss: f64,
}

/// An active sender with its source, codec and path.
#[derive(Debug, Clone, Copy)]
pub(super) struct ActiveSender<'a> {
    pub(super) connection: ConnectionId,
    pub(super) mid: &'a str,
    pub(super) source: SourceId,
    pub(super) kind: SourceKind,
    /// Video only.
    pub(super) codec: Option<VideoCodec>,
    /// Audio only.
    pub(super) audio_codec: Option<AudioCodec>,
    pub(super) parameters: SendParameters,
    pub(super) loss: f64,
    pub(super) path: ConnectionPath,
}

/// State and estimate of the connection of a sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ConnectionPath {
    pub(super) state: PathState,
    /// In bits per second; `None` before the first estimate.
    pub(super) estimate: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PathState {
    /// Encoders start; nothing is sent yet.
    Connecting,
    Connected,
    /// Failed or closed. An ICE restart may recover it.
    Broken,
}

/// Factor of the known loss per report with a lower loss. A lossy path will lose again, and one
/// report in ten has no loss by chance.
const LOSS_DECAY: f64 = 0.9;

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
            sender.loss = fraction.max(sender.loss * LOSS_DECAY);
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
        connection: impl Fn(ConnectionId) -> Option<(&'a NegotiatedMedia, ConnectionPath)>,
    ) -> Vec<ActiveSender<'a>> {
        self.senders
            .iter()
            .filter_map(|((id, mid), sender)| {
                let (negotiated_media, path) = connection(*id)?;
                let section = negotiated_media.section(mid)?;
                let kind = *kinds.get(&sender.source)?;
                let is_active = sender.parameters.active
                    && section.sends()
                    && section.kind == kind
                    && path.state != PathState::Broken;
                is_active.then_some(ActiveSender {
                    connection: *id,
                    mid,
                    source: sender.source,
                    kind,
                    codec: section.video_codec(sender.parameters.payload_type),
                    audio_codec: section.audio_codec(sender.parameters.payload_type),
                    parameters: sender.parameters,
                    loss: sender.loss,
                    path,
                })
            })
            .collect()
    }
}

/// The sources with an active sender.
pub(super) fn wanted(active: &[ActiveSender<'_>]) -> BTreeSet<SourceId> {
    active.iter().map(|sender| sender.source).collect()
}

/// The highest loss and the lowest bitrate limit of all senders of an audio source, for each codec
/// in use.
pub(super) fn worst_paths(senders: &[ActiveSender<'_>]) -> BTreeMap<AudioCodec, WorstPath> {
    let mut paths = BTreeMap::new();
    for sender in senders {
        let Some(codec) = sender.audio_codec else {
            continue;
        };
        let worst = paths.entry(codec).or_insert(WorstPath {
            loss: 0.0,
            bitrate: None,
        });
        worst.loss = worst.loss.max(sender.loss);
        let audio_limit = sender
            .path
            .estimate
            .filter(|estimate| *estimate < FULL_AUDIO_MIN_ESTIMATE)
            .and_then(|estimate| u32::try_from(estimate / LOW_ESTIMATE_AUDIO_DIVISOR).ok());
        for limit in [sender.parameters.max_bitrate, audio_limit]
            .into_iter()
            .flatten()
        {
            worst.bitrate = Some(worst.bitrate.map_or(limit, |bitrate| bitrate.min(limit)));
        }
    }
    paths
}
