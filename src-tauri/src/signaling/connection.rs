//! The signaling connection as pure state: idle → connecting → joining → joined → waiting →
//! connecting …
//!
//! Invariant: no clock, socket or task. Inputs enter by `handle_*` with a [`StepInput`], outputs
//! leave by `poll_output`, and `poll_timeout` gives the time of the next `handle_timeout`. A socket
//! exists exactly in `Joining`, `Joined` and `Leaving`. What the page's client does as well
//! (`ui/src/adapters/browser/signaling-connection.ts`) is held to the same cases:
//! `crates/signal-protocol/testdata/client-cases.json`.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use signal_protocol::{ClientMessage, ErrorMessage, RoomJoined, ServerMessage, Status};

use super::{
    ConnectFailure, Field, JoinRequest, SignalingEvent,
    backoff::Backoff,
    reconnect_policy::{ReconnectPolicy, SocketEnd},
    room_session::{RoomSession, is_temporary},
    step_input::StepInput,
};
use crate::{fault::ShellFault, relay_choice::RelayTarget};

const JOIN_TIMEOUT: Duration = Duration::from_secs(10);
const LEAVE_TIMEOUT: Duration = Duration::from_secs(1);
/// A silent relay gets a ping after this time.
const PING_INTERVAL: Duration = Duration::from_secs(25);
const PONG_TIMEOUT: Duration = Duration::from_secs(10);
/// A reloaded page has to rejoin within this time.
const RECLAIM_TIMEOUT: Duration = Duration::from_secs(10);

const JOIN: &str = "room:join";

/// Actions for the shell.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Output {
    /// Open a socket and drop the current one.
    Connect(RelayTarget),
    Send(ClientMessage),
    /// Flush, then close.
    Close,
    /// Drop the socket without closing it: the relay keeps the member for its grace period.
    Abandon,
    Tell(SignalingEvent),
    /// The room is left, or there was none.
    Left,
}

#[derive(Debug, Default)]
pub(super) struct Connection {
    state: State,
    outputs: VecDeque<Output>,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Idle,
    Leaving {
        until: Instant,
    },
    Active(Box<RoomSession>, Phase),
}

#[derive(Debug)]
enum Phase {
    Connecting,
    Joining {
        until: Instant,
        /// The status in the join.
        status: Status,
    },
    Joined {
        since: Instant,
        heard: Instant,
        pinged: Option<Instant>,
    },
    Waiting {
        until: Instant,
    },
}

