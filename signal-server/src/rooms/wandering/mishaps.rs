//! Nodes that are killed, end, or lose their connection to Redis.
//!
//! What is known not to hold in such a moment is kept out: a node that dies between being asked for
//! what it holds and handing it over is waited for, for a lease.

use super::{Node, World, room};
use crate::{
    backplane::{Command, Note},
    frame::Frame,
    rooms::member::Presence,
};

impl World {
    /// Not while somebody is on the way to it, or between two nodes: what it was to hand over is
    /// waited for then, and given up.
    fn is_busy(&self, node: usize) -> bool {
        let Node { name, rooms, .. } = &self.nodes[node];
        let is_asked = self.redis.coming(name).any(|note| match note {
            Note::Moved { member, .. } => rooms
                .records(&room())
                .members
                .iter()
                .any(|here| here.id == member.id),
            Note::HandedOver { .. } => true,
            Note::Joined { .. }
            | Note::Left { .. }
            | Note::Changed { .. }
            | Note::Synced { .. }
            | Note::Directed(_)
            | Note::Astray { .. }
            | Note::Fenced { .. }
            | Note::Heard { .. }
            | Note::Again { .. }
            | Note::Entered { .. }
            | Note::Resumed { .. }
            | Note::Refused { .. }
            | Note::NotTaken { .. }
            | Note::Snapshot { .. } => false,
        });
        let is_joined = self.people.iter().any(|person| person.asks == Some(node));
        is_asked || is_joined || self.awaits(node)
    }

    fn awaits(&self, node: usize) -> bool {
        let room = self.nodes[node].rooms.rooms.get(&room());
        room.is_some_and(|room| {
            room.members()
                .iter()
                .any(|member| member.awaiting.is_some())
        })
    }

    pub(super) fn kill(&mut self, node: usize) {
        if self.is_busy(node) {
            return;
        }
        self.drop_commands(node);
        let fresh = self.start();
        let dead = std::mem::replace(&mut self.nodes[node], fresh);
        self.redis.bury(&dead.name);
        let rooms = dead.rooms.rooms.values();
        for member in rooms.flat_map(|room| room.members()) {
            let frames: Vec<Frame> = match &member.presence {
                Presence::Lost { backlog, .. } => backlog.clone().into_frames().collect(),
                Presence::Present(old) => self.unsent.remove(old).into_iter().flatten().collect(),
                Presence::Elsewhere(_) => Vec::new(),
            };
            for frame in frames {
                let (talker, number) = self.read(&frame);
                let pair = (talker, self.listener(&member.id));
                self.said.get_mut(&pair).unwrap().lost.insert(number);
            }
        }
        for person in 2..4 {
            if self.redis.home(&self.people[person].id) == Some(&dead.name) {
                self.people[person].socket = None;
                for talker in 0..2 {
                    let said = self.said.entry((talker, person - 2)).or_default();
                    let heard = said.heard.iter().rev();
                    let heard = heard.take_while(|number| **number > said.confirmed);
                    said.unconfirmed.extend(heard);
                }
            }
        }
    }

    pub(super) fn end(&mut self, node: usize) {
        if self.is_busy(node) {
            return;
        }
        for person in 2..4 {
            if self.people[person].socket.is_some_and(|(on, _)| on == node) {
                self.lose(person);
            }
        }
        let outputs = self.nodes[node].rooms.hand_all_over();
        self.apply(node, outputs);
        while self.speak(node) {}
        let fresh = self.start();
        let old = std::mem::replace(&mut self.nodes[node], fresh);
        self.redis.bury(&old.name);
    }

    /// Not while a listener is there: its node would be taken for dead, and is not.
    pub(super) fn cut(&mut self, node: usize) {
        let name = &self.nodes[node].name;
        let is_home = self.people[2..]
            .iter()
            .any(|person| self.redis.home(&person.id) == Some(name));
        let records = self.nodes[node].rooms.records(&room());
        if is_home || records.members.len() > 1 || self.is_busy(node) {
            return;
        }
        if !self.apart.insert(node) {
            return;
        }
        let Node { name, rooms, link } = &mut self.nodes[node];
        self.redis.unsubscribe(name);
        // That one may have been said or not, but for what nobody else has.
        if let Some(command @ Command::HandOver { .. }) = link.pop() {
            self.redis.run(name, command);
        }
        let (_, unsaid) = link.handle_apart();
        rooms.handle_apart(unsaid);
    }

    /// Redis is told nothing more but the tokens, or nobody could come back.
    fn drop_commands(&mut self, node: usize) {
        self.hand_over_first(node);
        let Node { name, link, .. } = &mut self.nodes[node];
        while let Some(command) = link.pop() {
            if matches!(command, Command::Update { .. }) {
                self.redis.run(name, command);
            }
        }
    }

    /// What is to be handed over would be waited for.
    fn hand_over_first(&mut self, node: usize) {
        let Node { name, link, .. } = &mut self.nodes[node];
        let mut commands: Vec<Command> = std::iter::from_fn(|| link.pop()).collect();
        let last = commands
            .iter()
            .rposition(|command| matches!(command, Command::HandOver { .. }));
        let later = commands.split_off(last.map_or(0, |last| last + 1));
        for command in commands {
            self.redis.run(name, command);
        }
        for command in later {
            link.push(command);
        }
    }

    pub(super) fn mend(&mut self, node: usize) {
        if !self.apart.remove(&node) {
            return;
        }
        let Node { name, rooms, link } = &mut self.nodes[node];
        self.redis.subscribe(name);
        rooms.handle_together(None);
        let generation = link.next_generation();
        link.handle_connected(generation, [Command::Sync(room())]);
    }
}
