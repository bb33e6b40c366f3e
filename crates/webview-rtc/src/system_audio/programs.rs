//! The programs that play, each with a recording of its stream.
//!
//! Invariant: no clock, socket or task. Messages go in; transmits and changes come out, in order. A
//! recording ends with its stream. At most [`MAX_RECORDINGS`] run. A server has failed if it does
//! not answer.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Instant,
};

use pulseaudio::protocol::{
    Command, CreateRecordStreamReply, SinkInputInfo, SinkInputInfoList, SubscriptionEvent,
    SubscriptionEventFacility, SubscriptionEventType, SubscriptionMask,
};
use tracing::debug;

use super::sink_input;
use crate::{
    pulse_connection::{Message, PulseFailure, Reply, Transmit},
    pulse_requests::PulseRequests,
};

/// More than a person plays at once.
const MAX_RECORDINGS: usize = 64;
/// Streams of a server that plays far more than that; the others are not looked at.
const MAX_STREAMS: usize = 1024;

/// Of the recordings, by the channel of their audio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Begun(u32),
    Ended(u32),
}

#[derive(Debug)]
pub(super) struct Programs {
    is_own: fn(u32) -> bool,
    /// By the index of the sink input.
    streams: BTreeMap<u32, StreamState>,
    requests: PulseRequests<RequestKind>,
    changes: VecDeque<Change>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StreamState {
    /// This process plays it, or it is no program's.
    LeftOut,
    /// The server was asked whose it is, or for a recording, by the command with this serial.
    Asking(u32),
    /// On this channel.
    Recorded(u32),
    /// The server ended or refused the recording; it is asked again.
    Lost,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RequestKind {
    List,
    Describe(u32),
    Record(u32),
}

impl Programs {
    pub(super) fn new(is_own: fn(u32) -> bool) -> Self {
        Self {
            is_own,
            streams: BTreeMap::new(),
            requests: PulseRequests::default(),
            changes: VecDeque::new(),
        }
    }

    pub(super) fn poll_transmit(&mut self) -> Option<Transmit> {
        self.requests.poll_transmit()
    }

    pub(super) fn poll_change(&mut self) -> Option<Change> {
        self.changes.pop_front()
    }

    /// The server is connected.
    pub(super) fn handle_connected(&mut self, now: Instant) {
        // First, so that no stream that begins meanwhile is missed.
        self.requests
            .command(Command::Subscribe(SubscriptionMask::SINK_INPUT));
        self.requests
            .request(now, Command::GetSinkInputInfoList, RequestKind::List);
    }

    pub(super) fn handle_message(
        &mut self,
        now: Instant,
        message: Message,
    ) -> Result<(), PulseFailure> {
        match message {
            Message::Reply(serial, reply) => {
                if let Some(kind) = self.requests.answered(serial) {
                    self.handle_reply(now, serial, kind, reply)?;
                }
            }
            Message::Refused(serial, error) => {
                if let Some(kind) = self.requests.answered(serial) {
                    debug!(?error, ?kind, "command refused by the sound server");
                    self.handle_refusal(serial, kind);
                }
            }
            Message::Command(command) => self.handle_command(now, &command),
            Message::Audio(..) => {}
        }
        Ok(())
    }

    /// Called about once per second.
    pub(super) fn handle_timeout(&mut self, now: Instant) -> Result<(), PulseFailure> {
        self.requests.handle_timeout(now)?;
        let lost = self.streams.iter();
        let lost: Vec<u32> = lost
            .filter(|(_, state)| **state == StreamState::Lost)
            .map(|(input, _)| *input)
            .collect();
        for input in lost {
            self.describe(now, input);
        }
        Ok(())
    }

    fn handle_reply(
        &mut self,
        now: Instant,
        serial: u32,
        kind: RequestKind,
        reply: Reply,
    ) -> Result<(), PulseFailure> {
        match kind {
            RequestKind::List => {
                for input in reply.read::<SinkInputInfoList>()? {
                    if !self.streams.contains_key(&input.index) {
                        self.record(now, &input);
                    }
                }
            }
            RequestKind::Describe(index) => {
                let input: SinkInputInfo = reply.read()?;
                if self.is_asked_by(index, serial) && input.index == index {
                    self.record(now, &input);
                }
            }
            RequestKind::Record(index) => {
                let CreateRecordStreamReply { channel, .. } = reply.read()?;
                if self.is_asked_by(index, serial) {
                    self.streams.insert(index, StreamState::Recorded(channel));
                    self.changes.push_back(Change::Begun(channel));
                } else {
                    // The stream has ended meanwhile.
                    self.requests.command(Command::DeleteRecordStream(channel));
                }
            }
        }
        Ok(())
    }

    fn handle_refusal(&mut self, serial: u32, kind: RequestKind) {
        match kind {
            // The server has no such list; streams that begin are still followed.
            RequestKind::List => {}
            // It is gone.
            RequestKind::Describe(index) => {
                if self.is_asked_by(index, serial) {
                    self.streams.remove(&index);
                }
            }
            RequestKind::Record(index) => {
                if self.is_asked_by(index, serial) {
                    self.streams.insert(index, StreamState::Lost);
                }
            }
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the server sends few of the commands of the protocol"
    )]
    fn handle_command(&mut self, now: Instant, command: &Command) {
        match command {
            Command::SubscribeEvent(SubscriptionEvent {
                event_facility: SubscriptionEventFacility::SinkInput,
                event_type,
                index: Some(index),
            }) => match event_type {
                SubscriptionEventType::New => self.describe(now, *index),
                SubscriptionEventType::Removed => self.forget(*index),
                // It may have moved to another output, which ends its recording on PulseAudio.
                SubscriptionEventType::Changed => {
                    if self.streams.get(index) == Some(&StreamState::Lost) {
                        self.describe(now, *index);
                    }
                }
            },
            Command::RecordStreamKilled(channel) => {
                let recorded = StreamState::Recorded(*channel);
                let mut streams = self.streams.iter_mut();
                if let Some((_, state)) = streams.find(|(_, state)| **state == recorded) {
                    *state = StreamState::Lost;
                    self.changes.push_back(Change::Ended(*channel));
                }
            }
            other => debug!(?other, "message of the sound server ignored"),
        }
    }

    fn describe(&mut self, now: Instant, index: u32) {
        if self.streams.len() >= MAX_STREAMS && !self.streams.contains_key(&index) {
            return;
        }
        let command = Command::GetSinkInputInfo(index);
        let serial = self
            .requests
            .request(now, command, RequestKind::Describe(index));
        self.streams.insert(index, StreamState::Asking(serial));
    }

    fn record(&mut self, now: Instant, input: &SinkInputInfo) {
        let index = input.index;
        if self.streams.len() >= MAX_STREAMS && !self.streams.contains_key(&index) {
            return;
        }
        let state = if !sink_input::is_of_other_program(input, self.is_own) {
            StreamState::LeftOut
        } else if self.recordings() < MAX_RECORDINGS {
            let command = Command::CreateRecordStream(sink_input::recording_of(index));
            StreamState::Asking(
                self.requests
                    .request(now, command, RequestKind::Record(index)),
            )
        } else {
            StreamState::Lost
        };
        self.streams.insert(index, state);
    }

    /// The stream has ended.
    fn forget(&mut self, index: u32) {
        if let Some(StreamState::Recorded(channel)) = self.streams.remove(&index) {
            self.changes.push_back(Change::Ended(channel));
            // PulseAudio has ended it already and refuses this; PipeWire has not.
            self.requests.command(Command::DeleteRecordStream(channel));
        }
    }

    fn recordings(&self) -> usize {
        let states = self.streams.values();
        let running = states.filter(|state| match state {
            StreamState::Asking(_) | StreamState::Recorded(_) => true,
            StreamState::LeftOut | StreamState::Lost => false,
        });
        running.count()
    }

    fn is_asked_by(&self, index: u32, serial: u32) -> bool {
        self.streams.get(&index) == Some(&StreamState::Asking(serial))
    }
}

#[cfg(test)]
mod tests;
