//! The pure half of the link: idle → connecting → joining → joined → waiting → connecting …
//!
//! Invariant: no clock, socket or task. Inputs enter by `handle_*` with the moment they happen,
//! outputs leave by `poll_output`; `poll_timeout` says when `handle_timeout` is due. There is a
//! socket exactly in `Joining`, `Joined` and `Leaving`.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use signal_protocol::{ClientMessage, ErrorMessage, ServerMessage};

use super::{
    ConnectFailure, Field, JoinRequest, SignalingEvent,
    backoff::Backoff,
    ended::{AfterEnd, Ended},
    moment::Moment,
    visit::{Visit, is_temporary, join_error_field},
};
use crate::relay_choice::RelayTarget;

const JOIN_ANSWER: Duration = Duration::from_secs(10);
const LEAVE_ANSWER: Duration = Duration::from_secs(1);
/// Without a sign of life for this long the relay is asked for one.
const PING_AFTER: Duration = Duration::from_secs(25);
const PONG_WITHIN: Duration = Duration::from_secs(10);
/// A page that was reloaded joins again within this, or it does not want to.
const CLAIM_WITHIN: Duration = Duration::from_secs(10);

const LOST: &str =
    "The connection to the relay was lost. Snug keeps trying; a running call goes on meanwhile.";
const RESTARTS: &str =
    "The relay restarts. Snug comes back to it in a moment; a running call goes on meanwhile.";

/// What the link wants done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Output {
    /// Open a socket, in place of any there is.
    Connect(RelayTarget),
    Send(ClientMessage),
    /// Let what was sent go out, then close.
    Close,
    /// Drop the socket as it is: the relay keeps the place for a while.
    Abandon,
    Tell(SignalingEvent),
    /// The room is left, or there was none to leave.
    Left,
}

#[derive(Debug, Default)]
pub(super) struct Link {
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
    Visiting(Box<Visit>, Phase),
}

#[derive(Debug)]
enum Phase {
    Connecting,
    Joining {
        until: Instant,
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

impl Link {
    pub(super) fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        match &self.state {
            State::Idle => None,
            State::Leaving { until } => Some(*until),
            State::Visiting(visit, phase) => {
                let phase = match phase {
                    Phase::Connecting => None,
                    Phase::Joining { until } | Phase::Waiting { until } => Some(*until),
                    Phase::Joined { heard, pinged, .. } => Some(
                        pinged.map_or_else(|| *heard + PING_AFTER, |pinged| pinged + PONG_WITHIN),
                    ),
                };
                phase.into_iter().chain(visit.claim_until).min()
            }
        }
    }

    /// A page listens: the first one, or one that was reloaded.
    pub(super) fn handle_listen(&mut self, moment: Moment) {
        if let State::Visiting(visit, _) = &mut self.state {
            visit.claim_until = Some(moment.now + CLAIM_WITHIN);
        }
    }

    pub(super) fn handle_join(&mut self, request: &JoinRequest) {
        let mut visit = match Visit::new(request) {
            Ok(visit) => visit,
            Err((field, message)) => {
                self.leave_at_once();
                self.tell(SignalingEvent::failed(field, message));
                return;
            }
        };
        match &mut self.state {
            State::Visiting(old, _) if old.has_been_inside() && old.is_same_place(&visit) => {
                // A reloaded page: take the place over, so that it learns who is there.
                visit.resume = old.resume.take();
                visit.status_untold = old.status_untold || visit.status != old.status;
            }
            State::Idle | State::Leaving { .. } | State::Visiting(..) => self.leave_at_once(),
        }
        self.tell(SignalingEvent::Connecting);
        self.connect(Box::new(visit));
    }

    pub(super) fn handle_leave(&mut self, moment: Moment) {
        match &self.state {
            State::Leaving { .. } => {}
            State::Visiting(_, Phase::Joining { .. } | Phase::Joined { .. }) => {
                self.output(Output::Send(ClientMessage::RoomLeave));
                self.state = State::Leaving {
                    until: moment.now + LEAVE_ANSWER,
                };
            }
            State::Idle | State::Visiting(_, Phase::Connecting | Phase::Waiting { .. }) => {
                self.finish();
            }
        }
    }

    /// Something the page says. Joining and leaving have their own ways in.
    pub(super) fn handle_send(&mut self, message: ClientMessage) {
        let State::Visiting(visit, phase) = &mut self.state else {
            return;
        };
        if let ClientMessage::UserStatus { status } = &message {
            visit.status = status.clone();
        }
        if matches!(phase, Phase::Joined { .. }) {
            self.output(Output::Send(message));
            return;
        }
        match message {
            ClientMessage::UserStatus { .. } => visit.status_untold = true,
            ClientMessage::Directed(directed) => visit.outbox.push(directed),
            // The next `room:joined` brings new servers; nobody waits for the rest.
            ClientMessage::IceRefresh
            | ClientMessage::Ping
            | ClientMessage::RoomJoin(_)
            | ClientMessage::RoomLeave => {}
        }
    }

    pub(super) fn handle_connected(&mut self, moment: Moment) {
        let State::Visiting(visit, phase @ Phase::Connecting) = &mut self.state else {
            return;
        };
        *phase = Phase::Joining {
            until: moment.now + JOIN_ANSWER,
        };
        // What changed until now goes along.
        visit.status_untold &= visit.has_been_inside();
        let join = visit.join_message();
        self.output(Output::Send(join));
    }

    pub(super) fn handle_connect_failed(&mut self, failure: &ConnectFailure, moment: Moment) {
        self.fail_or_wait(failure.to_string(), moment);
    }

    /// The relay gave a sign of life.
    pub(super) fn handle_heard(&mut self, moment: Moment) {
        if let State::Visiting(_, Phase::Joined { heard, pinged, .. }) = &mut self.state {
            *heard = moment.now;
            *pinged = None;
        }
    }

    pub(super) fn handle_frame(&mut self, frame: &str, moment: Moment) {
        self.handle_heard(moment);
        // Newer relays may say what this app does not know.
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
            State::Visiting(_, Phase::Joined { .. }) => {
                if message != ServerMessage::Pong {
                    self.tell(SignalingEvent::message(message));
                }
            }
            State::Visiting(..) => self.handle_answer(message, moment),
        }
    }

