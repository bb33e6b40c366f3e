//! Answers to joins that Redis decided.
//!
//! Invariant: metrics count them like local decisions. The session reads on after its answer is in
//! the outbox.

use std::{
    sync::MutexGuard,
    time::{Duration, Instant},
};

use relay_core::{
    cluster::{JoinAnswer, JoinEntered, JoinRefused, Record, RefusalReason},
    frame::Frame,
    rooms::{IncomingMember, SocketId, room_full, room_share_full, wrong_passcode},
};
use signal_protocol::{ErrorMessage, MemberId, RoomName, ServerMessage};

use super::PendingJoin;
use crate::{
    metrics::Resume,
    outbox::Wake,
    relay::{Origin, Relay, State, refusal::RateLimit},
};

impl Relay {
    pub(super) fn handle_join_answer(
        &self,
        mut state: MutexGuard<'_, State>,
        now: Instant,
        answer: JoinAnswer,
    ) {
        let Some(shared) = &mut state.shared else {
            return;
        };
        match answer {
            JoinAnswer::Entered(JoinEntered {
                request,
                room,
                id,
                members,
            }) => match shared.cluster.answered(request) {
                Some(pending) => self.handle_entered(state, now, pending, members),
                None => self.handle_abandoned_join(state, now, room, id),
            },
            JoinAnswer::Resumed(resumed) => match shared.cluster.answered(resumed.request) {
                Some(pending) => {
                    let incoming = IncomingMember::new(resumed, pending.address);
                    self.handle_resumed(state, now, pending, incoming);
                }
                None => self.handle_abandoned_join(state, now, resumed.room, resumed.id),
            },
            JoinAnswer::Refused(JoinRefused {
                request,
                reason,
                wait_ms,
            }) => {
                if let Some(pending) = shared.cluster.answered(request) {
                    let wait = Duration::from_millis(wait_ms);
                    self.handle_refused(state, now, &pending, reason, wait);
                }
            }
        }
    }

    fn handle_entered(
        &self,
        mut guard: MutexGuard<'_, State>,
        now: Instant,
        pending: PendingJoin,
        members: Vec<Record>,
    ) {
        let PendingJoin {
            address,
            host,
            join_request,
            _answered,
        } = pending;
        if join_request.join.resume.is_some() {
            self.metrics.resumes.count(Resume::TooLate);
        }
        let state = &mut *guard;
        let open_socket = state.if_open(join_request.socket);
        let outputs = state.rooms.handle_entered(
            now,
            open_socket,
            address,
            join_request.join,
            join_request.credentials,
            members,
        );
        let host = host.as_deref();
        self.welcome(
            guard,
            now,
            join_request.read,
            Origin { address, host },
            outputs,
        );
    }

    fn handle_resumed(
        &self,
        mut guard: MutexGuard<'_, State>,
        now: Instant,
        pending: PendingJoin,
        incoming: IncomingMember,
    ) {
        let PendingJoin {
            address,
            host,
            join_request,
            _answered,
        } = pending;
        self.metrics.resumes.count(Resume::Taken);
        let state = &mut *guard;
        match join_request.rate_limit {
            // This join took no token.
            Some(RateLimit::Joins(_)) => {}
            Some(RateLimit::Passcodes(_)) | None => state.joins.give_back(address),
        }
        let open_socket = state.if_open(join_request.socket);
        let token = join_request.credentials.resume;
        let outputs =
            state
                .rooms
                .handle_resumed(now, open_socket, &join_request.join, token, incoming);
        let host = host.as_deref();
        self.welcome(
            guard,
            now,
            join_request.read,
            Origin { address, host },
            outputs,
        );
        self.deadline_changed.notify_one();
    }

    /// Redis accepted a join that was already refused to the client.
    fn handle_abandoned_join(
        &self,
        mut state: MutexGuard<'_, State>,
        now: Instant,
        room: RoomName,
        id: MemberId,
    ) {
        let outputs = state.rooms.handle_abandoned_join(room, id);
        self.apply(state, now, outputs);
    }

    fn handle_refused(
        &self,
        mut state: MutexGuard<'_, State>,
        now: Instant,
        pending: &PendingJoin,
        reason: RefusalReason,
        wait: Duration,
    ) {
        let room_size = state.shared.as_ref().map_or(0, |shared| shared.room_size);
        let PendingJoin {
            address,
            join_request,
            ..
        } = pending;
        let error = match reason {
            RefusalReason::Full => room_full(room_size),
            RefusalReason::ShareFull => room_share_full(),
            RefusalReason::Passcode => {
                let room = join_request.join.room.clone();
                state.passcode_attempts.handle_wrong(*address, &room, now);
                wrong_passcode()
            }
            RefusalReason::PasscodeAttempts => RateLimit::Passcodes(wait).refuse(&self.metrics),
            // The join request carries its rate limit.
            RefusalReason::RateLimited => join_request
                .rate_limit
                .unwrap_or(RateLimit::Joins(wait))
                .refuse(&self.metrics),
        };
        let wake = self.refuse(&state, join_request.socket, error);
        drop(state);
        wake.into_iter().for_each(Wake::wake);
    }

    /// Answers on the socket of the join, if it is open.
    pub(super) fn refuse(
        &self,
        state: &State,
        socket: SocketId,
        error: ErrorMessage,
    ) -> Option<Wake> {
        let outbox = state.outboxes.get(&socket)?;
        self.metrics.errors.count(error.code);
        let frame = Frame::encode(&ServerMessage::Error(error));
        Some(outbox.answer(frame))
    }
}

impl State {
    fn if_open(&self, socket: SocketId) -> Option<SocketId> {
        self.outboxes.contains_key(&socket).then_some(socket)
    }
}
