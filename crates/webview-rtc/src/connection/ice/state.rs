//! States of `RTCIceTransport`, derived from the states of str0m's ICE agent.
//!
//! Adds *failed*, which the agent does not have, *disconnected* when no packets arrive, and the
//! conditions of *checking* and *completed*, which the agent does not know: a remote candidate to
//! check, and the end of candidates on both sides
//! ([W3C webrtc-pc, RTCIceTransportState](https://www.w3.org/TR/webrtc/#dom-rtcicetransportstate)).
//!
//! Invariant: pure. Each state is reported once, *checking* comes before *connected* and *connected*
//! before *completed*, and `closed` is final.

use std::time::{Duration, Instant};

use str0m::IceConnectionState as AgentState;

use crate::wire::event::IceState;

/// Connectivity checks fail after this time without a working pair.
const CHECK_TIMEOUT: Duration = Duration::from_secs(15);
/// Minimum time for checks of a late candidate.
const LATE_CANDIDATE_TIMEOUT: Duration = Duration::from_secs(8);
/// Limit of all checks, late candidates included, and of the wait for a remote candidate.
const MAX_CHECK_TIMEOUT: Duration = Duration::from_secs(30);
/// All pairs have been checked after this time. The agent of str0m (`is` 0.12) sends nine checks in 19 s
/// for a pair that never answers, and stays *connected* for good where a second pair works too.
const CHECKS_DURATION: Duration = Duration::from_secs(20);
/// *Disconnected* after this silence. Consent checks pass in both directions at least every 3 s
/// ([RFC 7675, 5.1](https://www.rfc-editor.org/rfc/rfc7675#section-5.1) allows 5 s).
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(6);
/// From *disconnected* to *failed*: with the silence about 30 s, as in
/// [RFC 7675, 5.1](https://www.rfc-editor.org/rfc/rfc7675#section-5.1).
const FAILURE_TIMEOUT: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub(in crate::connection) struct IceStateMachine {
    state: IceState,
    reported: IceState,
    agent: AgentState,
    candidate_ends: CandidateEnds,
    /// Start of the checks of this ICE generation.
    checks_started: Option<Instant>,
    /// The state becomes *failed* at this time.
    deadline: Option<Instant>,
    last_received: Option<Instant>,
    /// Of all pairs, since the connect.
    checks_end: Option<Instant>,
}

/// The sides that have no more candidates for this ICE generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CandidateEnds {
    Neither,
    Local,
    Remote,
    Both,
}

impl IceStateMachine {
    pub(in crate::connection) fn new() -> Self {
        Self {
            state: IceState::New,
            reported: IceState::New,
            agent: AgentState::New,
            candidate_ends: CandidateEnds::Neither,
            checks_started: None,
            deadline: None,
            last_received: None,
            checks_end: None,
        }
    }

    pub(in crate::connection) fn is_connected(&self) -> bool {
        matches!(self.state, IceState::Connected | IceState::Completed)
    }

    /// Local candidates are gathered for new credentials.
    pub(in crate::connection) fn handle_gather(&mut self) {
        self.candidate_ends = match self.candidate_ends {
            CandidateEnds::Neither | CandidateEnds::Local => CandidateEnds::Neither,
            CandidateEnds::Remote | CandidateEnds::Both => CandidateEnds::Remote,
        };
    }

    pub(in crate::connection) fn handle_local_end(&mut self) {
        self.candidate_ends = match self.candidate_ends {
            CandidateEnds::Neither | CandidateEnds::Local => CandidateEnds::Local,
            CandidateEnds::Remote | CandidateEnds::Both => CandidateEnds::Both,
        };
        self.complete();
    }

    pub(in crate::connection) fn handle_remote_end(&mut self) {
        self.candidate_ends = match self.candidate_ends {
            CandidateEnds::Neither | CandidateEnds::Remote => CandidateEnds::Remote,
            CandidateEnds::Local | CandidateEnds::Both => CandidateEnds::Both,
        };
        self.complete();
    }

