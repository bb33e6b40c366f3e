//! What one road holds: its connections, and the sources, senders and receivers between them and
//! the page. The rules are pure; this carries out what they want.
//!
//! Invariant: requests are answered in order; a connection's death touches only itself; dropping
//! the hub ends everything of its road.

mod agreement;
mod connections;
mod effect;
mod flow;
mod pictures_in;
mod pictures_out;
mod refusal;
mod replies;
mod rules;
mod senders;
mod sound_in;
mod sound_out;

use std::{collections::VecDeque, future::poll_fn, task::Poll, time::Instant};

use tokio::sync::oneshot;
use tracing::debug;

pub(crate) use effect::Output;

use self::{
    connections::{Connections, Told},
    effect::Effect,
    refusal::Refusal,
    replies::{Answer, Answered, Replies},
    rules::Rules,
};
use crate::{
    connection::Command,
    playback::{Order, Playback, PlaybackEvent},
    wire::{
        event::{Event, Reply},
        frame::Frame,
        id::{ConnectionId, ReceiverId, RequestId},
        request::{Request, Wish},
    },
};

/// Requests that may wait for their replies before nothing more is read from the page.
const MAX_UNANSWERED: usize = 512;

#[derive(Debug, Default)]
pub(crate) struct Hub {
    rules: Rules,
    connections: Connections,
    playback: Playback,
    replies: Replies,
    outputs: VecDeque<Output>,
}

/// What came from below, not from the page.
#[derive(Debug)]
pub(crate) enum Happened {
    Answered(RequestId, Answered),
    Told(ConnectionId, Told),
    Playback(PlaybackEvent),
}

impl Hub {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn handle_request(&mut self, now: Instant, request: Request) {
        let answer = self
            .carry_out_wish(now, request.wish)
            .unwrap_or_else(|refusal| Answer::Known(refusal.reply()));
        self.replies.push(request.id, answer);
        self.carry_out();
    }

    pub(crate) fn handle_frame(&mut self, now: Instant, frame: Frame<'_>) {
        self.rules.handle_frame(now, frame);
        self.carry_out();
    }

    /// The page did not read fast enough for this receiver's pictures.
    pub(crate) fn handle_pictures_dropped(&mut self, receiver: ReceiverId) {
        if self.rules.request_key_frame(receiver).is_ok() {
            self.carry_out();
        }
    }

    pub(crate) fn handle_happened(&mut self, now: Instant, happened: Happened) {
        match happened {
            Happened::Answered(id, answered) => {
                let outcome = self.reply(now, answered);
                let reply = Event::Reply { id, outcome };
                self.outputs.push_back(Output::Event(reply));
            }
            Happened::Told(connection, Told::Event(event)) => {
                self.rules.handle_event(now, connection, event);
            }
            Happened::Told(connection, Told::Ended) => {
                debug!(connection = connection.0, "connection ended by itself");
                self.rules.handle_ended(now, connection);
            }
            Happened::Playback(event) => self.rules.handle_playback(now, event),
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
    pub(crate) fn is_behind(&self) -> bool {
        self.replies.len() >= MAX_UNANSWERED || self.connections.is_behind()
    }

    /// Waits for what happens below. Dropping the future loses nothing.
    pub(crate) async fn next(&mut self) -> Happened {
        poll_fn(|context| {
            if let Poll::Ready((id, answered)) = self.replies.poll_next(context) {
                return Poll::Ready(Happened::Answered(id, answered));
            }
            if let Poll::Ready(event) = self.playback.poll_next(context) {
                return Poll::Ready(Happened::Playback(event));
            }
            self.connections
                .poll_next(context)
                .map(|(connection, told)| Happened::Told(connection, told))
        })
        .await
    }

    fn carry_out_wish(&mut self, now: Instant, wish: Wish) -> Result<Answer, Refusal> {
        match wish {
            Wish::OpenConnection {
                connection,
                configuration,
            } => {
                let fingerprint = self.connections.open(connection, configuration)?;
                self.rules.open_connection(connection);
                return Ok(Answer::Known(Reply::Opened { fingerprint }));
            }
            Wish::CloseConnection { connection } => {
                self.connections.close(connection)?;
                self.rules.close_connection(now, connection);
            }
            Wish::Configure {
                connection,
                configuration,
            } => self.send(connection, Command::Configure(configuration))?,
            Wish::Gather { connection, local } => self.send(connection, Command::Gather(local))?,
            Wish::Commit {
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
            Wish::AddRemoteCandidate {
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
            Wish::SetSender {
                connection,
                mid,
                source,
                parameters,
            } => self
                .rules
                .set_sender(now, connection, mid, source, parameters)?,
            Wish::OpenSource {
                source,
                kind,
                pixels,
            } => self.rules.open_source(now, source, kind, pixels)?,
            Wish::CloseSource { source } => self.rules.close_source(now, source)?,
            Wish::RequestKeyFrame { receiver } => self.rules.request_key_frame(receiver)?,
            Wish::ReportPlayoutDelay { receiver, delay } => {
                self.rules.report_playout_delay(receiver, delay)?;
            }
            Wish::Play {
                receiver,
                volume,
                output,
            } => self.rules.play(receiver, volume, output)?,
            Wish::StopPlaying { receiver } => self.rules.stop_playing(receiver),
            Wish::ListAudioOutputs => {
                let (done, outputs) = oneshot::channel();
                self.playback.order(Order::ListOutputs(done));
                return Ok(Answer::AudioOutputs(outputs));
            }
            Wish::OpenChannel {
                connection,
                channel,
                options,
            } => self.send(connection, Command::OpenChannel(channel, options))?,
            Wish::CloseChannel {
                connection,
                channel,
            } => self.send(connection, Command::CloseChannel(channel))?,
            Wish::ReadStatistics { connection } => {
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
                Effect::Playback(order) => self.playback.order(order),
            }
        }
    }
}
