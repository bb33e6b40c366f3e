//! What the page captured and coded, on its way to everybody who sends it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Instant,
};

use super::{Connection, Rules};
use crate::{
    connection::Command,
    page_session::{
        audio_send::Coded,
        effect::{Effect, Output},
        senders::{self, Active, Phase, Senders},
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

/// Opus at its best, and what RTP, SRTP and UDP add to 50 packets a second.
const SOUND_BITRATE: u64 = 60_000;

impl Rules {
    pub(in crate::page_session) fn handle_frame(&mut self, now: Instant, frame: Frame<'_>) {
        match frame {
            Frame::EncodedVideo(video) => self.handle_encoded(now, video),
            Frame::CapturedAudio(sound) => self.handle_captured(now, sound),
            Frame::SoundWanted { receiver, frames } => {
                let pieces = self
                    .audio_receive
                    .handle_frame_request(now, receiver, frames);
                self.effects.extend(pieces.into_iter().map(Effect::Output));
                self.hear(now, receiver);
            }
            Frame::ChannelMessage(message) => self.command(
                message.connection,
                Command::SendChannel {
                    channel: message.channel,
                    binary: message.binary,
                    bytes: message.bytes.to_vec(),
                },
            ),
            // These go the other way only; a page that sends them is not understood.
            Frame::ReceivedVideo(_) | Frame::SoundToPlay(_) => {}
        }
    }

    /// Brings sources, encoders and connections in line with what is to be sent now.
    pub(super) fn plan(&mut self, now: Instant) {
        let active = active(&self.senders, &self.sources, &self.connections);
        let wanted = senders::wanted(&active);
        let mut effects = told(&self.wanted, &wanted);
        effects.extend(self.video_send.plan(now, &active));
        self.wanted = wanted;
        self.effects.extend(effects);
        self.tell_desired();
    }

    /// How much the connections would use, where it has changed.
    fn tell_desired(&mut self) {
        let active = active(&self.senders, &self.sources, &self.connections);
        let desired: Vec<_> = self
            .connections
            .iter()
            .map(|(id, entry)| (*id, entry.desired, desired(*id, &active, &self.video_send)))
            .filter(|(_, before, bits)| before != bits)
            .collect();
        for (id, _, bits) in desired {
            if let Some(entry) = self.connections.get_mut(&id) {
                entry.desired = bits;
            }
            self.command(id, Command::SetDesiredBitrate(bits));
        }
    }

    /// A connection that can send now begins with a whole picture.
    pub(super) fn greet(&mut self, now: Instant, connection: ConnectionId) {
        let active = active(&self.senders, &self.sources, &self.connections);
        let effects = self.video_send.handle_connected(now, connection, &active);
        self.effects.extend(effects);
    }

    fn handle_encoded(&mut self, now: Instant, video: EncodedVideo<'_>) {
        let taken = self.video_send.handle_frame(now, video);
        let effects = self.video_send.changes();
        self.effects.extend(effects);
        if video.key {
            // It tells the source's size, which changes what is wanted of it.
            self.tell_desired();
        }
        let Some((frame, members)) = taken else {
            return;
        };
        for SenderKey { connection, mid } in members {
            let is_connected = self
                .connections
                .get(&connection)
                .is_some_and(|entry| entry.link().phase == Phase::Connected);
            if is_connected {
                let frame = Arc::clone(&frame);
                self.command(connection, Command::SendVideo { mid, frame });
            }
        }
    }

    fn handle_captured(&mut self, now: Instant, sound: CapturedAudio<'_>) {
        let mut members = active(&self.senders, &self.sources, &self.connections);
        members.retain(|sender| {
            sender.source == sound.source
                && sender.kind == SourceKind::Audio
                && sender.link.phase == Phase::Connected
        });
        if members.is_empty() {
            return;
        }
        let paths = senders::worst_path(&members);
        let packets = self.audio_send.handle_sound(now, sound, paths);
        if packets.is_empty() {
            return;
        }
        let to: Vec<_> = members
            .iter()
            .map(|member| (member.connection, member.mid.to_owned()))
            .collect();
        for Coded { packet, captured } in packets {
            for (connection, mid) in &to {
                let command = Command::SendAudio {
                    mid: mid.clone(),
                    packet: Arc::clone(&packet),
                    captured,
                };
                self.command(*connection, command);
            }
        }
    }
}

/// The sources that began or ceased to be wanted.
fn told(before: &BTreeSet<SourceId>, now: &BTreeSet<SourceId>) -> Vec<Effect> {
    let change = |source: &SourceId, wanted| {
        Effect::Output(Output::Event(Event::SourceWanted {
            source: *source,
            wanted,
        }))
    };
    let ended = before.difference(now).map(|source| change(source, false));
    let begun = now.difference(before).map(|source| change(source, true));
    ended.chain(begun).collect()
}

fn active<'a>(
    senders: &'a Senders,
    sources: &'a BTreeMap<SourceId, SourceKind>,
    connections: &'a BTreeMap<ConnectionId, Connection>,
) -> Vec<Active<'a>> {
    senders.active(sources, |id| {
        let entry = connections.get(&id)?;
        Some((&entry.negotiated_media, entry.link()))
    })
}

/// What all senders of a connection could use together, in bits a second.
fn desired(connection: ConnectionId, active: &[Active<'_>], pictures: &VideoSend) -> u64 {
    match pictures.desired_bitrate(connection) {
        0 => {
            let sounds = active
                .iter()
                .filter(|sender| sender.connection == connection);
            sounds.map(|_| SOUND_BITRATE).sum()
        }
        bits => bits,
    }
}