    pub(super) fn handle_ended(&mut self, ended: Ended, moment: Moment) {
        let State::Visiting(visit, phase) = &mut self.state else {
            if matches!(self.state, State::Leaving { .. }) {
                self.finish();
            }
            return;
        };
        if let Phase::Joined { since, .. } = phase {
            visit.backoff.handle_visit_ended(moment.now - *since);
        }
        tracing::info!(?ended, "link lost");
        match AfterEnd::of(ended) {
            AfterEnd::Stop(field, sentence) => self.fail(field, sentence),
            AfterEnd::ComeBackSoon if visit.has_been_inside() => {
                let until = moment.now + Backoff::restart_delay(moment);
                self.wait(until, RESTARTS.to_owned());
            }
            AfterEnd::ComeBackSoon | AfterEnd::TryAgain => self.lost(moment),
        }
    }

    /// The computer slept: whatever there was is gone, and waiting longer helps nobody.
    pub(super) fn handle_wake(&mut self) {
        let State::Visiting(visit, phase) = std::mem::take(&mut self.state) else {
            return;
        };
        if matches!(phase, Phase::Joined { .. }) {
            self.tell(SignalingEvent::Waiting {
                message: LOST.to_owned(),
            });
        }
        self.connect(visit);
    }

    pub(super) fn handle_timeout(&mut self, moment: Moment) {
        if self.poll_timeout().is_none_or(|due| moment.now < due) {
            return;
        }
        let State::Visiting(visit, phase) = &mut self.state else {
            self.finish();
            return;
        };
        if visit.claim_until.is_some_and(|until| until <= moment.now) {
            visit.claim_until = None;
            self.handle_leave(moment);
            return;
        }
        match phase {
            Phase::Connecting => {}
            Phase::Waiting { .. } => self.reconnect(),
            Phase::Joining { .. } => {
                self.output(Output::Abandon);
                self.lost(moment);
            }
            Phase::Joined { pinged, since, .. } => {
                if pinged.is_none() {
                    *pinged = Some(moment.now);
                    self.output(Output::Send(ClientMessage::Ping));
                    return;
                }
                visit.backoff.handle_visit_ended(moment.now - *since);
                self.output(Output::Abandon);
                self.lost(moment);
            }
        }
    }

