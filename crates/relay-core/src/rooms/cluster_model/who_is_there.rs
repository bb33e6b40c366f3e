//! Losses and replaced members over several nodes: what everybody sees in the end, and scenarios.

use std::collections::BTreeMap;

use signal_protocol::{DeviceId, MemberId};

use super::{ClusterModel, LOST_NOTICE, Node, room};
use crate::rooms::member::Announced;

impl ClusterModel {
    /// Losses are announced, on nodes and by Redis.
    pub(super) fn wait(&mut self) {
        self.now += 2 * LOST_NOTICE;
        for node in 0..self.nodes.len() {
            let outputs = self.nodes[node].rooms.handle_timeout(self.now);
            self.apply(node, outputs);
        }
        self.redis.announce_away(&room());
    }

    /// Everybody with a socket sees the same members in the same state: that of Redis.
    pub(super) fn check_views(&self) {
        let truth: BTreeMap<MemberId, bool> = self
            .redis
            .records()
            .iter()
            .map(|record| {
                let is_lost = Announced::of(record.lost) == Announced::Lost;
                (record.id.clone(), is_lost)
            })
            .collect();
        for person in &self.people {
            if person.socket.is_none() {
                continue;
            }
            let mut expect = truth.clone();
            assert!(expect.remove(&person.id).is_some(), "not in Redis");
            assert_eq!(person.view.others(), &expect);
        }
    }

    /// Joins again, as after a crash.
    fn crash_and_join(&mut self, person: usize, node: usize) {
        self.lose(person);
        while self.run_commands_of_all() {}
        self.join(person, node, None);
    }

    fn run_commands_of_all(&mut self) -> bool {
        (0..self.nodes.len()).any(|node| self.run_command(node))
    }

    /// The changes that a talker heard of.
    fn changes(&self, talker: usize) -> Vec<&str> {
        let changes = self.people[talker].view.changes.iter();
        changes.map(String::as_str).collect()
    }

    fn forget_changes(&mut self) {
        for person in &mut self.people {
            person.view.changes.clear();
        }
    }
}

/// A settled model. The listeners are on nodes 2 and 3, and have devices.
fn model() -> ClusterModel {
    let mut model = ClusterModel::new();
    for person in 2..4 {
        let device = DeviceId::parse(&format!("device {person:016}")).unwrap();
        model.people[person].device = Some(device);
        let token = model.people[person].token.clone();
        model.join(person, person, Some(token));
        model.settle();
    }
    model.forget_changes();
    model
}

#[test]
fn loss_and_resume_are_told_on_every_node() {
    for target in [0, 2, 3] {
        let mut model = model();
        let id = model.people[2].id.clone();
        model.lose(2);
        model.settle();
        assert_eq!(model.changes(0), [""; 0]);
        model.wait();
        model.settle();
        assert_eq!(model.changes(0), [format!("{id} lost")]);
        assert_eq!(model.changes(1), [format!("{id} lost")]);
        model.check_views();
        let token = model.people[2].token.clone();
        model.join(2, target, Some(token));
        model.settle();
        let both = [format!("{id} lost"), format!("{id} back")];
        assert_eq!(model.changes(0), both, "to node {target}");
        assert_eq!(model.changes(1), both, "to node {target}");
        model.check_views();
    }
}

#[test]
fn members_of_a_killed_node_are_told_as_lost() {
    let mut model = model();
    let id = model.people[2].id.clone();
    model.kill(2);
    model.settle();
    model.wait();
    model.settle();
    assert_eq!(model.changes(0), [format!("{id} lost")]);
    let token = model.people[2].token.clone();
    model.join(2, 3, Some(token));
    model.settle();
    assert_eq!(
        model.changes(1),
        [format!("{id} lost"), format!("{id} back")]
    );
    model.check_views();
}

#[test]
fn ghost_of_any_node_is_replaced_on_every_node() {
    for target in [0, 2, 3] {
        let mut model = model();
        let ghost = model.people[2].id.clone();
        model.crash_and_join(2, target);
        model.settle();
        let new = model.people[2].id.clone();
        let expect = [format!("-{ghost} for {new}"), format!("+{new}")];
        for talker in 0..2 {
            assert_eq!(model.changes(talker), expect, "to node {target}");
        }
        assert_eq!(model.gone, [(2, ghost)], "to node {target}");
        model.check_views();
    }
}

#[test]
fn ghost_of_a_killed_node_is_replaced() {
    let mut model = model();
    let ghost = model.people[2].id.clone();
    model.kill(2);
    model.join(2, 0, None);
    model.settle();
    let new = model.people[2].id.clone();
    let expect = [format!("-{ghost} for {new}"), format!("+{new}")];
    assert_eq!(model.changes(1), expect);
    model.check_views();
}

#[test]
fn member_with_a_socket_on_another_node_is_not_replaced() {
    let mut model = model();
    let first = model.people[2].id.clone();
    let device = model.people[2].device.clone();
    model.people[3].device = device;
    model.lose(3);
    model.settle();
    model.join(3, 0, None);
    model.settle();
    let second = model.people[3].id.clone();
    assert_eq!(model.changes(1), [format!("+{second}")]);
    assert!(model.people[1].view.others().contains_key(&first));
    assert_eq!(model.gone, []);
}

/// The member takes its place again on its own node while Redis gives it away.
#[test]
fn resume_during_its_replacement_restores_the_member() {
    let mut model = model();
    let id = model.people[2].id.clone();
    model.lose(2);
    while model.run_commands_of_all() {}
    let token = model.people[2].token.clone();
    // Another page of the same device, on another node.
    model.people[3].device = model.people[2].device.clone();
    model.lose(3);
    model.settle();
    model.join(3, 3, None);
    while model.run_command(3) {}
    // Node 2 has not heard of it.
    model.join(2, 2, Some(token));
    model.settle();
    let new = model.people[3].id.clone();
    let expect = [
        format!("-{id} for {new}"),
        format!("+{new}"),
        format!("+{id}"),
    ];
    assert_eq!(model.changes(0), expect);
    assert_eq!(model.people[2].id, id);
    assert_eq!(model.gone, []);
    let Node { rooms, .. } = &model.nodes[2];
    assert!(
        rooms
            .records(&room())
            .members
            .iter()
            .any(|record| record.id == id)
    );
}
