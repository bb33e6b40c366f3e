//! Commands of a node to Redis.
//!
//! Invariant: commands run in the order in which they were decided. `Sync` restores what a lost
//! connection dropped, so each command but `HandOver` may be dropped. `Sync` runs first, because it
//! removes members that are not in its list.

use signal_protocol::{DirectedKind, LeaveReason, MemberId, ResumeToken, RoomName};

use super::node_message::{
    ForwardedMessage, Handover, NodeMessage, NodeName, Record, SecretHash, json,
};
use crate::{admission::AddressKey, rooms::RoomShare};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    Join(Box<Join>),
    Leave {
        room: RoomName,
        id: MemberId,
        reason: LeaveReason,
    },
    /// A changed status or token.
    Update {
        room: RoomName,
        member: Box<Record>,
    },
    Directed(Box<ForwardAttempt>),
    /// Returns as a node message, after the results of all earlier forward attempts.
    FlushBarrier {
        room: RoomName,
        to: MemberId,
        number: u64,
    },
    Ack {
        node: NodeName,
        room: RoomName,
        to: MemberId,
        number: u64,
    },
    /// Asks that node to send all messages to the member again.
    ResendRequest {
        node: NodeName,
        room: RoomName,
        to: MemberId,
    },
    /// Tells that node that the queue of the receiver was full.
    ReceiverFull {
        node: NodeName,
        room: RoomName,
        from: MemberId,
        kind: DirectedKind,
    },
    HandOver {
        room: RoomName,
        id: MemberId,
        handover: Handover,
        target: HandoverTarget,
    },
    /// All local members of the room, read when the command runs.
    Sync(RoomName),
    Bye,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Join {
    pub(crate) request: u64,
    pub(crate) room: RoomName,
    /// Hashed.
    pub(crate) proof: Option<String>,
    pub(crate) resume: Option<ResumeToken>,
    /// The record of the new member, if the join does not resume one.
    pub(crate) member: Record,
    pub(crate) address: AddressKey,
    pub(crate) admission: Admission,
}

/// The networks of an address for the join script, as `HASH*ATTEMPTS*MEMBERS`: the multiple of
/// wrong passcodes of one address, and the limit of members in the room. Redis sees hashes only.
fn networks(address: AddressKey, share: RoomShare) -> String {
    let networks = share.networks(address).into_iter();
    let words = networks.map(|(network, places)| {
        let hash = SecretHash::of(&network.name()).into_string();
        format!("{hash}*{}*{places}", network.breadth.times())
    });
    words.collect::<Vec<_>>().join(" ")
}

/// A message, and the node that its sender takes for the owner. Redis delivers it to that node or
/// to none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ForwardAttempt {
    pub(crate) message: ForwardedMessage,
    pub(crate) owner_node: NodeName,
    pub(crate) takeover_epoch: u32,
}

/// The receiver of a handover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HandoverTarget {
    /// The current owner node, which may be this one.
    CurrentOwner,
    /// The next owner node, if this node still owns the member.
    NextOwner,
}

/// The joins that the rate limits of this node admit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    Anyone,
    ResumesOnly,
}

/// Arguments that the scripts need besides the command.
#[derive(Debug, Clone)]
pub(crate) struct CallSettings {
    pub(crate) node: NodeName,
    pub(crate) room_size: usize,
    pub(crate) share: RoomShare,
    pub(crate) wrong_passcodes: u32,
    pub(crate) grace_ms: u64,
}

/// A script call or a PUBLISH.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) kind: CallKind,
    pub(crate) arguments: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallKind {
    Join,
    Leave,
    Update,
    Directed,
    HandOver,
    Sync,
    Bye,
    Publish,
}

/// The local members of one room, for `Sync`.
#[derive(Debug, Default)]
pub(crate) struct RoomRecords {
    pub(crate) proof: Option<String>,
    pub(crate) members: Vec<Record>,
}