impl Connection {
    pub(super) fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        match &self.state {
            State::Idle => None,
            State::Leaving { until } => Some(*until),
            State::Active(session, phase) => {
                let phase = match phase {
                    Phase::Connecting => None,
                    Phase::Joining { until, .. } | Phase::Waiting { until } => Some(*until),
                    Phase::Joined { heard, pinged, .. } => Some(
                        pinged
                            .map_or_else(|| *heard + PING_INTERVAL, |pinged| pinged + PONG_TIMEOUT),
                    ),
                };
                phase.into_iter().chain(session.reclaim_until).min()
            }
        }
    }

    /// A new page listens: the first one, or a reloaded one.
    pub(super) fn handle_listen(&mut self, input: StepInput) {
        if let State::Active(session, _) = &mut self.state {
            session.reclaim_until = Some(input.now + RECLAIM_TIMEOUT);
        }
    }

    pub(super) fn handle_join(&mut self, request: &JoinRequest) {
        let mut session = match RoomSession::new(request) {
            Ok(session) => session,
            Err((field, reason)) => {
                self.leave_at_once();
                self.tell(SignalingEvent::failed(field, reason));
                return;
            }
        };
        match &mut self.state {
            State::Active(old, _) if old.has_joined_before() && old.is_same_room(&session) => {
                // A reloaded page: a resume gives it the list of members.
                session.resume = old.resume.take();
            }
            State::Idle | State::Leaving { .. } | State::Active(..) => self.leave_at_once(),
        }
        self.tell(SignalingEvent::Connecting);
        self.connect(Box::new(session));
    }

    pub(super) fn handle_leave(&mut self, input: StepInput) {
        match &self.state {
            State::Leaving { .. } => {}
            State::Active(_, Phase::Joining { .. } | Phase::Joined { .. }) => {
                self.output(Output::Send(ClientMessage::RoomLeave));
                self.state = State::Leaving {
                    until: input.now + LEAVE_TIMEOUT,
                };
            }
            State::Idle | State::Active(_, Phase::Connecting | Phase::Waiting { .. }) => {
                self.finish();
            }
        }
    }

    /// Sends a message of the page, except join and leave.
    pub(super) fn handle_send(&mut self, message: ClientMessage) {
        let State::Active(session, phase) = &mut self.state else {
            return;
        };
        if let ClientMessage::UserStatus { status } = &message {
            session.status = status.clone();
        }
        if matches!(phase, Phase::Joined { .. }) {
            self.output(Output::Send(message));
            return;
        }
        match message {
            ClientMessage::Directed(directed) => session.outbox.push(directed),
            // The join carries the newest status, or the answer brings it out. The next
            // `room:joined` brings new ICE servers; the others need no answer.
            ClientMessage::UserStatus { .. }
            | ClientMessage::IceRefresh
            | ClientMessage::Ping
            | ClientMessage::RoomJoin(_)
            | ClientMessage::RoomLeave => {}
        }
    }

    pub(super) fn handle_connected(&mut self, input: StepInput) {
        let State::Active(session, phase @ Phase::Connecting) = &mut self.state else {
            return;
        };
        *phase = Phase::Joining {
            until: input.now + JOIN_TIMEOUT,
            status: session.status.clone(),
        };
        let join = session.join_message();
        self.output(Output::Send(join));
    }

    pub(super) fn handle_connect_failed(&mut self, failure: ConnectFailure, input: StepInput) {
        self.fail_or_wait(failure.into(), input);
    }

    /// Anything arrived from the relay.
    pub(super) fn handle_heard(&mut self, input: StepInput) {
        if let State::Active(_, Phase::Joined { heard, pinged, .. }) = &mut self.state {
            *heard = input.now;
            *pinged = None;
        }
    }

    pub(super) fn handle_frame(&mut self, frame: &str, input: StepInput) {
        self.handle_heard(input);
        // A newer relay may send unknown messages.
        let Ok(message) = ServerMessage::decode(frame) else {
            tracing::debug!(bytes = frame.len(), "message not understood");
            return;
        };
        match &self.state {
            State::Idle => {}
            State::Leaving { .. } => {
                if message == ServerMessage::RoomLeft {
                    self.finish();
                }
            }
            State::Active(_, Phase::Joined { .. }) => {
                if message != ServerMessage::Pong {
                    self.tell(SignalingEvent::message(message));
                }
            }
            State::Active(..) => self.handle_answer(message, input),
        }
    }

    pub(super) fn handle_ended(&mut self, ended: SocketEnd, input: StepInput) {
        let State::Active(session, phase) = &mut self.state else {
            if matches!(self.state, State::Leaving { .. }) {
                self.finish();
            }
            return;
        };
        match phase {
            // There is no socket: this one was given up already.
            Phase::Connecting | Phase::Waiting { .. } => return,
            Phase::Joining { .. } => {}
            Phase::Joined { since, .. } => {
                session.backoff.handle_session_ended(input.now - *since);
            }
        }
        tracing::info!(?ended, "signaling connection lost");
        match ReconnectPolicy::of(ended) {
            ReconnectPolicy::Stop(field, reason) => self.fail(field, reason),
            ReconnectPolicy::RestartDelay if session.has_joined_before() => {
                let until = input.now + Backoff::restart_delay(input);
                self.wait(until, ShellFault::RelayRestarts);
            }
            ReconnectPolicy::OverloadDelay if session.has_joined_before() => {
                let until = input.now + session.backoff.overload_delay(input);
                self.wait(until, ShellFault::ConnectionLost);
            }
            ReconnectPolicy::RestartDelay
            | ReconnectPolicy::OverloadDelay
            | ReconnectPolicy::Backoff => self.lost(input),
        }
    }

    /// The computer slept: the socket is dead, so reconnect immediately.
    pub(super) fn handle_wake(&mut self) {
        let State::Active(session, phase) = std::mem::take(&mut self.state) else {
            return;
        };
        if matches!(phase, Phase::Joined { .. }) {
            self.tell(SignalingEvent::Waiting {
                reason: ShellFault::ConnectionLost,
            });
        }
        self.connect(session);
    }

    pub(super) fn handle_timeout(&mut self, input: StepInput) {
        if self.poll_timeout().is_none_or(|due| input.now < due) {
            return;
        }
        let State::Active(session, phase) = &mut self.state else {
            self.finish();
            return;
        };
        if session
            .reclaim_until
            .is_some_and(|until| until <= input.now)
        {
            session.reclaim_until = None;
            self.handle_leave(input);
            return;
        }
        match phase {
            Phase::Connecting => {}
            Phase::Waiting { .. } => self.reconnect(),
            Phase::Joining { .. } => {
                self.output(Output::Abandon);
                self.lost(input);
            }
            Phase::Joined { pinged, since, .. } => {
                if pinged.is_none() {
                    *pinged = Some(input.now);
                    self.output(Output::Send(ClientMessage::Ping));
                    return;
                }
                session.backoff.handle_session_ended(input.now - *since);
                self.output(Output::Abandon);
                self.lost(input);
            }
        }
    }

    /// Handles the answer to `room:join`. What comes before it is none of this client's.
    fn handle_answer(&mut self, message: ServerMessage, input: StepInput) {
        match message {
            ServerMessage::RoomJoined(joined) => self.handle_joined(joined, input),
            ServerMessage::Error(error) if is_about_join(&error) => {
                self.handle_refused(error, input);
            }
            ServerMessage::Error(_)
            | ServerMessage::RoomLeft
            | ServerMessage::UserJoined { .. }
            | ServerMessage::UserLeft { .. }
            | ServerMessage::UserLost { .. }
            | ServerMessage::UserBack { .. }
            | ServerMessage::UserStatus { .. }
            | ServerMessage::IceServers { .. }
            | ServerMessage::Pong
            | ServerMessage::Delivered(_) => {}
        }
    }

    fn handle_joined(&mut self, joined: Box<RoomJoined>, input: StepInput) {
        let State::Active(session, phase) = &mut self.state else {
            return;
        };
        let Phase::Joining { status, .. } = phase else {
            return;
        };
        let queued = session.handle_joined(&joined, status);
        *phase = Phase::Joined {
            since: input.now,
            heard: input.now,
            pinged: None,
        };
        self.outputs.extend(queued.into_iter().map(Output::Send));
        self.tell(SignalingEvent::Connected);
        self.tell(SignalingEvent::message(ServerMessage::RoomJoined(joined)));
    }

    /// A refusal that may pass is tried again. Any other ends the connection; the page decides
    /// whether a call goes on without it.
    fn handle_refused(&mut self, error: ErrorMessage, input: StepInput) {
        let State::Active(session, _) = &mut self.state else {
            return;
        };
        tracing::info!(code = ?error.code, "join refused");
        self.outputs.push_back(Output::Close);
        if session.has_joined_before() && is_temporary(error.code) {
            let asked = Duration::from_millis(error.retry_after_ms.unwrap_or(0).into());
            let delay = session.backoff.next_delay(input).max(asked);
            self.wait(input.now + delay, error.into());
            return;
        }
        self.state = State::Idle;
        self.tell(SignalingEvent::message(ServerMessage::Error(
            error.about(JOIN),
        )));
    }

    fn lost(&mut self, input: StepInput) {
        let State::Active(session, _) = &self.state else {
            return;
        };
        let reason = if session.has_joined_before() {
            ShellFault::ConnectionLost
        } else {
            ShellFault::NoAnswer
        };
        self.fail_or_wait(reason, input);
    }

    /// A session that never joined fails; a joined one is retried.
    fn fail_or_wait(&mut self, reason: ShellFault, input: StepInput) {
        let State::Active(session, _) = &mut self.state else {
            return;
        };
        if session.has_joined_before() {
            let until = input.now + session.backoff.next_delay(input);
            self.wait(until, reason);
        } else {
            self.fail(Field::Relay, reason);
        }
    }

    fn wait(&mut self, until: Instant, reason: ShellFault) {
        if let State::Active(_, phase) = &mut self.state {
            *phase = Phase::Waiting { until };
            self.tell(SignalingEvent::Waiting { reason });
        }
    }

    fn fail(&mut self, field: Field, reason: ShellFault) {
        self.state = State::Idle;
        self.tell(SignalingEvent::failed(field, reason));
    }

    fn reconnect(&mut self) {
        if let State::Active(session, _) = std::mem::take(&mut self.state) {
            self.connect(session);
        }
    }

    fn connect(&mut self, session: Box<RoomSession>) {
        self.output(Output::Connect(session.relay.clone()));
        self.state = State::Active(session, Phase::Connecting);
    }

    /// Leaves without waiting for an answer.
    fn leave_at_once(&mut self) {
        match std::mem::take(&mut self.state) {
            State::Idle => {}
            State::Active(_, Phase::Joining { .. } | Phase::Joined { .. }) => {
                self.output(Output::Send(ClientMessage::RoomLeave));
                self.output(Output::Close);
            }
            State::Leaving { .. } => self.finish(),
            State::Active(_, Phase::Connecting | Phase::Waiting { .. }) => {
                self.output(Output::Abandon);
            }
        }
    }

    fn finish(&mut self) {
        self.state = State::Idle;
        self.output(Output::Close);
        self.output(Output::Left);
    }

    fn tell(&mut self, event: SignalingEvent) {
        self.output(Output::Tell(event));
    }

    fn output(&mut self, output: Output) {
        self.outputs.push_back(output);
    }
}

/// An error that says no type comes before the relay knows of anything but the join.
fn is_about_join(error: &ErrorMessage) -> bool {
    error.about.as_deref().is_none_or(|about| about == JOIN)
}

#[cfg(test)]
mod cases;
#[cfg(test)]
mod tests;
