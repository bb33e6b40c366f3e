//! Faults: nodes that are killed, stopped or partitioned from Redis.
//!
//! Excluded is one known limit: a node dies after it was asked for a backlog and before the
//! handover. Its successor waits for one lease then.

use super::{ClusterModel, Node, room};
use crate::{
    cluster::{Command, NodeMessage},
    frame::Frame,
    rooms::member::Presence,
};

impl ClusterModel {
    /// Whether a member moves to or from the node. Its backlog would be lost after a wait.
    fn is_busy(&self, node: usize) -> bool {
        let Node { name, rooms, .. } = &self.nodes[node];
        let is_asked = self.redis.coming(name).any(|message| {
            if let NodeMessage::Moved { member, .. } = message {
                let records = rooms.records(&room());
                return records.members.iter().any(|here| here.id == member.id);
            }
            matches!(message, NodeMessage::HandedOver { .. })
        });
        let is_joined = self.people.iter().any(|person| person.asks == Some(node));
        is_asked || is_joined || self.has_holdback(node)
    }

    fn has_holdback(&self, node: usize) -> bool {
        let room = self.nodes[node].rooms.rooms.get(&room());
        room.is_some_and(|room| {
            room.members()
                .iter()
                .any(|member| member.holdback.is_some())
        })
    }

    pub(super) fn kill(&mut self, node: usize) {
        if self.is_busy(node) {
            return;
        }
        self.drop_commands(node);
        let fresh = self.start();
        let dead = std::mem::replace(&mut self.nodes[node], fresh);
        self.redis.remove_node(&dead.name);
        let rooms = dead.rooms.rooms.values();
        for member in rooms.flat_map(|room| room.members()) {
            let frames: Vec<Frame> = match &member.presence {
                Presence::Lost { backlog, .. } => backlog.clone().into_frames().collect(),
                Presence::Present(old) => self.unsent.remove(old).into_iter().flatten().collect(),
                Presence::Remote(_) => Vec::new(),
            };
            for frame in frames {
                let (talker, number) = self.read(&frame);
                let pair = (talker, self.listener(&member.id));
                self.log.get_mut(&pair).unwrap().lost.insert(number);
            }
        }
        for person in 2..4 {
            if self.redis.owner_node(&self.people[person].id) == Some(&dead.name) {
                self.people[person].socket = None;
                for talker in 0..2 {
                    let log = self.log.entry((talker, person - 2)).or_default();
                    let delivered = log.delivered.iter().rev();
                    let delivered = delivered.take_while(|number| **number > log.confirmed);
                    log.unconfirmed.extend(delivered);
                }
            }
        }
    }

    pub(super) fn stop(&mut self, node: usize) {
        if self.is_busy(node) {
            return;
        }
        for person in 2..4 {
            if self.people[person].socket.is_some_and(|(on, _)| on == node) {
                self.lose(person);
            }
        }
        let outputs = self.nodes[node].rooms.hand_over_all();
        self.apply(node, outputs);
        while self.run_command(node) {}
        let fresh = self.start();
        let old = std::mem::replace(&mut self.nodes[node], fresh);
        self.redis.remove_node(&old.name);
    }

    /// Skips nodes with a listener: the others would take such a node for dead.
    pub(super) fn partition(&mut self, node: usize) {
        let name = &self.nodes[node].name;
        let owns_listener = self.people[2..]
            .iter()
            .any(|person| self.redis.owner_node(&person.id) == Some(name));
        let records = self.nodes[node].rooms.records(&room());
        if owns_listener || records.members.len() > 1 || self.is_busy(node) {
            return;
        }
        if !self.partitioned.insert(node) {
            return;
        }
        let Node {
            name,
            rooms,
            cluster,
        } = &mut self.nodes[node];
        self.redis.unsubscribe(name);
        // The first command may have been sent. A handover must be, because no other node has its
        // content.
        if let Some(command @ Command::HandOver { .. }) = cluster.pop() {
            self.redis.run(name, command, |room| rooms.records(room));
        }
        let (_, unsent_commands) = cluster.handle_partitioned();
        rooms.handle_partitioned(unsent_commands);
    }

    /// Drops commands except token updates, which a resume needs.
    fn drop_commands(&mut self, node: usize) {
        self.hand_over_first(node);
        let Node {
            name,
            rooms,
            cluster,
        } = &mut self.nodes[node];
        while let Some(command) = cluster.pop() {
            if matches!(command, Command::Update { .. }) {
                self.redis.run(name, command, |room| rooms.records(room));
            }
        }
    }

    /// Runs all commands up to the last handover, which the successor would wait for.
    fn hand_over_first(&mut self, node: usize) {
        let Node {
            name,
            rooms,
            cluster,
        } = &mut self.nodes[node];
        let mut commands: Vec<Command> = std::iter::from_fn(|| cluster.pop()).collect();
        let last = commands
            .iter()
            .rposition(|command| matches!(command, Command::HandOver { .. }));
        let later = commands.split_off(last.map_or(0, |last| last + 1));
        for command in commands {
            self.redis.run(name, command, |room| rooms.records(room));
        }
        for command in later {
            cluster.push(command);
        }
    }

    pub(super) fn heal(&mut self, node: usize) {
        if !self.partitioned.remove(&node) {
            return;
        }
        let Node {
            name,
            rooms,
            cluster,
        } = &mut self.nodes[node];
        self.redis.subscribe(name);
        rooms.handle_connected(None);
        let generation = cluster.next_generation();
        cluster.handle_connected(generation, [Command::Sync(room())]);
    }
}
