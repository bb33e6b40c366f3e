//! In-memory replacement of the Lua scripts for one room.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use signal_protocol::{LeaveReason, MemberId, RoomName};

use crate::cluster::{
    BacklogLocation, Command, ForwardAttempt, Handover, HandoverTarget, Join, JoinEntered,
    JoinResumed, NodeMessage, NodeName, Record, RecordedLoss, RoomRecords, SecretHash,
};

#[derive(Debug, Default)]
pub(super) struct FakeRedis {
    records: Vec<Record>,
    kept: BTreeMap<MemberId, Handover>,
    /// Published messages that were not received yet.
    channels: BTreeMap<String, VecDeque<NodeMessage>>,
    alive: BTreeSet<String>,
    last_order: u64,
}

const ANNOUNCED: Option<RecordedLoss> = Some(RecordedLoss::Announced);

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

    pub(super) fn records(&self) -> &[Record] {
        &self.records
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

    /// `records` reads the local members of a room.
    pub(super) fn run(
        &mut self,
        node: &NodeName,
        command: Command,
        records: impl FnOnce(&RoomName) -> RoomRecords,
    ) {
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
            Command::Sync(room) => {
                let given = records(&room).members;
                self.sync(node, &room, given);
            }
            Command::Update {
                room,
                member,
                token_before,
            } => self.update(node, room, *member, &token_before),
            Command::Leave { .. } | Command::Bye => {}
        }
    }

    fn update(
        &mut self,
        node: &NodeName,
        room: RoomName,
        member: Record,
        token_before: &SecretHash,
    ) {
        let mut known = self.records.iter_mut();
        let is_meant = |known: &&mut Record| {
            known.id == member.id && known.node == *node && known.token == *token_before
        };
        let Some(record) = known.find(is_meant) else {
            return;
        };
        let before = std::mem::replace(record, member.clone());
        if (before.lost == ANNOUNCED) != (member.lost == ANNOUNCED) {
            self.tell_all(node, &NodeMessage::Changed { room, member });
        }
    }

    /// The next tick of a node announces the members of nodes that are away.
    pub(super) fn announce_away(&mut self, room: &RoomName) {
        let alive = &self.alive;
        let away = self.records.iter_mut();
        let away = away.filter(|record| !alive.contains(record.node.as_str()));
        let changed: Vec<Record> = away
            .filter(|record| record.lost != ANNOUNCED)
            .map(|record| {
                record.lost = ANNOUNCED;
                record.clone()
            })
            .collect();
        for member in changed {
            let node = member.node.clone();
            let room = room.clone();
            self.tell_all(&node, &NodeMessage::Changed { room, member });
        }
    }

    /// Removes the lost members of the device of a new member.
    fn replace_ghosts(&mut self, room: &RoomName, by: &Record) {
        let Some(device) = &by.device else { return };
        let nodes = self.nodes();
        let is_ghost = |record: &Record| {
            let is_away = !self.alive.contains(record.node.as_str());
            record.device.as_ref() == Some(device) && (record.lost.is_some() || is_away)
        };
        let (ghosts, rest) = self.records.iter().cloned().partition(is_ghost);
        let ghosts: Vec<Record> = ghosts;
        self.records = rest;
        for ghost in ghosts {
            self.kept.remove(&ghost.id);
            let left = NodeMessage::Left {
                room: room.clone(),
                id: ghost.id,
                reason: LeaveReason::Lost,
                replaced_by: Some(by.id.clone()),
            };
            for node in &nodes {
                self.publish(node, left.clone());
            }
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
        record.lost = None;
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
        self.replace_ghosts(&room, &member);
        self.last_order += 1;
        member.order = self.last_order;
        let message = NodeMessage::Joined {
            room: room.clone(),
            member: member.clone(),
        };
        self.tell_all(node, &message);
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

    /// Each token update has arrived.
    fn sync(&mut self, node: &NodeName, room: &RoomName, given: Vec<Record>) {
        let is_given = |record: &Record| given.iter().any(|one| one.id == record.id);
        self.records
            .retain(|record| record.node != *node || is_given(record));
        for record in given {
            let mut known = self.records.iter_mut();
            match known.find(|known| known.id == record.id) {
                Some(known) if known.node == *node => *known = record,
                Some(_) => {}
                None => self.records.push(record),
            }
        }
        let mine = self.records.iter().filter(|record| record.node == *node);
        let synced = NodeMessage::Synced {
            room: room.clone(),
            node: node.clone(),
            members: mine.cloned().collect(),
        };
        self.tell_all(node, &synced);
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

    /// Publishes to each node with members in the room, but for one.
    fn tell_all(&mut self, except: &NodeName, message: &NodeMessage) {
        for node in self.nodes() {
            if node != *except {
                self.publish(&node, message.clone());
            }
        }
    }

    fn publish(&mut self, node: &NodeName, message: NodeMessage) {
        if let Some(channel) = self.channels.get_mut(node.as_str()) {
            channel.push_back(message);
        }
    }
}