    /// Starts with new remote credentials: the first ones, or those of an ICE restart.
    pub(in crate::connection) fn handle_start(&mut self, now: Instant) {
        let (state, timeout) = match self.state {
            IceState::Closed => return,
            // The checks begin with the first remote candidate.
            IceState::New => (IceState::New, MAX_CHECK_TIMEOUT),
            IceState::Checking | IceState::Disconnected | IceState::Failed => {
                (IceState::Checking, CHECK_TIMEOUT)
            }
            // A restart keeps *connected*, since the old path still works; *completed* becomes
            // *connected*.
            IceState::Connected | IceState::Completed => (IceState::Connected, CHECK_TIMEOUT),
        };
        self.state = state;
        self.checks_started = Some(now);
        self.deadline = Some(now + timeout);
        self.agent = AgentState::Checking;
        self.checks_end = None;
        self.candidate_ends = match self.candidate_ends {
            CandidateEnds::Neither | CandidateEnds::Remote => CandidateEnds::Neither,
            CandidateEnds::Local | CandidateEnds::Both => CandidateEnds::Local,
        };
    }

    /// A new remote candidate that can be paired with a local one.
    pub(in crate::connection) fn handle_remote_candidate(&mut self, now: Instant) {
        if self.state == IceState::New && self.checks_started.is_some() {
            self.state = IceState::Checking;
            self.checks_started = Some(now);
            self.deadline = Some(now + CHECK_TIMEOUT);
        }
        self.handle_candidate(now);
    }

    /// A new candidate adds pairs to check.
    pub(in crate::connection) fn handle_candidate(&mut self, now: Instant) {
        let (Some(checks_started), Some(deadline)) = (self.checks_started, self.deadline) else {
            return;
        };
        let late = (now + LATE_CANDIDATE_TIMEOUT).min(checks_started + MAX_CHECK_TIMEOUT);
        self.deadline = Some(deadline.max(late));
    }

    pub(in crate::connection) fn handle_agent(&mut self, agent: AgentState, now: Instant) {
        if self.state == IceState::Closed || self.checks_started.is_none() {
            return;
        }
        self.agent = agent;
        match agent {
            AgentState::New => {}
            AgentState::Connected | AgentState::Completed => self.connected(now),
            AgentState::Checking | AgentState::Disconnected => {
                // Before the first working pair of this generation, the deadline stays.
                if self.deadline.is_none() {
                    self.disconnected(now);
                }
            }
        }
    }

    /// The peer sent a packet.
    pub(in crate::connection) fn handle_received(&mut self, now: Instant) {
        self.last_received = Some(now);
        if self.state != IceState::Disconnected {
            return;
        }
        match self.agent {
            AgentState::Connected | AgentState::Completed => self.connected(now),
            AgentState::New | AgentState::Checking | AgentState::Disconnected => {}
        }
    }

