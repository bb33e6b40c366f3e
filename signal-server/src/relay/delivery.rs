//! Performs the outputs of `rooms`: frames to the outboxes, commands to Redis.
//!
//! Invariant: outputs run in order, under the lock under which they were decided. Sockets are woken
//! after the lock is released.

use std::{collections::VecDeque, sync::MutexGuard, time::Instant};

use relay_core::{
    cluster::Command,
    frame::{Frame, FrameKind},
    rooms::{Loss, Output, SocketId},
};
use signal_protocol::{CloseCode, LeaveReason, ServerMessage};
use smallvec::SmallVec;

use super::{Relay, State};
use crate::{
    metrics::{Left, Limit},
    outbox::{NotSentReason, Wake},
};

impl Relay {
    /// Performs the outputs, releases the lock, then wakes the socket tasks.
    pub(super) fn apply(
        &self,
        mut state: MutexGuard<'_, State>,
        now: Instant,
        outputs: impl IntoIterator<Item = Output>,
    ) {
        let mut effects = Effects::default();
        for output in outputs {
            self.apply_one(&mut state, now, output, &mut effects);
        }
        while let Some(output) = effects.outputs.pop_front() {
            self.apply_one(&mut state, now, output, &mut effects);
        }
        drop(state);
        effects.wakes.into_iter().for_each(Wake::wake);
        if effects.has_commands {
            self.commands_queued.notify_one();
        }
    }

    fn apply_one(&self, state: &mut State, now: Instant, output: Output, effects: &mut Effects) {
        match output {
            Output::Send { to, frame } => self.send(state, now, to, frame, effects),
            Output::Welcome { to, joined } => {
                let frame = Frame::encode(&ServerMessage::RoomJoined(joined));
                self.send(state, now, to, frame, effects);
            }
            Output::Gone { member, reason } => {
                if let Some(reason) = Left::by(reason) {
                    self.metrics.members_gone.count(reason);
                }
                self.ice_servers.handle_gone(&member, reason, now);
            }
            Output::Moved(member) => {
                // Its TURN credentials stay valid until they expire.
                self.ice_servers
                    .handle_gone(&member, LeaveReason::Lost, now);
            }
            Output::Tell(command) => {
                effects.has_commands = true;
                state.tell(*command);
            }
            Output::HandOver(migrating) => {
                effects.has_commands = true;
                let unsent = state.outboxes.get(&migrating.old).map(|outbox| {
                    effects.wakes.push(outbox.close(CloseCode::TakenOver));
                    outbox.take_unsent()
                });
                state.tell(migrating.into_command(unsent.unwrap_or_default()));
            }
            Output::Restart(socket) => {
                if let Some(outbox) = state.outboxes.get(&socket) {
                    effects.wakes.push(outbox.close(CloseCode::Restart));
                }
            }
            Output::TakeOver { old, new } => {
                let Some(outbox) = state.outboxes.get(&old) else {
                    return;
                };
                effects.wakes.push(outbox.close(CloseCode::TakenOver));
                for frame in outbox.take_unsent() {
                    match frame.kind() {
                        FrameKind::Directed => {
                            self.send(state, now, new, frame.exempt(), effects);
                        }
                        FrameKind::Status
                        | FrameKind::Joined
                        | FrameKind::Left
                        | FrameKind::Transient => {}
                    }
                }
            }
        }
    }

    /// Queues a frame. A socket that the outbox closes is lost at once, with its unsent frames. If
    /// the share of the sender is full, the socket stays open.
    fn send(
        &self,
        state: &mut State,
        now: Instant,
        to: SocketId,
        frame: Frame,
        effects: &mut Effects,
    ) {
        let Some(outbox) = state.outboxes.get(&to) else {
            return;
        };
        let not_sent = match outbox.try_send(frame.sent_at(now), now) {
            Ok(wake) => {
                effects.wakes.push(wake);
                return;
            }
            Err(not_sent) => not_sent,
        };
        effects.wakes.push(not_sent.wake);
        match not_sent.reason {
            NotSentReason::ShareFull => {
                self.metrics.limited.count(Limit::Queue);
                effects
                    .outputs
                    .extend(state.rooms.handle_refused(to, &not_sent.frame));
            }
            NotSentReason::Closed => {
                let mut unsent = outbox.take_unsent();
                unsent.push_back(not_sent.frame);
                effects
                    .outputs
                    .extend(self.lose(state, now, to, unsent, Loss::TooSlow));
            }
        }
    }

    pub(super) fn lose(
        &self,
        state: &mut State,
        now: Instant,
        socket: SocketId,
        unsent: VecDeque<Frame>,
        loss: Loss,
    ) -> Vec<Output> {
        if let Some(member) = state.rooms.member(socket) {
            state.members_lost.inc();
            self.ice_servers.handle_lost(member, now);
        }
        state.rooms.handle_lost(now, socket, unsent, loss)
    }
}

/// Work that follows from the outputs.
#[derive(Default)]
struct Effects {
    /// Outputs for sockets that were lost meanwhile.
    outputs: VecDeque<Output>,
    wakes: SmallVec<[Wake; 2]>,
    has_commands: bool,
}

impl State {
    fn tell(&mut self, command: Command) {
        if let Some(shared) = &mut self.shared {
            shared.tell(command);
        }
    }
}
