//! Sends the media that the page captured and encoded.
//!
//! Invariant: audio is encoded once per source; only connected connections get media.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Instant,
};

use super::{Connection, Rules};
use crate::{
    audio::AudioCodec,
    connection::Command,
    page_session::{
        audio_send::EncodedAudio,
        effect::{Effect, Output},
        senders::{self, ActiveSender, PathState, Senders},
        video_send::VideoSend,
    },
    video::SenderKey,
    wire::{
        event::Event,
        frame::{CapturedAudio, EncodedVideo, Frame},
        id::{ConnectionId, SourceId},
        request::SourceKind,
    },
};

/// In bits per second: Opus at its highest bitrate, with RTP, SRTP and UDP headers of 50 packets
/// per second.
const OPUS_BITRATE: u64 = 60_000;
/// The same for G.711.
const G711_BITRATE: u64 = 90_000;

impl Rules {
    pub(in crate::page_session) fn handle_frame(&mut self, now: Instant, frame: Frame<'_>) {
        match frame {
            Frame::EncodedVideo(video) => self.handle_encoded(now, video),
            Frame::CapturedAudio(audio) => self.handle_captured(now, audio),
            Frame::AudioRequest { receiver, frames } => {
                let outputs = self
                    .audio_receive
                    .handle_frame_request(now, receiver, frames);
                self.effects.extend(outputs.into_iter().map(Effect::Output));
                self.update_lip_sync(now, receiver);
                self.update_sources(now);
            }
            Frame::ChannelMessage(message) => self.push_command(
                message.connection,
                Command::SendChannel {
                    channel: message.channel,
                    binary: message.binary,
                    bytes: message.bytes.to_vec(),
                },
            ),
            // Kinds of the other direction are ignored.
            Frame::ReceivedVideo(_) | Frame::ReceivedAudio(_) | Frame::CapturedRows(_) => {}
        }
    }

    /// Updates sources, encoders and connections after a change of the active senders.
    pub(super) fn update_senders(&mut self, now: Instant) {
        let active = active_senders(&self.senders, &self.sources, &self.connections);
        let wanted = senders::wanted(&active);
        let mut effects = source_changes(&self.wanted, &wanted);
        effects.extend(self.video_send.set_senders(now, &active));
        self.wanted = wanted;
        self.effects.extend(effects);
        self.update_desired_bitrates();
    }

    /// Sends connections their desired bitrate where it has changed.
    fn update_desired_bitrates(&mut self) {
        let active = active_senders(&self.senders, &self.sources, &self.connections);
        let desired: Vec<_> = self
            .connections
            .iter()
            .map(|(id, entry)| {
                (
                    *id,
                    entry.desired,
                    desired_bitrate_of(*id, &active, &self.video_send),
                )
            })
            .filter(|(_, before, bits)| before != bits)
            .collect();
        for (id, _, bits) in desired {
            if let Some(entry) = self.connections.get_mut(&id) {
                entry.desired = bits;
            }
            self.push_command(id, Command::SetDesiredBitrate(bits));
        }
    }

    /// A connection that has just connected starts with a key frame.
    pub(super) fn start_with_key_frame(&mut self, now: Instant, connection: ConnectionId) {
        let active = active_senders(&self.senders, &self.sources, &self.connections);
        let effects = self.video_send.handle_connected(now, connection, &active);
        self.effects.extend(effects);
    }

    fn handle_encoded(&mut self, now: Instant, video: EncodedVideo<'_>) {
        let encoded = self.video_send.handle_frame(now, video);
        let effects = self.video_send.poll_changes();
        self.effects.extend(effects);
        if video.key {
            // A key frame has the frame size, which changes the desired bitrate.
            self.update_desired_bitrates();
        }
        let Some((frame, senders)) = encoded else {
            return;
        };
        for SenderKey { connection, mid } in senders {
            let is_connected = self
                .connections
                .get(&connection)
                .is_some_and(|entry| entry.path().state == PathState::Connected);
            if is_connected {
                let frame = Arc::clone(&frame);
                self.push_command(connection, Command::SendVideo { mid, frame });
            }
        }
    }

    fn handle_captured(&mut self, now: Instant, audio: CapturedAudio<'_>) {
        let mut senders = active_senders(&self.senders, &self.sources, &self.connections);
        senders.retain(|sender| {
            sender.source == audio.source
                && sender.kind == SourceKind::Audio
                && sender.path.state == PathState::Connected
        });
        let paths = senders::worst_paths(&senders);
        let packets = self.audio_send.handle_audio(now, audio, &paths);
        if packets.is_empty() {
            return;
        }
        let targets: Vec<_> = senders
            .iter()
            .map(|sender| (sender.connection, sender.mid.to_owned(), sender.audio_codec))
            .collect();
        for EncodedAudio { packet, captured } in packets {
            for (connection, mid, codec) in &targets {
                if *codec != Some(packet.codec) {
                    continue;
                }
                let command = Command::SendAudio {
                    mid: mid.clone(),
                    packet: Arc::clone(&packet),
                    captured,
                };
                self.push_command(*connection, command);
            }
        }
    }
}

/// Events for sources that became wanted or unwanted.
fn source_changes(before: &BTreeSet<SourceId>, now: &BTreeSet<SourceId>) -> Vec<Effect> {
    let change = |source: &SourceId, wanted| {
        Effect::Output(Output::Event(Event::SourceWanted {
            source: *source,
            wanted,
        }))
    };
    let ended = before.difference(now).map(|source| change(source, false));
    let started = now.difference(before).map(|source| change(source, true));
    ended.chain(started).collect()
}

fn active_senders<'a>(
    senders: &'a Senders,
    sources: &'a BTreeMap<SourceId, SourceKind>,
    connections: &'a BTreeMap<ConnectionId, Connection>,
) -> Vec<ActiveSender<'a>> {
    senders.active(sources, |id| {
        let entry = connections.get(&id)?;
        Some((&entry.negotiated_media, entry.path()))
    })
}

/// The bitrate that all senders of a connection could use, in bits per second.
fn desired_bitrate_of(
    connection: ConnectionId,
    active: &[ActiveSender<'_>],
    video_send: &VideoSend,
) -> u64 {
    match video_send.desired_bitrate(connection) {
        0 => {
            let senders = active
                .iter()
                .filter(|sender| sender.connection == connection);
            senders
                .map(|sender| match sender.audio_codec {
                    Some(AudioCodec::Pcmu | AudioCodec::Pcma) => G711_BITRATE,
                    Some(AudioCodec::Opus) | None => OPUS_BITRATE,
                })
                .sum()
        }
        bits => bits,
    }
}
