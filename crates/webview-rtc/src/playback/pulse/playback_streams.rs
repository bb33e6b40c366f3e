//! The playback streams of one page session, one per receiver.
//!
//! Invariant: no clock, socket or task. Commands and messages go in; transmits and events come out,
//! in order. A stream that is no longer wanted is deleted, even while it opens. A server has failed
//! if it does not answer, or if a reply to an open is not readable.

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
    format,
    playback_stream::{OpenStream, PlaybackStream, StreamState},
};
use crate::{
    playback::{PlaybackCommand, PlaybackEvent},
    pulse_connection::{Message, PulseFailure, Reply, Transmit},
    pulse_requests::PulseRequests,
    wire::{event::AudioOutput, id::ReceiverId},
};

/// More than the participants of a mesh call.
const MAX_STREAMS: usize = 64;

#[derive(Debug, Default)]
pub(super) struct PlaybackStreams {
    is_connected: bool,
    /// Outputs may have changed since they were listed.
    was_lost: bool,
    streams: BTreeMap<ReceiverId, PlaybackStream>,
    requests: PulseRequests<RequestKind>,
    events: VecDeque<PlaybackEvent>,
}

/// The purpose of a request.
#[derive(Debug)]
enum RequestKind {
    Open {
        receiver: ReceiverId,
        opened_on: Option<String>,
    },
    Latency(ReceiverId),
    Outputs(oneshot::Sender<Vec<AudioOutput>>),
}

impl PlaybackStreams {
    pub(super) fn poll_transmit(&mut self) -> Option<Transmit> {
        self.requests.poll_transmit()
    }

    pub(super) fn poll_event(&mut self) -> Option<PlaybackEvent> {
        self.events.pop_front()
    }

    /// The server is connected.
    pub(super) fn handle_connected(&mut self, now: Instant) {
        self.is_connected = true;
        self.requests
            .command(Command::Subscribe(SubscriptionMask::SINK));
        self.open_closed(now);
        if self.was_lost {
            self.events.push_back(PlaybackEvent::OutputsChanged);
        }
    }

    /// The server is not reachable, or the connection is lost.
    pub(super) fn handle_lost(&mut self) {
        self.was_lost = true;
        if self.is_connected {
            self.events.push_back(PlaybackEvent::OutputsChanged);
        }
        self.is_connected = false;
        // Drops the senders: a pending list of outputs ends empty.
        self.requests.clear();
        for receiver in self.receivers_where(|stream| !stream.is_closed()) {
            self.mark_closed(receiver);
        }
    }

