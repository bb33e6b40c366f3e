//! What one bridge holds: its connections, and the sources, senders and receivers between them and
//! the page. The rules are pure; this carries out what they want.
//!
//! Invariant: requests are answered in order; a connection's death touches only itself; dropping
//! the page session ends everything of its bridge.

mod audio_receive;
mod audio_send;
mod connections;
mod effect;
mod flow;
mod negotiated_media;
mod refusal;
mod replies;
mod rules;
mod senders;
mod video_receive;
mod video_send;

use std::{collections::VecDeque, future::poll_fn, task::Poll, time::Instant};

use tokio::sync::oneshot;
use tracing::debug;

pub(crate) use effect::Output;

use self::{
    connections::{ConnectionUpdate, Connections},
    effect::Effect,
    refusal::Refusal,
    replies::{Answer, Answered, Replies},
    rules::Rules,
};
use crate::{
    connection::Command,
    playback::{Playback, PlaybackCommand, PlaybackEvent},
    wire::{
        event::{Event, Reply},
        frame::Frame,
        id::{ConnectionId, ReceiverId, RequestId},
        request::{Request, RequestKind},
    },
};

/// Requests that may wait for their replies before nothing more is read from the page.
const MAX_UNANSWERED: usize = 512;

#[derive(Debug, Default)]
pub(crate) struct PageSession {
    rules: Rules,
    connections: Connections,
    playback: Playback,
    replies: Replies,
    outputs: VecDeque<Output>,
}

/// What came from below, not from the page.
#[derive(Debug)]
pub(crate) enum Input {
    Answered(RequestId, Answered),
    ConnectionUpdate(ConnectionId, ConnectionUpdate),
    Playback(PlaybackEvent),
}

impl PageSession {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn handle_request(&mut self, now: Instant, request: Request) {
        let answer = self
            .carry_out_request(now, request.wish)
            .unwrap_or_else(|refusal| Answer::Known(refusal.reply()));
        self.replies.push(request.id, answer);
        self.carry_out();
    }

    pub(crate) fn handle_frame(&mut self, now: Instant, frame: Frame<'_>) {
        self.rules.handle_frame(now, frame);
        self.carry_out();
    }

    /// The page did not read fast enough for this receiver's pictures.
    pub(crate) fn handle_video_frames_dropped(&mut self, receiver: ReceiverId) {
        if self.rules.request_key_frame(receiver).is_ok() {
            self.carry_out();
        }
    }

    pub(crate) fn handle_input(&mut self, now: Instant, input: Input) {
        match input {
            Input::Answered(id, answered) => {
                let outcome = self.reply(now, answered);
                let reply = Event::Reply { id, outcome };
                self.outputs.push_back(Output::Event(reply));
            }
            Input::ConnectionUpdate(connection, ConnectionUpdate::Event(event)) => {
                self.rules.handle_event(now, connection, event);
            }
            Input::ConnectionUpdate(connection, ConnectionUpdate::Ended) => {
                debug!(connection = connection.0, "connection ended by itself");
                self.rules.handle_ended(now, connection);
            }
            Input::Playback(event) => self.rules.handle_playback(now, event),
        }
        self.carry_out();
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.rules.poll_timeout()
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        self.rules.handle_timeout(now);
        self.carry_out();
    }

    pub(crate) fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Whether there is so much to do that the page should be read no more for now.
    pub(crate) fn has_backlog(&self) -> bool {
        self.replies.len() >= MAX_UNANSWERED || self.connections.has_backlog()
    }

    /// Waits for what happens below. Dropping the future loses nothing.
    pub(crate) async fn next(&mut self) -> Input {
        poll_fn(|context| {
            if let Poll::Ready((id, answered)) = self.replies.poll_next(context) {
                return Poll::Ready(Input::Answered(id, answered));
            }
            if let Poll::Ready(event) = self.playback.poll_next(context) {
                return Poll::Ready(Input::Playback(event));
            }
            self.connections
                .poll_next(context)
                .map(|(connection, told)| Input::ConnectionUpdate(connection, told))
        })
        .await
    }

