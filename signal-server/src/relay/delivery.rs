//! What was decided, on its way: frames into the outboxes, words to the other nodes.
//!
//! Invariant: in the order in which it was decided, and under the same lock. A socket is woken once
//! the lock is given back.

use std::{collections::VecDeque, sync::MutexGuard, time::Instant};

use signal_protocol::{CloseCode, LeaveReason, ServerMessage};

use super::{Relay, State};
use crate::{
    backplane::Command,
    frame::{Frame, FrameKind},
    metrics::Left,
    outbox::Wake,
    rooms::{Output, SocketId},
};

impl Relay {
    /// Queues what was decided, gives the lock back, and only then wakes the sockets' tasks.
    pub(super) fn apply(
        &self,
        mut state: MutexGuard<'_, State>,
        now: Instant,
        outputs: Vec<Output>,
    ) {
        let mut outputs = VecDeque::from(outputs);
        let mut wakes = Vec::with_capacity(outputs.len());
        let mut something_to_say = false;
        while let Some(output) = outputs.pop_front() {
            match output {
                Output::Send { to, frame } => {
                    outputs.extend(state.send(now, to, frame, &mut wakes));
                }
                Output::Welcome { to, joined } => {
                    let frame = Frame::encode(&ServerMessage::RoomJoined(joined));
                    outputs.extend(state.send(now, to, frame, &mut wakes));
                }
                Output::Gone { member, reason } => {
                    if let Some(reason) = Left::by(reason) {
                        self.metrics.members_gone.count(reason);
                    }
                    self.offers.handle_gone(&member, reason);
                }
                Output::Moved(member) => {
                    // What it may allocate here it keeps for as long as its credentials hold.
                    self.offers.handle_gone(&member, LeaveReason::Lost);
                }
                Output::Tell(command) => {
                    something_to_say = true;
                    state.tell(*command);
                }
                Output::HandOver(leaving) => {
                    something_to_say = true;
                    let unsent = state.outboxes.get(&leaving.old).map(|outbox| {
                        wakes.push(outbox.close(CloseCode::TakenOver));
                        outbox.take_unsent()
                    });
                    state.tell(leaving.into_command(unsent.unwrap_or_default()));
                }
                Output::Restart(socket) => {
                    if let Some(outbox) = state.outboxes.get(&socket) {
                        wakes.push(outbox.close(CloseCode::Restart));
                    }
                }
                Output::TakeOver { old, new } => {
                    let Some(outbox) = state.outboxes.get(&old) else {
                        continue;
                    };
                    wakes.push(outbox.close(CloseCode::TakenOver));
                    for frame in outbox.take_unsent() {
                        match frame.kind() {
                            FrameKind::Directed => {
                                outputs.extend(state.send(now, new, frame, &mut wakes));
                            }
                            FrameKind::Passing => {}
                        }
                    }
                }
            }
        }
        drop(state);
        wakes.into_iter().for_each(Wake::wake);
        if something_to_say {
            self.to_say.notify_one();
        }
    }
}

impl State {
    fn tell(&mut self, command: Command) {
        if let Some(shared) = &mut self.shared {
            shared.tell(command);
        }
    }

    /// A socket that cannot take the frame is lost here and now, with everything it did not get.
    fn send(
        &mut self,
        now: Instant,
        to: SocketId,
        frame: Frame,
        wakes: &mut Vec<Wake>,
    ) -> Vec<Output> {
        let Some(outbox) = self.outboxes.get(&to) else {
            return Vec::new();
        };
        let not_sent = match outbox.try_send(frame.sent_at(now)) {
            Ok(wake) => {
                wakes.push(wake);
                return Vec::new();
            }
            Err(not_sent) => not_sent,
        };
        wakes.push(not_sent.wake);
        let mut unsent = outbox.take_unsent();
        unsent.push_back(not_sent.frame);
        self.lose(now, to, unsent)
    }

    pub(super) fn lose(
        &mut self,
        now: Instant,
        socket: SocketId,
        unsent: VecDeque<Frame>,
    ) -> Vec<Output> {
        if self.rooms.member(socket).is_some() {
            self.members_lost.inc();
        }
        self.rooms.handle_lost(now, socket, unsent)
    }
}