    pub(super) fn handle_playback_command(&mut self, now: Instant, command: PlaybackCommand) {
        match command {
            PlaybackCommand::Play {
                receiver,
                volume,
                output,
            } => self.play(now, receiver, volume, output),
            PlaybackCommand::Stop { receiver } => {
                if let Some(stream) = self.streams.remove(&receiver) {
                    self.close(&stream.state);
                }
            }
            PlaybackCommand::Audio {
                receiver,
                mut samples,
            } => {
                let Some(stream) = self.streams.get_mut(&receiver) else {
                    return;
                };
                let Some(channel) = stream.channel() else {
                    return;
                };
                stream.volume.apply(&mut samples);
                self.requests.audio(channel, samples);
            }
            PlaybackCommand::ListOutputs(reply_sender) => {
                if self.is_connected {
                    self.requests.request(
                        now,
                        Command::GetSinkInfoList,
                        RequestKind::Outputs(reply_sender),
                    );
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
                if let Some(kind) = self.requests.answered(serial) {
                    self.handle_reply(serial, kind, reply)?;
                }
            }
            Message::Refused(serial, error) => {
                if let Some(kind) = self.requests.answered(serial) {
                    self.handle_refusal(now, serial, kind, error);
                }
            }
            Message::Command(command) => self.handle_command(now, &command),
            // Nothing is recorded here.
            Message::Audio(..) => {}
        }
        Ok(())
    }

    /// Called about once per second while the server is connected.
    pub(super) fn handle_timeout(&mut self, now: Instant) -> Result<(), PulseFailure> {
        self.requests.handle_timeout(now)?;
        self.open_closed(now);
        let mut open_streams = Vec::new();
        let mut changed = Vec::new();
        for (receiver, stream) in &mut self.streams {
            let Some(channel) = stream.channel() else {
                continue;
            };
            open_streams.push((*receiver, channel));
            if let Some(length) = stream.buffer_target.handle_timeout(now) {
                changed.push((channel, length));
            }
        }
        for (receiver, channel) in open_streams {
            let latency = Command::GetPlaybackLatency(LatencyParams {
                channel,
                // The server echoes it.
                now: SystemTime::UNIX_EPOCH,
            });
            self.requests
                .request(now, latency, RequestKind::Latency(receiver));
        }
        for (channel, length) in changed {
            self.requests.command(format::set_length(channel, length));
        }
        Ok(())
    }

    fn play(&mut self, now: Instant, receiver: ReceiverId, volume: f32, output: Option<String>) {
        if let Some(stream) = self.streams.get_mut(&receiver) {
            stream.volume.set(volume);
            if stream.output != output {
                stream.output = output;
                self.reopen(now, receiver);
            }
            return;
        }
        if self.streams.len() < MAX_STREAMS {
            let stream = PlaybackStream::new(now, volume, output);
            self.streams.insert(receiver, stream);
            if self.is_connected {
                self.open(now, receiver);
                return;
            }
        }
        self.emit_playing(receiver, false);
    }

    fn open_closed(&mut self, now: Instant) {
        for receiver in self.receivers_where(PlaybackStream::is_closed) {
            self.open(now, receiver);
        }
    }

    fn open(&mut self, now: Instant, receiver: ReceiverId) {
        if let Some(stream) = self.streams.get(&receiver) {
            let opened_on = stream.output.clone();
            self.open_on(now, receiver, opened_on);
        }
    }

    fn open_on(&mut self, now: Instant, receiver: ReceiverId, opened_on: Option<String>) {
        let Some(length) = self
            .streams
            .get(&receiver)
            .map(|stream| stream.buffer_target.length())
        else {
            return;
        };
        let command =
            Command::CreatePlaybackStream(format::stream_parameters(length, opened_on.as_deref()));
        let serial = self.requests.request(
            now,
            command,
            RequestKind::Open {
                receiver,
                opened_on,
            },
        );
        if let Some(stream) = self.streams.get_mut(&receiver) {
            stream.state = StreamState::Opening(serial);
        }
    }

    /// Reopens the stream on the requested output, with a short interruption.
    fn reopen(&mut self, now: Instant, receiver: ReceiverId) {
        let Some(stream) = self.streams.get_mut(&receiver) else {
            return;
        };
        let state = std::mem::replace(&mut stream.state, StreamState::Closed);
        stream.volume.restart();
        self.close(&state);
        if self.is_connected {
            self.open(now, receiver);
        }
    }

    fn close(&mut self, state: &StreamState) {
        match state {
            StreamState::Open(stream) => self
                .requests
                .command(Command::DeletePlaybackStream(stream.channel)),
            // Deleted when it has opened.
            StreamState::Opening(_) | StreamState::Closed => {}
        }
    }

    fn handle_reply(
        &mut self,
        serial: u32,
        kind: RequestKind,
        reply: Reply,
    ) -> Result<(), PulseFailure> {
        let read = match kind {
            RequestKind::Open {
                receiver,
                opened_on,
            } => {
                let opened = reply.read()?;
                self.handle_opened(serial, receiver, opened_on, &opened);
                Ok(())
            }
            RequestKind::Latency(receiver) => reply
                .read()
                .map(|latency| self.handle_latency(receiver, &latency)),
            RequestKind::Outputs(reply_sender) => reply.read().map(|sinks: SinkInfoList| {
                // The page may be gone.
                let _ = reply_sender.send(format::outputs(sinks));
            }),
        };
        if let Err(error) = read {
            debug!(%error, "reply of the sound server not readable");
        }
        Ok(())
    }

    fn handle_refusal(&mut self, now: Instant, serial: u32, kind: RequestKind, error: PulseError) {
        debug!(?error, "command refused by the sound server");
        let RequestKind::Open {
            receiver,
            opened_on,
        } = kind
        else {
            return;
        };
        if !self.is_opened_by(receiver, serial) {
            return;
        }
        if opened_on.is_some() {
            // Audio on the default output is better than none.
            self.open_on(now, receiver, None);
        } else {
            self.mark_closed(receiver);
        }
    }

    fn handle_opened(
        &mut self,
        serial: u32,
        receiver: ReceiverId,
        opened_on: Option<String>,
        opened: &CreatePlaybackStreamReply,
    ) {
        let channel = opened.channel;
        if !self.is_opened_by(receiver, serial) {
            self.requests
                .command(Command::DeletePlaybackStream(channel));
            return;
        }
        let Some(stream) = self.streams.get_mut(&receiver) else {
            return;
        };
        let latency = stream.buffer_target.length();
        stream.state = StreamState::Open(OpenStream {
            channel,
            opened_on,
            requested_bytes: 0,
        });
        self.emit_playing(receiver, true);
        self.events
            .push_back(PlaybackEvent::Latency { receiver, latency });
        self.handle_request(channel, opened.requested_bytes);
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
        reason = "the server sends few of the commands of the protocol"
    )]
    fn handle_command(&mut self, now: Instant, command: &Command) {
        match command {
            Command::Request(request) => self.handle_request(request.channel, request.length),
            Command::Underflow(underflow) => self.handle_underflow(now, underflow.channel),
            Command::PlaybackStreamKilled(channel) => {
                if let Some(receiver) = self.receiver(*channel) {
                    self.mark_closed(receiver);
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
                    self.return_to_output(now);
                }
            }
            other => debug!(?other, "message of the sound server ignored"),
        }
    }

