//! Directed messages of local senders, and what is said of those that do not arrive.
//!
//! Invariant: a message goes to the socket, the backlog or the retransmit queue of its receiver, or
//! its sender gets an error.

use signal_protocol::{
    DeliveredFrame, DirectedFrame, ErrorMessage, MemberId, RoomName, ServerMessage,
};
use smallvec::smallvec;

use super::{
    Output, Outputs, Rooms, SocketId,
    member::Presence,
    output::{send, tell, tell_attempt},
    refusal::{no_such_user, not_joined, receiver_full},
    retransmit_queue::{QueueFull, RetransmitQueue, UnackedMessage},
};
use crate::{cluster::Command, frame::Frame};

impl Rooms {
    /// # Errors
    /// `not-joined`; `no-such-user`; `rate-limited` if too many messages of this sender are queued.
    pub fn handle_directed(
        &mut self,
        socket: SocketId,
        directed: DirectedFrame<'_>,
    ) -> (Outputs, Result<(), ErrorMessage>) {
        let Some(membership) = self.memberships.get(&socket) else {
            return (Outputs::new(), Err(not_joined(directed.kind.as_str())));
        };
        let member = self
            .rooms
            .get_mut(&membership.room)
            .filter(|_| directed.to != membership.member.as_str())
            .and_then(|room| room.member_mut(directed.to));
        let Some(member) = member else {
            return (Outputs::new(), Err(no_such_user(directed.kind)));
        };
        let frame = Frame::directed(directed, &membership.member);
        if let (Some(queue), Some(node)) = (member.retransmit_queue(), &self.settings.node) {
            self.sent += 1;
            let from = membership.member.clone();
            let message = UnackedMessage::new(self.sent, from, directed.kind, frame);
            if let Err(full) = queue.try_push(message, node.retransmit_limits) {
                let error = match full {
                    QueueFull::All => no_such_user(directed.kind),
                    QueueFull::Sender => receiver_full(directed.kind),
                };
                return (Outputs::new(), Err(error));
            }
            if self.is_partitioned {
                return (Outputs::new(), Ok(()));
            }
            let attempts = member.send(&membership.room, &node.name, RetransmitQueue::send_new);
            return (attempts.map(tell_attempt).collect(), Ok(()));
        }
        match &mut member.presence {
            Presence::Remote(_) => (Outputs::new(), Err(no_such_user(directed.kind))),
            Presence::Present(to) => (smallvec![Output::Send { to: *to, frame }], Ok(())),
            Presence::Lost { backlog, .. } => {
                let pushed = backlog.try_push(frame, self.settings.backlog);
                let result = pushed.map_err(|_| receiver_full(directed.kind));
                (Outputs::new(), result)
            }
        }
    }

    /// The outbox of `to` has no room for the sender of the frame. Reports that to the sender.
    pub fn handle_refused(&self, to: SocketId, frame: &Frame) -> Option<Output> {
        let membership = self.memberships.get(&to)?;
        self.refuse(&membership.room, frame)
    }

    /// Reports to the sender of the frame, on any node, that its receiver did not get it.
    pub(super) fn refuse(&self, name: &RoomName, frame: &Frame) -> Option<Output> {
        let DeliveredFrame { kind, from } = DeliveredFrame::read(frame.as_str())?;
        let from = MemberId::new(from);
        match &self.rooms.get(name)?.member(&from)?.presence {
            Presence::Present(socket) => {
                let error = ServerMessage::Error(receiver_full(kind));
                Some(send(*socket, &error))
            }
            Presence::Remote(queue) => Some(tell(Command::ReceiverFull {
                node: queue.node.clone(),
                room: name.clone(),
                from,
                kind,
            })),
            Presence::Lost { .. } => None,
        }
    }
}
