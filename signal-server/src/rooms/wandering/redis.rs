//! The scripts, as far as wandering needs them: one room, in memory.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use signal_protocol::{MemberId, RoomName};

use crate::backplane::{
    Command, Handover, How, Join, NodeName, Note, Record, SecretHash, Sending, Taker,
};

#[derive(Debug, Default)]
pub(super) struct Redis {
    records: Vec<Record>,
    kept: BTreeMap<MemberId, Handover>,
    /// What has been published to those who listen, and not yet come there.
    channels: BTreeMap<String, VecDeque<Note>>,
    alive: BTreeSet<String>,
}

impl Redis {
    pub(super) fn subscribe(&mut self, node: &NodeName) {
        self.alive.insert(node.as_str().to_owned());
        self.channels
            .insert(node.as_str().to_owned(), VecDeque::new());
    }

    /// What was on its way there is lost.
    pub(super) fn unsubscribe(&mut self, node: &NodeName) {
        self.channels.remove(node.as_str());
    }

    pub(super) fn bury(&mut self, node: &NodeName) {
        self.unsubscribe(node);
        self.alive.remove(node.as_str());
    }

    pub(super) fn home(&self, id: &MemberId) -> Option<&NodeName> {
        let record = self.records.iter().find(|record| record.id == *id)?;
        Some(&record.node)
    }

    pub(super) fn next(&mut self, node: &NodeName) -> Option<Note> {
        self.channels.get_mut(node.as_str())?.pop_front()
    }

    pub(super) fn coming(&self, node: &NodeName) -> impl Iterator<Item = &Note> {
        self.channels.get(node.as_str()).into_iter().flatten()
    }

    pub(super) fn run(&mut self, node: &NodeName, command: Command) {
        match command {
            Command::Join(join) => self.join(node, *join),
            Command::Directed(sending) => self.directed(*sending),
            Command::Fence { room, to, number } => {
                self.publish(node, Note::Fenced { room, to, number });
            }
            Command::Heard {
                node,
                room,
                to,
                number,
            } => self.publish(&node, Note::Heard { room, to, number }),
            Command::HandOver {
                room,
                id,
                handover,
                taker,
            } => match self.home(&id).cloned() {
                Some(home) if home == *node && taker == Taker::Next => {
                    self.kept.insert(id, handover);
                }
                Some(home) => self.publish(&home, Note::HandedOver { room, id, handover }),
                None => {}
            },
            Command::Again { node, room, to } => self.publish(&node, Note::Again { room, to }),
            Command::NotTaken {
                node,
                room,
                from,
                kind,
            } => self.publish(&node, Note::NotTaken { room, from, kind }),
            Command::Sync(room) => self.sync(node, &room),
            Command::Update { member, .. } => {
                let known = self.records.iter_mut();
                let known = known.filter(|known| known.id == member.id && known.node == *node);
                for record in known {
                    *record = (*member).clone();
                }
            }
            Command::Leave { .. } | Command::Bye => {}
        }
    }

    fn join(&mut self, node: &NodeName, join: Join) {
        let Join {
            request,
            room,
            resume,
            member,
            ..
        } = join;
        let token = resume.map(|token| SecretHash::of(token.as_str()));
        let others = self.nodes();
        let place = self
            .records
            .iter()
            .position(|record| Some(&record.token) == token.as_ref());
        let Some(place) = place else {
            self.enter(node, request, room, member);
            return;
        };
        let record = &mut self.records[place];
        assert_ne!(record.node, *node, "its own node knows the token");
        let old = std::mem::replace(&mut record.node, node.clone());
        record.token = member.token;
        let kept = self.kept.remove(&record.id);
        let how = if kept.is_some() {
            How::Kept
        } else if self.alive.contains(old.as_str()) && self.channels.contains_key(old.as_str()) {
            How::Asked
        } else {
            record.breaks += 1;
            How::None
        };
        let member = record.clone();
        let note = Note::Moved {
            room: room.clone(),
            member: member.clone(),
        };
        for other in others {
            if other != *node {
                self.publish(&other, note.clone());
            }
        }
        let resumed = Note::Resumed {
            request,
            how,
            room,
            id: member.id,
            proof: String::new(),
            kept,
            members: self.records.clone(),
        };
        self.publish(node, resumed);
    }

    fn enter(&mut self, node: &NodeName, request: u64, room: RoomName, mut member: Record) {
        member.order = self.records.len() as u64 + 1;
        let note = Note::Joined {
            room: room.clone(),
            member: member.clone(),
        };
        for other in self.nodes() {
            if other != *node {
                self.publish(&other, note.clone());
            }
        }
        let id = member.id.clone();
        self.records.push(member);
        let members = self.records.clone();
        let entered = Note::Entered {
            request,
            room,
            id,
            members,
        };
        self.publish(node, entered);
    }

    fn directed(&mut self, sending: Sending) {
        let Sending {
            parcel,
            home,
            breaks,
        } = sending;
        let Some(record) = self.records.iter().find(|record| record.id == parcel.to) else {
            return;
        };
        if record.node == home && record.breaks == breaks {
            self.publish(&home, Note::Directed(parcel));
        } else {
            let astray = Note::Astray {
                room: parcel.room,
                to: parcel.to,
                number: parcel.number,
            };
            self.publish(&parcel.node, astray);
        }
    }

    /// Nobody leaves here, and each node has told of its members' tokens: nothing changes.
    fn sync(&mut self, node: &NodeName, room: &RoomName) {
        let mine = self.records.iter().filter(|record| record.node == *node);
        let synced = Note::Synced {
            room: room.clone(),
            node: node.clone(),
            members: mine.cloned().collect(),
        };
        for other in self.nodes() {
            if other != *node {
                self.publish(&other, synced.clone());
            }
        }
        let snapshot = Note::Snapshot {
            room: room.clone(),
            refused: Vec::new(),
            members: self.records.clone(),
        };
        self.publish(node, snapshot);
    }

    /// Each with members in the room, once.
    fn nodes(&self) -> Vec<NodeName> {
        let nodes = self.records.iter().map(|record| record.node.clone());
        let mut nodes: Vec<NodeName> = nodes.collect();
        nodes.sort_by(|one, other| one.as_str().cmp(other.as_str()));
        nodes.dedup();
        nodes
    }

    fn publish(&mut self, node: &NodeName, note: Note) {
        if let Some(channel) = self.channels.get_mut(node.as_str()) {
            channel.push_back(note);
        }
    }
}
