//! In-memory replacement of the Lua scripts for one room.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use signal_protocol::{MemberId, RoomName};

use crate::cluster::{
    BacklogLocation, Command, ForwardAttempt, Handover, HandoverTarget, Join, JoinEntered,
    JoinResumed, NodeMessage, NodeName, Record, SecretHash,
};

#[derive(Debug, Default)]
pub(super) struct FakeRedis {
    records: Vec<Record>,
    kept: BTreeMap<MemberId, Handover>,
    /// Published messages that were not received yet.
    channels: BTreeMap<String, VecDeque<NodeMessage>>,
    alive: BTreeSet<String>,
}

impl FakeRedis {
    pub(super) fn subscribe(&mut self, node: &NodeName) {
        self.alive.insert(node.as_str().to_owned());
        self.channels
            .insert(node.as_str().to_owned(), VecDeque::new());
    }

    /// Messages in its channel are lost.
    pub(super) fn unsubscribe(&mut self, node: &NodeName) {
        self.channels.remove(node.as_str());
    }

    pub(super) fn remove_node(&mut self, node: &NodeName) {
        self.unsubscribe(node);
        self.alive.remove(node.as_str());
    }

    pub(super) fn owner_node(&self, id: &MemberId) -> Option<&NodeName> {
        let record = self.records.iter().find(|record| record.id == *id)?;
        Some(&record.node)
    }

    pub(super) fn next(&mut self, node: &NodeName) -> Option<NodeMessage> {
        self.channels.get_mut(node.as_str())?.pop_front()
    }

    pub(super) fn coming(&self, node: &NodeName) -> impl Iterator<Item = &NodeMessage> {
        self.channels.get(node.as_str()).into_iter().flatten()
    }

    pub(super) fn run(&mut self, node: &NodeName, command: Command) {
        match command {
            Command::Join(join) => self.join(node, *join),
            Command::Directed(attempt) => self.directed(*attempt),
            Command::FlushBarrier { room, to, number } => {
                self.publish(node, NodeMessage::FlushBarrier { room, to, number });
            }
            Command::Ack {
                node,
                room,
                to,
                number,
            } => self.publish(&node, NodeMessage::Ack { room, to, number }),
            Command::HandOver {
                room,
                id,
                handover,
                target,
            } => match self.owner_node(&id).cloned() {
                Some(owner_node) if owner_node == *node && target == HandoverTarget::NextOwner => {
                    self.kept.insert(id, handover);
                }
                Some(owner_node) => {
                    self.publish(&owner_node, NodeMessage::HandedOver { room, id, handover })
                }
                None => {}
            },
            Command::ResendRequest { node, room, to } => {
                self.publish(&node, NodeMessage::ResendRequest { room, to })
            }
            Command::ReceiverFull {
                node,
                room,
                from,
                kind,
            } => self.publish(&node, NodeMessage::ReceiverFull { room, from, kind }),
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
        let backlog = if kept.is_some() {
            BacklogLocation::Redis
        } else if self.alive.contains(old.as_str()) && self.channels.contains_key(old.as_str()) {
            BacklogLocation::PreviousNode
        } else {
            record.takeover_epoch += 1;
            BacklogLocation::Lost
        };
        let member = record.clone();
        let message = NodeMessage::Moved {
            room: room.clone(),
            member: member.clone(),
        };
        for other in others {
            if other != *node {
                self.publish(&other, message.clone());
            }
        }
        let resumed = NodeMessage::Resumed(JoinResumed {
            request,
            backlog,
            room,
            id: member.id,
            proof: String::new(),
            kept,
            members: self.records.clone(),
        });
        self.publish(node, resumed);
    }

    fn enter(&mut self, node: &NodeName, request: u64, room: RoomName, mut member: Record) {
        member.order = self.records.len() as u64 + 1;
        let message = NodeMessage::Joined {
            room: room.clone(),
            member: member.clone(),
        };
        for other in self.nodes() {
            if other != *node {
                self.publish(&other, message.clone());
            }
        }
        let id = member.id.clone();
        self.records.push(member);
        let members = self.records.clone();
        let entered = NodeMessage::Entered(JoinEntered {
            request,
            room,
            id,
            members,
        });
        self.publish(node, entered);
    }

    fn directed(&mut self, attempt: ForwardAttempt) {
        let ForwardAttempt {
            message,
            owner_node,
            takeover_epoch,
        } = attempt;
        let Some(record) = self.records.iter().find(|record| record.id == message.to) else {
            return;
        };
        if record.node == owner_node && record.takeover_epoch == takeover_epoch {
            self.publish(&owner_node, NodeMessage::Directed(message));
        } else {
            let misrouted = NodeMessage::Misrouted {
                room: message.room,
                to: message.to,
                number: message.number,
            };
            self.publish(&message.node, misrouted);
        }
    }

    /// Membership does not change here: no member leaves, and each token update has arrived.
    fn sync(&mut self, node: &NodeName, room: &RoomName) {
        let mine = self.records.iter().filter(|record| record.node == *node);
        let synced = NodeMessage::Synced {
            room: room.clone(),
            node: node.clone(),
            members: mine.cloned().collect(),
        };
        for other in self.nodes() {
            if other != *node {
                self.publish(&other, synced.clone());
            }
        }
        let snapshot = NodeMessage::Snapshot {
            room: room.clone(),
            refused: Vec::new(),
            members: self.records.clone(),
        };
        self.publish(node, snapshot);
    }

    /// The nodes with members in the room.
    fn nodes(&self) -> Vec<NodeName> {
        let nodes = self.records.iter().map(|record| record.node.clone());
        let mut nodes: Vec<NodeName> = nodes.collect();
        nodes.sort_by(|one, other| one.as_str().cmp(other.as_str()));
        nodes.dedup();
        nodes
    }

    fn publish(&mut self, node: &NodeName, message: NodeMessage) {
        if let Some(channel) = self.channels.get_mut(node.as_str()) {
            channel.push_back(message);
        }
    }
}