    /// The relay's answer to `room:join`, or something before it.
    fn handle_answer(&mut self, message: ServerMessage, moment: Moment) {
        let State::Visiting(visit, phase) = &mut self.state else {
            return;
        };
        if let ServerMessage::RoomJoined(joined) = &message {
            *phase = Phase::Joined {
                since: moment.now,
                heard: moment.now,
                pinged: None,
            };
            let kept = visit.handle_joined(joined);
            self.tell(SignalingEvent::Connected);
            self.tell(SignalingEvent::message(message));
            self.outputs.extend(kept.into_iter().map(Output::Send));
            return;
        }
        let refused = match &message {
            ServerMessage::Error(error) => is_about_join(error).then(|| error.clone()),
            ServerMessage::RoomJoined(_)
            | ServerMessage::RoomLeft
            | ServerMessage::UserJoined { .. }
            | ServerMessage::UserLeft { .. }
            | ServerMessage::UserStatus { .. }
            | ServerMessage::IceServers { .. }
            | ServerMessage::Pong
            | ServerMessage::Delivered(_) => None,
        };
        match refused {
            Some(error) => self.handle_refused(error, moment),
            None => self.tell(SignalingEvent::message(message)),
        }
    }

    fn handle_refused(&mut self, error: ErrorMessage, moment: Moment) {
        let State::Visiting(visit, _) = &mut self.state else {
            return;
        };
        tracing::info!(code = ?error.code, "join refused");
        self.outputs.push_back(Output::Close);
        if visit.has_been_inside() {
            if is_temporary(error.code) {
                let asked = Duration::from_millis(error.retry_after_ms.unwrap_or(0).into());
                let delay = visit.backoff.next_delay(moment).max(asked);
                self.wait(moment.now + delay, error.message);
            } else {
                self.fail(join_error_field(error.code), error.message);
            }
            return;
        }
        self.state = State::Idle;
        self.tell(SignalingEvent::message(ServerMessage::Error(error)));
    }

    fn lost(&mut self, moment: Moment) {
        let State::Visiting(visit, _) = &self.state else {
            return;
        };
        let message = if visit.has_been_inside() {
            LOST
        } else {
            "The relay closed the connection or did not answer. Try again, or check its address."
        };
        self.fail_or_wait(message.to_owned(), moment);
    }

    /// A visit that never began ends with a sentence; one that was inside is tried again.
    fn fail_or_wait(&mut self, message: String, moment: Moment) {
        let State::Visiting(visit, _) = &mut self.state else {
            return;
        };
        if visit.has_been_inside() {
            let until = moment.now + visit.backoff.next_delay(moment);
            self.wait(until, message);
        } else {
            self.fail(Field::Relay, message);
        }
    }

    fn wait(&mut self, until: Instant, message: String) {
        if let State::Visiting(_, phase) = &mut self.state {
            *phase = Phase::Waiting { until };
            self.tell(SignalingEvent::Waiting { message });
        }
    }

    fn fail(&mut self, field: Field, message: impl Into<String>) {
        self.state = State::Idle;
        self.tell(SignalingEvent::failed(field, message));
    }

    fn reconnect(&mut self) {
        if let State::Visiting(visit, _) = std::mem::take(&mut self.state) {
            self.connect(visit);
        }
    }

    fn connect(&mut self, visit: Box<Visit>) {
        self.output(Output::Connect(visit.relay.clone()));
        self.state = State::Visiting(visit, Phase::Connecting);
    }

    /// Out of where we are, without waiting for an answer.
    fn leave_at_once(&mut self) {
        match std::mem::take(&mut self.state) {
            State::Idle => {}
            State::Visiting(_, Phase::Joining { .. } | Phase::Joined { .. }) => {
                self.output(Output::Send(ClientMessage::RoomLeave));
                self.output(Output::Close);
            }
            State::Leaving { .. } => self.finish(),
            State::Visiting(_, Phase::Connecting | Phase::Waiting { .. }) => {
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

fn is_about_join(error: &ErrorMessage) -> bool {
    error
        .about
        .as_deref()
        .is_none_or(|about| about == "room:join")
}

#[cfg(test)]
mod tests;
