//! The states of `RTCIceTransport` on top of the agent's: with *failed*, which the agent leaves
//! to its user, and *disconnected* as soon as nothing comes any more.
//!
//! Invariant: pure; a state is told once, and after `closed` nothing changes.

use std::time::{Duration, Instant};

use str0m::IceConnectionState as AgentState;

use crate::wire::event::IceState;

/// How long checks may go on without a pair that works.
const CHECKING: Duration = Duration::from_secs(15);
/// What a candidate that came late gets at least.
const LATE_CANDIDATE: Duration = Duration::from_secs(8);
/// However many candidates come late.
const CHECKING_AT_MOST: Duration = Duration::from_secs(30);
/// Consent checks go both ways at least every 3 s (RFC 7675 lets them be 5 s apart).
const SILENCE: Duration = Duration::from_secs(6);
/// From *disconnected* to *failed*: together with the silence about RFC 7675's 30 s.
const LOST: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub(in crate::connection) struct IceClock {
    state: IceState,
    told: IceState,
    agent: AgentState,
    /// When the checks of this generation began.
    began: Option<Instant>,
    /// When the state becomes *failed*.
    deadline: Option<Instant>,
    last_received: Option<Instant>,
}

impl IceClock {
    pub(in crate::connection) fn new() -> Self {
        Self {
            state: IceState::New,
            told: IceState::New,
            agent: AgentState::New,
            began: None,
            deadline: None,
            last_received: None,
        }
    }

    pub(in crate::connection) fn is_connected(&self) -> bool {
        matches!(self.state, IceState::Connected | IceState::Completed)
    }

    /// The remote credentials are known, the first time or anew (an ICE restart).
    pub(in crate::connection) fn handle_start(&mut self, now: Instant) {
        if self.state == IceState::Closed {
            return;
        }
        self.began = Some(now);
        self.deadline = Some(now + CHECKING);
        self.agent = AgentState::Checking;
        // webrtc-pc, RTCIceTransportState: a restart in *connected* is not seen, the old path
        // carries on; from *completed* it goes back to *connected*.
        self.state = if self.is_connected() {
            IceState::Connected
        } else {
            IceState::Checking
        };
    }

    /// There is one more pair to check.
    pub(in crate::connection) fn handle_candidate(&mut self, now: Instant) {
        let (Some(began), Some(deadline)) = (self.began, self.deadline) else {
            return;
        };
        let late = (now + LATE_CANDIDATE).min(began + CHECKING_AT_MOST);
        self.deadline = Some(deadline.max(late));
    }

    pub(in crate::connection) fn handle_agent(&mut self, agent: AgentState, now: Instant) {
        if self.state == IceState::Closed || self.began.is_none() {
            return;
        }
        self.agent = agent;
        match agent {
            AgentState::New => {}
            AgentState::Connected => self.connected(IceState::Connected, now),
            AgentState::Completed => self.connected(IceState::Completed, now),
            AgentState::Checking | AgentState::Disconnected => {
                // Without a path that worked in this generation the deadline stands.
                if self.deadline.is_none() {
                    self.disconnected(now);
                }
            }
        }
    }

    /// Something came from the other side.
    pub(in crate::connection) fn handle_received(&mut self, now: Instant) {
        self.last_received = Some(now);
        if self.state != IceState::Disconnected {
            return;
        }
        match self.agent {
            AgentState::Connected => self.connected(IceState::Connected, now),
            AgentState::Completed => self.connected(IceState::Completed, now),
            AgentState::New | AgentState::Checking | AgentState::Disconnected => {}
        }
    }

