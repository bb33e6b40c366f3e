//! The speakers of one bridge, as the sound server has them: one stream each.
//!
//! Invariant: no clock, socket or task. Orders and messages go in, what is to be sent and what has
//! happened comes out, in order. A stream that nobody wants any more is deleted, also when it was
//! still being opened. A server that answers nothing, or what is not understood, has failed.

use std::{
    collections::{BTreeMap, VecDeque},
    time::{Duration, Instant, SystemTime},
};

use pulseaudio::protocol::{
    Command, CreatePlaybackStreamReply, LatencyParams, PlaybackLatency, PulseError, SinkInfoList,
    SubscriptionEventFacility, SubscriptionEventType, SubscriptionMask,
};
use tokio::sync::oneshot;
use tracing::debug;

use super::{
    connection::{Message, PATIENCE, PulseFailure, Reply, Transmit},
    format,
    playback_stream::{PlaybackStream, Stream, StreamState},
};
use crate::{
    playback::{Order, PlaybackEvent},
    wire::{event::AudioOutput, id::ReceiverId},
};

/// More than there are people in a call that a mesh carries.
const MAX_STREAMS: usize = 64;

#[derive(Debug, Default)]
pub(super) struct PlaybackStreams {
    is_connected: bool,
    /// What was listed before may be otherwise now.
    was_lost: bool,
    speakers: BTreeMap<ReceiverId, PlaybackStream>,
    asked: BTreeMap<u32, Question>,
    serial: u32,
    transmits: VecDeque<Transmit>,
    events: VecDeque<PlaybackEvent>,
}

#[derive(Debug)]
struct Question {
    asked: Instant,
    about: Asked,
}

/// What an answer is to.
#[derive(Debug)]
enum Asked {
    Open {
        receiver: ReceiverId,
        on: Option<String>,
    },
    Latency(ReceiverId),
    Outputs(oneshot::Sender<Vec<AudioOutput>>),
}

impl PlaybackStreams {
    pub(super) fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    pub(super) fn poll_event(&mut self) -> Option<PlaybackEvent> {
        self.events.pop_front()
    }

    /// The server is there.
    pub(super) fn handle_connected(&mut self, now: Instant) {
        self.is_connected = true;
        self.command(Command::Subscribe(SubscriptionMask::SINK));
        self.open_closed(now);
        if self.was_lost {
            self.events.push_back(PlaybackEvent::OutputsChanged);
        }
    }

    /// It is not, or not any more.
    pub(super) fn handle_lost(&mut self) {
        self.was_lost = true;
        if self.is_connected {
            self.events.push_back(PlaybackEvent::OutputsChanged);
        }
        self.is_connected = false;
        self.transmits.clear();
        // Whoever waits for outputs hears that there are none.
        self.asked.clear();
        for receiver in self.those(|speaker| !speaker.is_closed()) {
            self.give_up(receiver);
        }
    }

    pub(super) fn handle_order(&mut self, now: Instant, order: Order) {
        match order {
            Order::Play {
                receiver,
                volume,
                output,
            } => self.play(now, receiver, volume, output),
            Order::Stop { receiver } => {
                if let Some(speaker) = self.speakers.remove(&receiver) {
                    self.close(&speaker.stage);
                }
            }
            Order::Sound {
                receiver,
                mut samples,
            } => {
                let Some(speaker) = self.speakers.get_mut(&receiver) else {
                    return;
                };
                let Some(channel) = speaker.channel() else {
                    return;
                };
                speaker.volume.apply(&mut samples);
                self.transmits.push_back(Transmit::Sound(channel, samples));
            }
            Order::ListOutputs(answer) => {
                if self.is_connected {
                    self.ask(now, Command::GetSinkInfoList, Asked::Outputs(answer));
                }
            }
        }
    }

    pub(super) fn handle_message(
        &mut self,
        now: Instant,
        message: Message,
    ) -> Result<(), PulseFailure> {
        match message {
            Message::Reply(serial, reply) => {
                if let Some(question) = self.asked.remove(&serial) {
                    self.handle_reply(serial, question.about, reply)?;
                }
            }
            Message::Refused(serial, error) => {
                if let Some(question) = self.asked.remove(&serial) {
                    self.handle_refusal(now, serial, question.about, error);
                }
            }
            Message::Command(command) => self.handle_command(now, &command),
        }
        Ok(())
    }

