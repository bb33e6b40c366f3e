//! Commands as calls of the Lua scripts.
//!
//! Invariant: the arguments stand in the order in which the scripts read them.

use relay_core::{
    admission::AddressKey,
    cluster::{
        Admission, Command, ForwardAttempt, HandoverTarget, NodeMessage, NodeName, RoomRecords,
        SecretHash,
    },
    rooms::RoomShare,
};
use serde::Serialize;
use signal_protocol::{MemberId, RoomName};

use crate::Config;

/// Arguments that the scripts need besides the command.
#[derive(Debug, Clone)]
pub(super) struct CallSettings {
    node: NodeName,
    room_size: usize,
    share: RoomShare,
    wrong_passcodes: u32,
    grace_ms: u64,
}

/// A script call or a PUBLISH.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) kind: CallKind,
    pub(super) arguments: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CallKind {
    Join,
    Leave,
    Update,
    Directed,
    HandOver,
    Sync,
    Bye,
    Publish,
}

impl CallSettings {
    pub(super) fn new(node: NodeName, config: &Config) -> Self {
        Self {
            node,
            room_size: config.room_size,
            share: config.room_share(),
            wrong_passcodes: config.wrong_passcodes,
            grace_ms: config.grace.as_millis().try_into().unwrap_or(u64::MAX),
        }
    }
}

impl Call {
    /// `records` reads the local members of a room.
    pub(super) fn new(
        command: Command,
        settings: &CallSettings,
        records: impl FnOnce(&RoomName) -> RoomRecords,
    ) -> Self {
        let node = || settings.node.as_str().to_owned();
        match command {
            Command::Join(join) => {
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
            Command::Leave { room, id, reason } => {
                let reason = json(&reason).trim_matches('"').to_owned();
                call(CallKind::Leave, [node(), text(&room), member(&id), reason])
            }
            Command::Update {
                room,
                member,
                token_before,
            } => call(
                CallKind::Update,
                [
                    node(),
                    text(&room),
                    json(&*member),
                    token_before.into_string(),
                ],
            ),
            Command::Directed(attempt) => {
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
            Command::FlushBarrier { room, to, number } => {
                let message = json(&NodeMessage::FlushBarrier { room, to, number });
                call(CallKind::Publish, [channel(&settings.node), message])
            }
            Command::Ack {
                node,
                room,
                to,
                number,
            } => {
                let message = json(&NodeMessage::Ack { room, to, number });
                call(CallKind::Publish, [channel(&node), message])
            }
            Command::ResendRequest { node, room, to } => {
                let message = json(&NodeMessage::ResendRequest { room, to });
                call(CallKind::Publish, [channel(&node), message])
            }
            Command::ReceiverFull {
                node,
                room,
                from,
                kind,
            } => {
                let message = json(&NodeMessage::ReceiverFull { room, from, kind });
                call(CallKind::Publish, [channel(&node), message])
            }
            Command::HandOver {
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
            Command::Sync(room) => {
                let RoomRecords { proof, members } = records(&room);
                let mut arguments = vec![
                    node(),
                    text(&room),
                    proof.unwrap_or_default(),
                    settings.room_size.to_string(),
                ];
                arguments.extend(members.iter().map(json));
                Self {
                    kind: CallKind::Sync,
                    arguments,
                }
            }
            Command::Bye => call(CallKind::Bye, [node()]),
        }
    }
}

/// The channel of the node.
pub(super) fn channel(node: &NodeName) -> String {
    format!("snug:1:node:{node}")
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

fn json(value: &impl Serialize) -> String {
    // Strings and numbers only: serialising them cannot fail.
    serde_json::to_string(value).unwrap_or_default()
}
