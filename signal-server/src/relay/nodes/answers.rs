//! What Redis has decided about a join, and what is answered when it cannot.
//!
//! Invariant: counted as if this node had decided it. The join's socket reads on once its answer
//! stands in its outbox.

use std::{
    sync::MutexGuard,
    time::{Duration, Instant},
};

use signal_protocol::{ErrorMessage, MemberId, RoomName, ServerMessage};

use super::WaitingJoin;
use crate::{
    backplane::{Record, Why},
    frame::Frame,
    metrics::Resume,
    outbox::Wake,
    relay::{Origin, Relay, State, refusal::Held},
    rooms::{Arrival, SocketId, room_full, room_share_full, wrong_passcode},
};

impl Relay {
    pub(super) fn handle_entered(
        &self,
        mut guard: MutexGuard<'_, State>,
        now: Instant,
        waiting: WaitingJoin,
        members: Vec<Record>,
    ) {
        let WaitingJoin {
            address,
            host,
            question,
            _answered,
        } = waiting;
        if question.join.resume.is_some() {
            self.metrics.resumes.count(Resume::TooLate);
        }
        let state = &mut *guard;
        let there = state.there(question.socket);
        let outputs = state.rooms.handle_entered(
            now,
            there,
            address,
            question.join,
            question.credentials,
            members,
        );
        let host = host.as_deref();
        self.welcome(guard, now, question.read, Origin { address, host }, outputs);
    }

    pub(super) fn handle_arrived(
        &self,
        mut guard: MutexGuard<'_, State>,
        now: Instant,
        waiting: WaitingJoin,
        arrival: Arrival,
    ) {
        let WaitingJoin {
            address,
            host,
            question,
            _answered,
        } = waiting;
        self.metrics.resumes.count(Resume::Taken);
        let state = &mut *guard;
        match question.held {
            // No token was left to take.
            Some(Held::Joins(_)) => {}
            Some(Held::Passcodes(_)) | None => state.joins.give_back(address),
        }
        let there = state.there(question.socket);
        let token = question.credentials.resume;
        let outputs = state
            .rooms
            .handle_resumed(now, there, &question.join, token, arrival);
        let host = host.as_deref();
        self.welcome(guard, now, question.read, Origin { address, host }, outputs);
        self.somebody_lost.notify_one();
    }

    /// Redis let somebody in to whom it has been said that it cannot.
    pub(super) fn handle_unwanted(
        &self,
        mut state: MutexGuard<'_, State>,
        now: Instant,
        room: RoomName,
        id: MemberId,
    ) {
        let outputs = state.rooms.handle_unwanted(room, id);
        self.apply(state, now, outputs);
    }

    pub(super) fn handle_refused(
        &self,
        mut state: MutexGuard<'_, State>,
        now: Instant,
        waiting: &WaitingJoin,
        why: Why,
        wait: Duration,
    ) {
        let room_size = state
            .shared
            .as_ref()
            .map_or(0, |shared| shared.calls.room_size);
        let WaitingJoin {
            address, question, ..
        } = waiting;
        let error = match why {
            Why::Full => room_full(room_size),
            Why::ShareFull => room_share_full(),
            Why::Passcode => {
                let room = question.join.room.clone();
                state.guesses.handle_wrong(*address, &room, now);
                wrong_passcode()
            }
            Why::Guesses => Held::Passcodes(wait).refuse(&self.metrics),
            // It was asked with what holds it back.
            Why::Held => question
                .held
                .unwrap_or(Held::Joins(wait))
                .refuse(&self.metrics),
        };
        let wake = self.refuse(&state, question.socket, error);
        drop(state);
        wake.into_iter().for_each(Wake::wake);
    }

    /// Answers on the socket itself, if it is still there.
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
    fn there(&self, socket: SocketId) -> Option<SocketId> {
        self.outboxes.contains_key(&socket).then_some(socket)
    }
}