    /// About once a second, while the server is there.
    pub(super) fn handle_timeout(&mut self, now: Instant) -> Result<(), PulseFailure> {
        let mut questions = self.asked.values();
        if questions.any(|question| now.duration_since(question.asked) > PATIENCE) {
            return Err(PulseFailure::Silent);
        }
        self.open_closed(now);
        let mut streams = Vec::new();
        let mut changed = Vec::new();
        for (receiver, speaker) in &mut self.speakers {
            let Some(channel) = speaker.channel() else {
                continue;
            };
            streams.push((*receiver, channel));
            if let Some(length) = speaker.buffer_target.handle_timeout(now) {
                changed.push((channel, length));
            }
        }
        for (receiver, channel) in streams {
            let latency = Command::GetPlaybackLatency(LatencyParams {
                channel,
                // It only comes back as it was.
                now: SystemTime::UNIX_EPOCH,
            });
            self.ask(now, latency, Asked::Latency(receiver));
        }
        for (channel, length) in changed {
            self.command(format::resize(channel, length));
        }
        Ok(())
    }

    fn play(&mut self, now: Instant, receiver: ReceiverId, volume: f32, output: Option<String>) {
        if let Some(speaker) = self.speakers.get_mut(&receiver) {
            speaker.volume.set(volume);
            if speaker.output != output {
                speaker.output = output;
                self.reopen(now, receiver);
            }
            return;
        }
        if self.speakers.len() < MAX_STREAMS {
            let speaker = PlaybackStream::new(now, volume, output);
            self.speakers.insert(receiver, speaker);
            if self.is_connected {
                self.open(now, receiver);
                return;
            }
        }
        self.tell_playing(receiver, false);
    }

    fn open_closed(&mut self, now: Instant) {
        for receiver in self.those(PlaybackStream::is_closed) {
            self.open(now, receiver);
        }
    }

    fn open(&mut self, now: Instant, receiver: ReceiverId) {
        if let Some(speaker) = self.speakers.get(&receiver) {
            let on = speaker.output.clone();
            self.open_on(now, receiver, on);
        }
    }

    fn open_on(&mut self, now: Instant, receiver: ReceiverId, on: Option<String>) {
        let Some(length) = self
            .speakers
            .get(&receiver)
            .map(|it| it.buffer_target.length())
        else {
            return;
        };
        let command = Command::CreatePlaybackStream(format::stream(length, on.as_deref()));
        let serial = self.ask(now, command, Asked::Open { receiver, on });
        if let Some(speaker) = self.speakers.get_mut(&receiver) {
            speaker.stage = StreamState::Opening(serial);
        }
    }

    /// On the output that is wanted now; for that moment nothing is heard.
    fn reopen(&mut self, now: Instant, receiver: ReceiverId) {
        let Some(speaker) = self.speakers.get_mut(&receiver) else {
            return;
        };
        let stage = std::mem::replace(&mut speaker.stage, StreamState::Closed);
        speaker.volume.restart();
        self.close(&stage);
        if self.is_connected {
            self.open(now, receiver);
        }
    }

    fn close(&mut self, stage: &StreamState) {
        match stage {
            StreamState::Open(stream) => {
                self.command(Command::DeletePlaybackStream(stream.channel))
            }
            // It is deleted when it has been opened.
            StreamState::Opening(_) | StreamState::Closed => {}
        }
    }

    fn handle_reply(
        &mut self,
        serial: u32,
        asked: Asked,
        reply: Reply,
    ) -> Result<(), PulseFailure> {
        let read = match asked {
            Asked::Open { receiver, on } => {
                let opened = reply.read()?;
                self.handle_opened(serial, receiver, on, &opened);
                Ok(())
            }
            Asked::Latency(receiver) => reply
                .read()
                .map(|latency| self.handle_latency(receiver, &latency)),
            Asked::Outputs(answer) => reply.read().map(|sinks: SinkInfoList| {
                // The page may have gone.
                let _ = answer.send(format::outputs(sinks));
            }),
        };
        if let Err(error) = read {
            debug!(%error, "answer of the sound server not understood");
        }
        Ok(())
    }

    fn handle_refusal(&mut self, now: Instant, serial: u32, asked: Asked, error: PulseError) {
        debug!(?error, "refused by the sound server");
        let Asked::Open { receiver, on } = asked else {
            return;
        };
        if !self.is_opened_by(receiver, serial) {
            return;
        }
        if on.is_some() {
            // Better heard elsewhere than not at all.
            self.open_on(now, receiver, None);
        } else {
            self.give_up(receiver);
        }
    }