impl Command {
    /// Approximate size.
    pub(crate) fn bytes(&self) -> usize {
        const FIXED_BYTES: usize = 256;
        match self {
            Self::Directed(attempt) => FIXED_BYTES + attempt.message.frame.len(),
            Self::HandOver { handover, .. } => {
                FIXED_BYTES + handover.frames.iter().map(String::len).sum::<usize>()
            }
            Self::Update { member, .. } => {
                FIXED_BYTES
                    + member
                        .status
                        .as_ref()
                        .map_or(0, |status| status.as_str().len())
            }
            Self::Join(_)
            | Self::Leave { .. }
            | Self::FlushBarrier { .. }
            | Self::Ack { .. }
            | Self::ResendRequest { .. }
            | Self::ReceiverFull { .. }
            | Self::Sync(_)
            | Self::Bye => FIXED_BYTES,
        }
    }

    pub(crate) fn into_call(
        self,
        settings: &CallSettings,
        records: impl FnOnce(&RoomName) -> RoomRecords,
    ) -> Call {
        let node = || settings.node.as_str().to_owned();
        match self {
            Self::Join(join) => {
                let resume = join.resume.map(|token| SecretHash::of(token.as_str()));
                call(
                    CallKind::Join,
                    [
                        node(),
                        join.request.to_string(),
                        join.room.as_str().to_owned(),
                        join.proof.unwrap_or_default(),
                        resume.map(SecretHash::into_string).unwrap_or_default(),
                        json(&join.member),
                        settings.room_size.to_string(),
                        networks(join.address, settings.share),
                        settings.wrong_passcodes.to_string(),
                        match join.admission {
                            Admission::Anyone => String::new(),
                            Admission::ResumesOnly => "rate-limited".to_owned(),
                        },
                    ],
                )
            }
            Self::Leave { room, id, reason } => {
                let reason = json(&reason).trim_matches('"').to_owned();
                call(CallKind::Leave, [node(), text(&room), member(&id), reason])
            }
            Self::Update { room, member } => {
                call(CallKind::Update, [node(), text(&room), json(&*member)])
            }
            Self::Directed(attempt) => {
                let ForwardAttempt {
                    message,
                    owner_node,
                    takeover_epoch,
                } = *attempt;
                call(
                    CallKind::Directed,
                    [
                        node(),
                        text(&message.room),
                        member(&message.to),
                        owner_node.as_str().to_owned(),
                        takeover_epoch.to_string(),
                        message.number.to_string(),
                        json(&NodeMessage::Directed(message)),
                    ],
                )
            }
            Self::FlushBarrier { room, to, number } => {
                let message = json(&NodeMessage::FlushBarrier { room, to, number });
                call(CallKind::Publish, [channel(&settings.node), message])
            }
            Self::Ack {
                node,
                room,
                to,
                number,
            } => {
                let message = json(&NodeMessage::Ack { room, to, number });
                call(CallKind::Publish, [channel(&node), message])
            }
            Self::ResendRequest { node, room, to } => {
                let message = json(&NodeMessage::ResendRequest { room, to });
                call(CallKind::Publish, [channel(&node), message])
            }
            Self::ReceiverFull {
                node,
                room,
                from,
                kind,
            } => {
                let message = json(&NodeMessage::ReceiverFull { room, from, kind });
                call(CallKind::Publish, [channel(&node), message])
            }
            Self::HandOver {
                room,
                id,
                handover,
                target,
            } => call(
                CallKind::HandOver,
                [
                    node(),
                    text(&room),
                    member(&id),
                    json(&handover),
                    match target {
                        HandoverTarget::CurrentOwner => String::new(),
                        HandoverTarget::NextOwner => settings.grace_ms.to_string(),
                    },
                ],
            ),
            Self::Sync(room) => {
                let RoomRecords { proof, members } = records(&room);
                let mut arguments = vec![
                    node(),
                    text(&room),
                    proof.unwrap_or_default(),
                    settings.room_size.to_string(),
                ];
                arguments.extend(members.iter().map(json));
                Call {
                    kind: CallKind::Sync,
                    arguments,
                }
            }
            Self::Bye => call(CallKind::Bye, [node()]),
        }
    }
}

/// The channel of the node.
pub(crate) fn channel(node: &NodeName) -> String {
    format!("snug:1:node:{node}")
}

fn call<const COUNT: usize>(kind: CallKind, arguments: [String; COUNT]) -> Call {
    Call {
        kind,
        arguments: arguments.into(),
    }
}

fn text(room: &RoomName) -> String {
    room.as_str().to_owned()
}

fn member(id: &MemberId) -> String {
    id.as_str().to_owned()
}
