//! What was decided, on its way: frames into the outboxes, words to the other nodes.
//!
//! Invariant: in the order in which it was decided, and under the same lock. A socket is woken once
//! the lock is given back.

use std::{collections::VecDeque, sync::MutexGuard, time::Instant};

use signal_protocol::{CloseCode, LeaveReason, ServerMessage};
use smallvec::SmallVec;

use super::{Relay, State};
use crate::{
    backplane::Command,
    frame::{Frame, FrameKind},
    metrics::{Left, Limit},
    outbox::{NotSentReason, Wake},
    rooms::{Loss, Output, SocketId},
};

impl Relay {
    /// Queues what was decided, gives the lock back, and only then wakes the sockets' tasks.
    pub(super) fn apply(
        &self,
        mut state: MutexGuard<'_, State>,
        now: Instant,
        outputs: impl IntoIterator<Item = Output>,
    ) {
        let mut to_come = ToCome::default();
        for output in outputs {
            self.carry_out_one(&mut state, now, output, &mut to_come);
        }
        while let Some(output) = to_come.outputs.pop_front() {
            self.carry_out_one(&mut state, now, output, &mut to_come);
        }
        drop(state);
        to_come.wakes.into_iter().for_each(Wake::wake);
        if to_come.something_to_say {
            self.to_say.notify_one();
        }
    }

    fn carry_out_one(&self, state: &mut State, now: Instant, output: Output, to_come: &mut ToCome) {
        match output {
            Output::Send { to, frame } => self.send(state, now, to, frame, to_come),
            Output::Welcome { to, joined } => {
                let frame = Frame::encode(&ServerMessage::RoomJoined(joined));
                self.send(state, now, to, frame, to_come);
            }
            Output::Gone { member, reason } => {
                if let Some(reason) = Left::by(reason) {
                    self.metrics.members_gone.count(reason);
                }
                self.ice_servers.handle_gone(&member, reason, now);
            }
            Output::Moved(member) => {
                // What it may allocate here it keeps for as long as its credentials hold.
                self.ice_servers
                    .handle_gone(&member, LeaveReason::Lost, now);
            }
            Output::Tell(command) => {
                to_come.something_to_say = true;
                state.tell(*command);
            }
            Output::HandOver(leaving) => {
                to_come.something_to_say = true;
                let unsent = state.outboxes.get(&leaving.old).map(|outbox| {
                    to_come.wakes.push(outbox.close(CloseCode::TakenOver));
                    outbox.take_unsent()
                });
                state.tell(leaving.into_command(unsent.unwrap_or_default()));
            }
            Output::Restart(socket) => {
                if let Some(outbox) = state.outboxes.get(&socket) {
                    to_come.wakes.push(outbox.close(CloseCode::Restart));
                }
            }
            Output::TakeOver { old, new } => {
                let Some(outbox) = state.outboxes.get(&old) else {
                    return;
                };
                to_come.wakes.push(outbox.close(CloseCode::TakenOver));
                for frame in outbox.take_unsent() {
                    match frame.kind() {
                        FrameKind::Directed => {
                            self.send(state, now, new, frame.taken_on(), to_come);
                        }
                        FrameKind::Status
                        | FrameKind::Joined
                        | FrameKind::Left
                        | FrameKind::Passing => {}
                    }
                }
            }
        }
    }

    /// A socket that is to be closed over the frame is lost here and now, with everything it did
    /// not get. One whose queue has no room for more of the frame's sender stays as it is.
    fn send(
        &self,
        state: &mut State,
        now: Instant,
        to: SocketId,
        frame: Frame,
        to_come: &mut ToCome,
    ) {
        let Some(outbox) = state.outboxes.get(&to) else {
            return;
        };
        let not_sent = match outbox.try_send(frame.sent_at(now), now) {
            Ok(wake) => {
                to_come.wakes.push(wake);
                return;
            }
            Err(not_sent) => not_sent,
        };
        to_come.wakes.push(not_sent.wake);
        match not_sent.reason {
            NotSentReason::ShareFull => {
                self.metrics.limited.count(Limit::Queue);
                to_come
                    .outputs
                    .extend(state.rooms.handle_refused(to, &not_sent.frame));
            }
            NotSentReason::Closed => {
                let mut unsent = outbox.take_unsent();
                unsent.push_back(not_sent.frame);
                to_come
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

/// What is still to be done about what was decided.
#[derive(Default)]
struct ToCome {
    /// Of sockets that were lost meanwhile.
    outputs: VecDeque<Output>,
    wakes: SmallVec<[Wake; 2]>,
    something_to_say: bool,
}

impl State {
    fn tell(&mut self, command: Command) {
        if let Some(shared) = &mut self.shared {
            shared.tell(command);
        }
    }
}