    /// The new output may be a requested one.
    fn return_to_output(&mut self, now: Instant) {
        for receiver in self.receivers_where(PlaybackStream::is_on_other_output) {
            self.reopen(now, receiver);
        }
    }

    fn handle_request(&mut self, channel: u32, bytes: u32) {
        let Some(receiver) = self.receiver(channel) else {
            return;
        };
        let stream = self.streams.get_mut(&receiver);
        if let Some(frames) = stream.and_then(|stream| stream.handle_request(bytes)) {
            self.events
                .push_back(PlaybackEvent::FramesRequested { receiver, frames });
        }
    }

    fn handle_underflow(&mut self, now: Instant, channel: u32) {
        let Some(receiver) = self.receiver(channel) else {
            return;
        };
        let stream = self.streams.get_mut(&receiver);
        if let Some(length) = stream.and_then(|stream| stream.buffer_target.handle_underflow(now)) {
            self.requests.command(format::set_length(channel, length));
        }
    }

    /// Until the next attempt to open.
    fn mark_closed(&mut self, receiver: ReceiverId) {
        if let Some(stream) = self.streams.get_mut(&receiver) {
            stream.state = StreamState::Closed;
            stream.volume.restart();
            self.emit_playing(receiver, false);
        }
    }

    fn receiver(&self, of: u32) -> Option<ReceiverId> {
        let mut streams = self.streams.iter();
        let found = streams.find(|(_, stream)| stream.channel() == Some(of));
        found.map(|(receiver, _)| *receiver)
    }

    fn receivers_where(&self, is_match: impl Fn(&PlaybackStream) -> bool) -> Vec<ReceiverId> {
        let found = self.streams.iter().filter(|(_, stream)| is_match(stream));
        found.map(|(receiver, _)| *receiver).collect()
    }

    fn is_opened_by(&self, receiver: ReceiverId, command: u32) -> bool {
        let stream = self.streams.get(&receiver);
        stream.is_some_and(|stream| stream.is_opened_by(command))
    }

    fn emit_playing(&mut self, receiver: ReceiverId, playing: bool) {
        self.events
            .push_back(PlaybackEvent::Playing { receiver, playing });
    }
}

#[cfg(test)]
mod tests;