    fn carry_out_request(&mut self, now: Instant, wish: RequestKind) -> Result<Answer, Refusal> {
        match wish {
            RequestKind::OpenConnection {
                connection,
                configuration,
            } => {
                let fingerprint = self.connections.open(connection, configuration)?;
                self.rules.open_connection(connection);
                return Ok(Answer::Known(Reply::Opened { fingerprint }));
            }
            RequestKind::CloseConnection { connection } => {
                self.connections.close(connection)?;
                self.rules.close_connection(now, connection);
            }
            RequestKind::Configure {
                connection,
                configuration,
            } => self.send(connection, Command::Configure(configuration))?,
            RequestKind::Gather { connection, local } => {
                self.send(connection, Command::Gather(local))?
            }
            RequestKind::Commit {
                connection,
                session,
            } => {
                let (done, outcome) = oneshot::channel();
                self.connections.check(connection)?;
                let number = self.rules.commit(now, connection, &session);
                self.send(connection, Command::Commit(Box::new(session), done))?;
                return Ok(Answer::Commit {
                    connection,
                    number,
                    outcome,
                });
            }
            RequestKind::AddRemoteCandidate {
                connection,
                candidate,
                username_fragment,
            } => self.send(
                connection,
                Command::AddRemoteCandidate {
                    candidate,
                    username_fragment,
                },
            )?,
            RequestKind::SetSender {
                connection,
                mid,
                source,
                parameters,
            } => self
                .rules
                .set_sender(now, connection, mid, source, parameters)?,
            RequestKind::OpenSource {
                source,
                kind,
                pixels,
            } => self.rules.open_source(now, source, kind, pixels)?,
            RequestKind::CloseSource { source } => self.rules.close_source(now, source)?,
            RequestKind::RequestKeyFrame { receiver } => self.rules.request_key_frame(receiver)?,
            RequestKind::ReportPlayoutDelay { receiver, delay } => {
                self.rules.report_playout_delay(receiver, delay)?;
            }
            RequestKind::Play {
                receiver,
                volume,
                output,
            } => self.rules.play(receiver, volume, output)?,
            RequestKind::StopPlaying { receiver } => self.rules.stop_playing(receiver),
            RequestKind::ListAudioOutputs => {
                let (done, outputs) = oneshot::channel();
                self.playback.send(PlaybackCommand::ListOutputs(done));
                return Ok(Answer::AudioOutputs(outputs));
            }
            RequestKind::OpenChannel {
                connection,
                channel,
                options,
            } => self.send(connection, Command::OpenChannel(channel, options))?,
            RequestKind::CloseChannel {
                connection,
                channel,
            } => self.send(connection, Command::CloseChannel(channel))?,
            RequestKind::ReadStatistics { connection } => {
                let (done, outcome) = oneshot::channel();
                self.send(connection, Command::ReadStatistics(done))?;
                return Ok(Answer::Statistics {
                    connection,
                    outcome,
                });
            }
        }
        Ok(Answer::Known(Reply::Done))
    }

    fn reply(&mut self, now: Instant, answered: Answered) -> Reply {
        match answered {
            Answered::Known(reply) => reply,
            Answered::Commit {
                outcome: Ok(()), ..
            } => Reply::Done,
            Answered::Commit {
                connection,
                number,
                outcome: Err(refusal),
            } => {
                self.rules.handle_commit_refused(now, connection, number);
                refusal.reply()
            }
            Answered::Statistics {
                outcome: Err(refusal),
                ..
            } => refusal.reply(),
            Answered::Statistics {
                connection,
                outcome: Ok(mut statistics),
            } => {
                self.rules.fill_statistics(connection, &mut statistics);
                Reply::Statistics {
                    statistics: Box::new(statistics),
                }
            }
        }
    }

    fn send(&mut self, connection: ConnectionId, command: Command) -> Result<(), Refusal> {
        self.connections.send(connection, command)
    }

    fn carry_out(&mut self) {
        while let Some(effect) = self.rules.poll_effect() {
            match effect {
                Effect::Output(output) => self.outputs.push_back(output),
                Effect::Command(connection, command) => {
                    // One that has just ended tells so by its events.
                    if let Err(refusal) = self.send(connection, command) {
                        debug!(%refusal, "command without a connection");
                    }
                }
                Effect::Playback(command) => self.playback.send(command),
            }
        }
    }
}
