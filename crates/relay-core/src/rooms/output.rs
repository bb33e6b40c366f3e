//! Outputs of the rooms: effects for the caller, and how the rules make them.

use signal_protocol::{LeaveReason, MemberId, RoomJoined, RoomName, ServerMessage};
use smallvec::SmallVec;

use super::{MigratingMember, SocketId};
use crate::{
    cluster::{Command, ForwardAttempt, NodeName},
    frame::Frame,
};

/// Outputs of a directed message: nearly always one.
pub type Outputs = SmallVec<[Output; 1]>;

/// Effects for the caller, which performs them in order.
#[derive(Debug, PartialEq, Eq)]
pub enum Output {
    Send {
        to: SocketId,
        frame: Frame,
    },
    /// Answers a join. The caller adds the ICE servers for this member.
    Welcome {
        to: SocketId,
        joined: Box<RoomJoined>,
    },
    /// The member left the room: revoke its TURN credentials and all else that it was given.
    Gone {
        member: MemberId,
        reason: LeaveReason,
    },
    /// The member moved to another node. It did not leave the room.
    Moved(MemberId),
    /// Close the old socket with 4000 and send its unsent frames on the new one.
    TakeOver {
        old: SocketId,
        new: SocketId,
    },
    /// Close the socket with 4000 and hand over its unsent frames to another node.
    HandOver(Box<MigratingMember>),
    /// Close the socket with 1012: the cluster refused its membership. The client joins again.
    Restart(SocketId),
    /// Send the command to Redis.
    Tell(Box<Command>),
}

pub(super) fn tell(command: Command) -> Output {
    Output::Tell(Box::new(command))
}

pub(super) fn resend_request(node: NodeName, room: &RoomName, to: &MemberId) -> Output {
    tell(Command::ResendRequest {
        node,
        room: room.clone(),
        to: to.clone(),
    })
}

pub(super) fn tell_attempt(attempt: ForwardAttempt) -> Output {
    tell(Command::Directed(Box::new(attempt)))
}

pub(super) fn send(to: SocketId, message: &ServerMessage) -> Output {
    Output::Send {
        to,
        frame: Frame::encode(message),
    }
}