    pub(in crate::connection) fn handle_timeout(&mut self, now: Instant) {
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            self.deadline = None;
            self.state = IceState::Failed;
            return;
        }
        if self.disconnect_deadline().is_some_and(|at| at <= now) {
            self.disconnected(now);
            return;
        }
        if self.checks_end.is_some_and(|at| at <= now) {
            self.checks_end = None;
            if self.agent == AgentState::Connected {
                self.agent = AgentState::Completed;
            }
            self.complete();
        }
    }

    pub(in crate::connection) fn handle_close(&mut self) {
        self.state = IceState::Closed;
        self.deadline = None;
        self.checks_end = None;
    }

    /// Poll until `None`: a change may pass through states between.
    pub(in crate::connection) fn poll_state(&mut self) -> Option<IceState> {
        if self.state == self.reported {
            return None;
        }
        self.reported = match (self.reported, self.state) {
            // A peer that we know no candidate of has reached us.
            (IceState::New, IceState::Connected | IceState::Completed) => IceState::Checking,
            (IceState::Checking, IceState::Completed) => IceState::Connected,
            (_, state) => state,
        };
        Some(self.reported)
    }

    pub(in crate::connection) fn poll_timeout(&self) -> Option<Instant> {
        let timeouts = [self.deadline, self.disconnect_deadline(), self.checks_end];
        timeouts.into_iter().flatten().min()
    }

    fn connected(&mut self, now: Instant) {
        self.state = IceState::Connected;
        self.deadline = None;
        self.last_received = Some(now);
        self.checks_end = Some(now + CHECKS_DURATION);
        self.complete();
    }

    /// *Completed* needs the end of candidates on both sides, besides the agent's checks.
    fn complete(&mut self) {
        if self.state == IceState::Connected
            && self.agent == AgentState::Completed
            && self.candidate_ends == CandidateEnds::Both
        {
            self.state = IceState::Completed;
        }
    }

    fn disconnected(&mut self, now: Instant) {
        if self.is_connected() {
            self.state = IceState::Disconnected;
            self.checks_end = None;
            self.deadline = Some(now + FAILURE_TIMEOUT);
        }
    }

    /// `None` during a restart, which has its own deadline.
    fn disconnect_deadline(&self) -> Option<Instant> {
        if !self.is_connected() || self.deadline.is_some() {
            return None;
        }
        Some(self.last_received? + DISCONNECT_TIMEOUT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    enum Step {
        Gather,
        Start,
        RemoteCandidate,
        LocalEnd,
        RemoteEnd,
        Agent(AgentState),
        Received,
        /// Advances the clock by seconds, timer by timer.
        Wait(u64),
        Close,
    }

    /// Checks the reported states after each step.
    fn check(steps: &[(Step, &[IceState])]) {
        let mut machine = IceStateMachine::new();
        #[expect(clippy::disallowed_methods, reason = "start of the virtual clock")]
        let mut now = Instant::now();
        for (index, (step, expect)) in steps.iter().enumerate() {
            let mut reported = Vec::new();
            match step {
                Step::Gather => machine.handle_gather(),
                Step::Start => machine.handle_start(now),
                Step::RemoteCandidate => machine.handle_remote_candidate(now),
                Step::LocalEnd => machine.handle_local_end(),
                Step::RemoteEnd => machine.handle_remote_end(),
                Step::Agent(state) => machine.handle_agent(*state, now),
                Step::Received => machine.handle_received(now),
                Step::Close => machine.handle_close(),
                Step::Wait(seconds) => {
                    let until = now + Duration::from_secs(*seconds);
                    while let Some(at) = machine.poll_timeout().filter(|at| *at <= until) {
                        machine.handle_timeout(at);
                        reported.extend(std::iter::from_fn(|| machine.poll_state()));
                    }
                    now = until;
                }
            }
            reported.extend(std::iter::from_fn(|| machine.poll_state()));
            assert_eq!(reported, *expect, "step {index}");
        }
    }

    use AgentState as Agent;
    use IceState as State;

    #[test]
    fn two_pairs_that_work_complete_when_their_checks_have_ended() {
        check(&[
            (Step::Start, &[]),
            (Step::RemoteCandidate, &[State::Checking]),
            (Step::LocalEnd, &[]),
            (Step::RemoteEnd, &[]),
            (Step::Agent(Agent::Connected), &[State::Connected]),
            (Step::Wait(5), &[]),
            (Step::Received, &[]),
            (Step::Wait(5), &[]),
            (Step::Received, &[]),
            (Step::Wait(5), &[]),
            (Step::Received, &[]),
            (Step::Wait(5), &[State::Completed]),
        ]);
    }

    #[test]
    fn connection_passes_through_all_states() {
        check(&[
            (Step::Wait(100), &[]),
            (Step::Start, &[]),
            (Step::RemoteCandidate, &[State::Checking]),
            (Step::Agent(Agent::Connected), &[State::Connected]),
            (Step::Agent(Agent::Completed), &[]),
            (Step::LocalEnd, &[]),
            (Step::RemoteEnd, &[State::Completed]),
            (Step::Close, &[State::Closed]),
            (Step::Agent(Agent::Connected), &[]),
            (Step::Start, &[]),
        ]);
    }

    #[test]
    fn no_state_is_skipped() {
        check(&[
            (Step::LocalEnd, &[]),
            (Step::Start, &[]),
            (Step::RemoteEnd, &[]),
            // The peer's own check has reached us.
            (
                Step::Agent(Agent::Completed),
                &[State::Checking, State::Connected, State::Completed],
            ),
        ]);
    }

    #[test]
    fn completed_waits_for_the_ends_of_this_generation() {
        check(&[
            (Step::Start, &[]),
            (Step::RemoteCandidate, &[State::Checking]),
            (Step::RemoteEnd, &[]),
            (Step::Agent(Agent::Completed), &[State::Connected]),
            (Step::LocalEnd, &[State::Completed]),
            // A restart by this side gathers before the peer answers.
            (Step::Gather, &[]),
            (Step::Start, &[State::Connected]),
            (Step::Agent(Agent::Completed), &[]),
            (Step::LocalEnd, &[]),
            (Step::RemoteEnd, &[State::Completed]),
        ]);
    }

    #[test]
    fn checks_without_answer_fail() {
        check(&[
            (Step::Start, &[]),
            (Step::RemoteCandidate, &[State::Checking]),
            (Step::Wait(14), &[]),
            (Step::Wait(1), &[State::Failed]),
            (Step::Wait(100), &[]),
            // An ICE restart recovers.
            (Step::Start, &[State::Checking]),
            (Step::Agent(Agent::Connected), &[State::Connected]),
        ]);
    }

    #[test]
    fn without_remote_candidates_nothing_is_checked() {
        check(&[
            (Step::Start, &[]),
            (Step::Wait(29), &[]),
            (Step::RemoteCandidate, &[State::Checking]),
            (Step::Wait(14), &[]),
            (Step::Wait(1), &[State::Failed]),
        ]);
        check(&[(Step::Start, &[]), (Step::Wait(30), &[State::Failed])]);
    }

    #[test]
    fn late_candidates_extend_the_checks_up_to_a_limit() {
        check(&[
            (Step::Start, &[]),
            (Step::RemoteCandidate, &[State::Checking]),
            (Step::Wait(14), &[]),
            (Step::RemoteCandidate, &[]),
            (Step::Wait(7), &[]),
            (Step::RemoteCandidate, &[]),
            (Step::Wait(7), &[]),
            (Step::RemoteCandidate, &[]),
            (Step::Wait(2), &[State::Failed]),
        ]);
    }

    #[test]
    fn silence_disconnects_then_fails() {
        check(&[
            (Step::Start, &[]),
            (
                Step::Agent(Agent::Connected),
                &[State::Checking, State::Connected],
            ),
            (Step::Wait(5), &[]),
            (Step::Received, &[]),
            (Step::Wait(6), &[State::Disconnected]),
            (Step::Received, &[State::Connected]),
            (Step::Wait(25), &[State::Disconnected]),
            (Step::Wait(1), &[State::Failed]),
        ]);
    }

    #[test]
    fn lost_pair_disconnects_at_once() {
        check(&[
            (Step::LocalEnd, &[]),
            (Step::Start, &[]),
            (Step::RemoteCandidate, &[State::Checking]),
            (Step::RemoteEnd, &[]),
            (
                Step::Agent(Agent::Completed),
                &[State::Connected, State::Completed],
            ),
            (Step::Agent(Agent::Checking), &[State::Disconnected]),
            (Step::Agent(Agent::Connected), &[State::Connected]),
        ]);
    }

    #[test]
    fn restart_of_a_working_path_stays_connected_until_it_fails() {
        check(&[
            (Step::LocalEnd, &[]),
            (Step::Start, &[]),
            (Step::RemoteCandidate, &[State::Checking]),
            (Step::RemoteEnd, &[]),
            (
                Step::Agent(Agent::Completed),
                &[State::Connected, State::Completed],
            ),
            (Step::Start, &[State::Connected]),
            (Step::Agent(Agent::Checking), &[]),
            (Step::RemoteEnd, &[]),
            (Step::Agent(Agent::Completed), &[State::Completed]),
            (Step::Start, &[State::Connected]),
            (Step::Wait(15), &[State::Failed]),
        ]);
    }
}
