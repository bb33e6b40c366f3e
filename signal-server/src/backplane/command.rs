//! What a node has to say to Redis.
//!
//! Invariant: said in the order in which it was decided; what Redis could not be told is made good
//! by `Sync`, so any of these but `HandOver` may be dropped with the connection. `Sync` is said before
//! anything else, as it takes out of the room who joined meanwhile.

use signal_protocol::{DirectedKind, LeaveReason, MemberId, ResumeToken, RoomName};

use super::note::{Handover, NodeName, Note, Parcel, Record, SecretHash, json};
use crate::{admission::AddressKey, rooms::RoomShare};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    Join(Box<Join>),
    Leave {
        room: RoomName,
        id: MemberId,
        reason: LeaveReason,
    },
    /// Another status or token.
    Update {
        room: RoomName,
        member: Box<Record>,
    },
    Directed(Box<Sending>),
    /// Comes back as a note, behind what became of everything sent before it.
    Fence {
        room: RoomName,
        to: MemberId,
        number: u64,
    },
    Heard {
        node: NodeName,
        room: RoomName,
        to: MemberId,
        number: u64,
    },
    /// To that node: what it sends to the member is to be sent once more.
    Again {
        node: NodeName,
        room: RoomName,
        to: MemberId,
    },
    /// To that node: what its member said found no room at its receiver's.
    NotTaken {
        node: NodeName,
        room: RoomName,
        from: MemberId,
        kind: DirectedKind,
    },
    HandOver {
        room: RoomName,
        id: MemberId,
        handover: Handover,
        taker: Taker,
    },
    /// All members that this node has in the room, looked up when it is said.
    Sync(RoomName),
    Bye,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Join {
    pub(crate) request: u64,
    pub(crate) room: RoomName,
    /// A hash already.
    pub(crate) proof: Option<String>,
    pub(crate) resume: Option<ResumeToken>,
    /// What it will be if it comes in anew.
    pub(crate) member: Record,
    pub(crate) address: AddressKey,
    pub(crate) admits: Admits,
}

/// The networks of an address, as the script counts in them: `HASH*GUESSES*PLACES`, how many times
/// the wrong passcodes of one address each may send, and how many places of the room hold. The
/// hashes are so that none is read there in passing.
fn networks(address: AddressKey, share: RoomShare) -> String {
    let networks = share.networks(address).into_iter();
    let words = networks.map(|(network, places)| {
        let hash = SecretHash::of(&network.name()).into_string();
        format!("{hash}*{}*{places}", network.breadth.times())
    });
    words.collect::<Vec<_>>().join(" ")
}

/// A parcel, and where its sender's node takes the member to be: it goes there or nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sending {
    pub(crate) parcel: Parcel,
    pub(crate) home: NodeName,
    pub(crate) breaks: u32,
}

/// Who gets what is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taker {
    /// The member's node, perhaps this one again.
    Home,
    /// Whichever comes to be its node, if it is this one's still.
    Next,
}

/// Whom the node lets in from the address that a join came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admits {
    Everybody,
    WhoComesBack,
}

/// What the scripts have to be told beside the command.
#[derive(Debug, Clone)]
pub(crate) struct CallSettings {
    pub(crate) node: NodeName,
    pub(crate) room_size: usize,
    pub(crate) share: RoomShare,
    pub(crate) wrong_passcodes: u32,
    pub(crate) grace_ms: u64,
}

/// One call of a script, or a plain publishing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) what: What,
    pub(crate) arguments: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Join,
    Leave,
    Update,
    Directed,
    HandOver,
    Sync,
    Bye,
    Publish,
}

/// The members of one room, as `Sync` tells them.
#[derive(Debug, Default)]
pub(crate) struct RoomRecords {
    pub(crate) proof: Option<String>,
    pub(crate) members: Vec<Record>,
}

impl Command {
    /// About how much it holds.
    pub(crate) fn bytes(&self) -> usize {
        const FIXED: usize = 256;
        match self {
            Self::Directed(sending) => FIXED + sending.parcel.frame.len(),
            Self::HandOver { handover, .. } => {
                FIXED + handover.frames.iter().map(String::len).sum::<usize>()
            }
            Self::Update { member, .. } => {
                FIXED
                    + member
                        .status
                        .as_ref()
                        .map_or(0, |status| status.as_str().len())
            }
            Self::Join(_)
            | Self::Leave { .. }
            | Self::Fence { .. }
            | Self::Heard { .. }
            | Self::Again { .. }
            | Self::NotTaken { .. }
            | Self::Sync(_)
            | Self::Bye => FIXED,
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
                    What::Join,
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
                        match join.admits {
                            Admits::Everybody => String::new(),
                            Admits::WhoComesBack => "held".to_owned(),
                        },
                    ],
                )
            }
            Self::Leave { room, id, reason } => {
                let reason = json(&reason).trim_matches('"').to_owned();
                call(What::Leave, [node(), text(&room), member(&id), reason])
            }
            Self::Update { room, member } => {
                call(What::Update, [node(), text(&room), json(&*member)])
            }
            Self::Directed(sending) => {
                let Sending {
                    parcel,
                    home,
                    breaks,
                } = *sending;
                call(
                    What::Directed,
                    [
                        node(),
                        text(&parcel.room),
                        member(&parcel.to),
                        home.as_str().to_owned(),
                        breaks.to_string(),
                        parcel.number.to_string(),
                        json(&Note::Directed(parcel)),
                    ],
                )
            }
            Self::Fence { room, to, number } => {
                let note = json(&Note::Fenced { room, to, number });
                call(What::Publish, [channel(&settings.node), note])
            }
            Self::Heard {
                node,
                room,
                to,
                number,
            } => {
                let note = json(&Note::Heard { room, to, number });
                call(What::Publish, [channel(&node), note])
            }
            Self::Again { node, room, to } => {
                let note = json(&Note::Again { room, to });
                call(What::Publish, [channel(&node), note])
            }
            Self::NotTaken {
                node,
                room,
                from,
                kind,
            } => {
                let note = json(&Note::NotTaken { room, from, kind });
                call(What::Publish, [channel(&node), note])
            }
            Self::HandOver {
                room,
                id,
                handover,
                taker,
            } => call(
                What::HandOver,
                [
                    node(),
                    text(&room),
                    member(&id),
                    json(&handover),
                    match taker {
                        Taker::Home => String::new(),
                        Taker::Next => settings.grace_ms.to_string(),
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
                    what: What::Sync,
                    arguments,
                }
            }
            Self::Bye => call(What::Bye, [node()]),
        }
    }
}

/// Where the node listens.
pub(crate) fn channel(node: &NodeName) -> String {
    format!("snug:1:node:{node}")
}

fn call<const COUNT: usize>(what: What, arguments: [String; COUNT]) -> Call {
    Call {
        what,
        arguments: arguments.into(),
    }
}

fn text(room: &RoomName) -> String {
    room.as_str().to_owned()
}

fn member(id: &MemberId) -> String {
    id.as_str().to_owned()
}