    fn handle_opened(
        &mut self,
        serial: u32,
        receiver: ReceiverId,
        on: Option<String>,
        opened: &CreatePlaybackStreamReply,
    ) {
        let channel = opened.channel;
        if !self.is_opened_by(receiver, serial) {
            self.command(Command::DeletePlaybackStream(channel));
            return;
        }
        let Some(speaker) = self.speakers.get_mut(&receiver) else {
            return;
        };
        let latency = speaker.buffer_target.length();
        speaker.stage = StreamState::Open(Stream {
            channel,
            on,
            room: 0,
        });
        self.tell_playing(receiver, true);
        self.events
            .push_back(PlaybackEvent::Latency { receiver, latency });
        self.handle_room(channel, opened.requested_bytes);
    }

    fn handle_latency(&mut self, receiver: ReceiverId, latency: &PlaybackLatency) {
        let kept = latency.write_offset.saturating_sub(latency.read_offset);
        let kept = format::duration(u64::try_from(kept).unwrap_or_default());
        self.events.push_back(PlaybackEvent::Latency {
            receiver,
            latency: kept + Duration::from_micros(latency.sink_usec),
        });
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "few of the protocol's commands come here"
    )]
    fn handle_command(&mut self, now: Instant, command: &Command) {
        match command {
            Command::Request(request) => self.handle_room(request.channel, request.length),
            Command::Underflow(underflow) => self.handle_underflow(now, underflow.channel),
            Command::PlaybackStreamKilled(channel) => {
                if let Some(receiver) = self.receiver(*channel) {
                    self.give_up(receiver);
                }
            }
            Command::SubscribeEvent(event)
                if event.event_facility == SubscriptionEventFacility::Sink =>
            {
                if event.event_type == SubscriptionEventType::Changed {
                    return;
                }
                self.events.push_back(PlaybackEvent::OutputsChanged);
                if event.event_type == SubscriptionEventType::New {
                    self.go_back(now);
                }
            }
            other => debug!(?other, "message of the sound server left out"),
        }
    }

    /// The output that somebody wants may be the one that has come.
    fn go_back(&mut self, now: Instant) {
        for receiver in self.those(PlaybackStream::is_elsewhere) {
            self.reopen(now, receiver);
        }
    }

    fn handle_room(&mut self, channel: u32, bytes: u32) {
        let Some(receiver) = self.receiver(channel) else {
            return;
        };
        let speaker = self.speakers.get_mut(&receiver);
        if let Some(pieces) = speaker.and_then(|speaker| speaker.handle_room(bytes)) {
            self.events
                .push_back(PlaybackEvent::Wanted { receiver, pieces });
        }
    }

    fn handle_underflow(&mut self, now: Instant, channel: u32) {
        let Some(receiver) = self.receiver(channel) else {
            return;
        };
        let speaker = self.speakers.get_mut(&receiver);
        if let Some(length) = speaker.and_then(|it| it.buffer_target.handle_underflow(now)) {
            self.command(format::resize(channel, length));
        }
    }

    /// For now.
    fn give_up(&mut self, receiver: ReceiverId) {
        if let Some(speaker) = self.speakers.get_mut(&receiver) {
            speaker.stage = StreamState::Closed;
            speaker.volume.restart();
            self.tell_playing(receiver, false);
        }
    }

    fn receiver(&self, of: u32) -> Option<ReceiverId> {
        let mut speakers = self.speakers.iter();
        let found = speakers.find(|(_, speaker)| speaker.channel() == Some(of));
        found.map(|(receiver, _)| *receiver)
    }

    fn those(&self, are: impl Fn(&PlaybackStream) -> bool) -> Vec<ReceiverId> {
        let found = self.speakers.iter().filter(|(_, speaker)| are(speaker));
        found.map(|(receiver, _)| *receiver).collect()
    }

    fn is_opened_by(&self, receiver: ReceiverId, command: u32) -> bool {
        let speaker = self.speakers.get(&receiver);
        speaker.is_some_and(|speaker| speaker.is_opened_by(command))
    }

    fn tell_playing(&mut self, receiver: ReceiverId, playing: bool) {
        self.events
            .push_back(PlaybackEvent::Playing { receiver, playing });
    }

    fn ask(&mut self, now: Instant, command: Command, about: Asked) -> u32 {
        self.command(command);
        self.asked
            .insert(self.serial, Question { asked: now, about });
        self.serial
    }

    fn command(&mut self, command: Command) {
        self.serial = self.serial.wrapping_add(1);
        let transmit = Transmit::Command(self.serial, Box::new(command));
        self.transmits.push_back(transmit);
    }
}

#[cfg(test)]
mod tests;
