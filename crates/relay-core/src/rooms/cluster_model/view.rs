//! What one person believes about the others, from frames alone.

use std::collections::BTreeMap;

use signal_protocol::{MemberId, RoomJoined, ServerMessage};

#[derive(Debug, Default)]
pub(super) struct View {
    /// Whether each of them is lost.
    others: BTreeMap<MemberId, bool>,
    /// Changes since the last welcome, for people.
    pub(super) changes: Vec<String>,
}

impl View {
    pub(super) fn welcome(&mut self, joined: &RoomJoined) {
        let participants = joined.participants.iter();
        self.others = participants
            .map(|user| (user.id.clone(), user.lost))
            .collect();
        self.changes.clear();
    }

    /// Takes a message about others. A repeated change fails the test.
    pub(super) fn take(&mut self, message: &ServerMessage) {
        match message {
            ServerMessage::UserJoined { user } => {
                let before = self.others.insert(user.id.clone(), user.lost);
                assert_eq!(before, None, "joined twice");
                self.changes.push(format!("+{}", user.id));
            }
            ServerMessage::UserLeft {
                id, replaced_by, ..
            } => {
                assert!(self.others.remove(id).is_some(), "an unknown one left");
                let by = replaced_by.as_ref().map(|id| format!(" for {id}"));
                self.changes
                    .push(format!("-{id}{}", by.unwrap_or_default()));
            }
            ServerMessage::UserLost { id } => {
                assert_eq!(self.others.insert(id.clone(), true), Some(false));
                self.changes.push(format!("{id} lost"));
            }
            ServerMessage::UserBack { id } => {
                assert_eq!(self.others.insert(id.clone(), false), Some(true));
                self.changes.push(format!("{id} back"));
            }
            other @ (ServerMessage::RoomJoined(_)
            | ServerMessage::RoomLeft
            | ServerMessage::UserStatus { .. }
            | ServerMessage::IceServers { .. }
            | ServerMessage::Pong
            | ServerMessage::Error(_)
            | ServerMessage::Delivered(_)) => panic!("not expected here: {other:?}"),
        }
    }

    pub(super) fn others(&self) -> &BTreeMap<MemberId, bool> {
        &self.others
    }
}