    pub(in crate::connection) fn handle_timeout(&mut self, now: Instant) {
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            self.deadline = None;
            self.state = IceState::Failed;
            return;
        }
        if self.silent_at().is_some_and(|at| at <= now) {
            self.disconnected(now);
        }
    }

    pub(in crate::connection) fn handle_close(&mut self) {
        self.state = IceState::Closed;
        self.deadline = None;
    }

    pub(in crate::connection) fn poll_state(&mut self) -> Option<IceState> {
        if self.state == self.told {
            return None;
        }
        self.told = self.state;
        Some(self.state)
    }

    pub(in crate::connection) fn poll_timeout(&self) -> Option<Instant> {
        match (self.deadline, self.silent_at()) {
            (Some(deadline), Some(silent)) => Some(deadline.min(silent)),
            (deadline, silent) => deadline.or(silent),
        }
    }

    fn connected(&mut self, state: IceState, now: Instant) {
        self.state = state;
        self.deadline = None;
        self.last_received = Some(now);
    }

    fn disconnected(&mut self, now: Instant) {
        if self.is_connected() {
            self.state = IceState::Disconnected;
            self.deadline = Some(now + LOST);
        }
    }

    /// A running restart has its own deadline.
    fn silent_at(&self) -> Option<Instant> {
        if !self.is_connected() || self.deadline.is_some() {
            return None;
        }
        Some(self.last_received? + SILENCE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    enum Step {
        Start,
        Candidate,
        Agent(AgentState),
        Received,
        /// Lets this many seconds go by, timer by timer.
        Wait(u64),
        Close,
    }

    /// What is told after each step.
    fn check(steps: &[(Step, &[IceState])]) {
        let mut clock = IceClock::new();
        #[expect(clippy::disallowed_methods, reason = "the clock's first moment")]
        let mut now = Instant::now();
        for (index, (step, expect)) in steps.iter().enumerate() {
            let mut told = Vec::new();
            match step {
                Step::Start => clock.handle_start(now),
                Step::Candidate => clock.handle_candidate(now),
                Step::Agent(state) => clock.handle_agent(*state, now),
                Step::Received => clock.handle_received(now),
                Step::Close => clock.handle_close(),
                Step::Wait(seconds) => {
                    let until = now + Duration::from_secs(*seconds);
                    while let Some(at) = clock.poll_timeout().filter(|at| *at <= until) {
                        clock.handle_timeout(at);
                        told.extend(clock.poll_state());
                    }
                    now = until;
                }
            }
            told.extend(clock.poll_state());
            assert_eq!(told, *expect, "step {index}");
        }
    }

    use AgentState as Agent;
    use IceState as State;

    #[test]
    fn the_usual_way() {
        check(&[
            (Step::Wait(100), &[]),
            (Step::Start, &[State::Checking]),
            (Step::Agent(Agent::Connected), &[State::Connected]),
            (Step::Agent(Agent::Completed), &[State::Completed]),
            (Step::Close, &[State::Closed]),
            (Step::Agent(Agent::Connected), &[]),
            (Step::Start, &[]),
        ]);
    }

    #[test]
    fn no_answer_fails_after_a_while() {
        check(&[
            (Step::Start, &[State::Checking]),
            (Step::Wait(14), &[]),
            (Step::Wait(1), &[State::Failed]),
            (Step::Wait(100), &[]),
            // A restart revives it.
            (Step::Start, &[State::Checking]),
            (Step::Agent(Agent::Connected), &[State::Connected]),
        ]);
    }

    #[test]
    fn late_candidates_get_their_time_but_not_for_ever() {
        check(&[
            (Step::Start, &[State::Checking]),
            (Step::Wait(14), &[]),
            (Step::Candidate, &[]),
            (Step::Wait(7), &[]),
            (Step::Candidate, &[]),
            (Step::Wait(7), &[]),
            (Step::Candidate, &[]),
            (Step::Wait(2), &[State::Failed]),
        ]);
    }

    #[test]
    fn silence_disconnects_and_then_fails() {
        check(&[
            (Step::Start, &[State::Checking]),
            (Step::Agent(Agent::Connected), &[State::Connected]),
            (Step::Wait(5), &[]),
            (Step::Received, &[]),
            (Step::Wait(6), &[State::Disconnected]),
            (Step::Received, &[State::Connected]),
            (Step::Wait(25), &[State::Disconnected]),
            (Step::Wait(1), &[State::Failed]),
        ]);
    }

    #[test]
    fn a_lost_pair_disconnects_at_once() {
        check(&[
            (Step::Start, &[State::Checking]),
            (Step::Agent(Agent::Completed), &[State::Completed]),
            (Step::Agent(Agent::Checking), &[State::Disconnected]),
            (Step::Agent(Agent::Connected), &[State::Connected]),
        ]);
    }

    #[test]
    fn a_restart_of_a_working_path_is_not_seen_unless_it_fails() {
        check(&[
            (Step::Start, &[State::Checking]),
            (Step::Agent(Agent::Completed), &[State::Completed]),
            (Step::Start, &[State::Connected]),
            (Step::Agent(Agent::Checking), &[]),
            (Step::Agent(Agent::Completed), &[State::Completed]),
            (Step::Start, &[State::Connected]),
            (Step::Wait(15), &[State::Failed]),
        ]);
    }
}
