//! Scenarios of single moves, step by step.

use super::ClusterModel;
use crate::{cluster::Command, rooms::Output};

/// A settled model. The listeners are on nodes 2 and 3.
fn model() -> ClusterModel {
    let mut model = ClusterModel::new();
    model.settle();
    model
}

impl ClusterModel {
    /// Redis decided the move; no node knows it yet.
    fn has_moved(&mut self, listener: usize, node: usize) {
        let token = self.people[2 + listener].token.clone();
        self.join(2 + listener, node, Some(token));
        while self.run_command(node) {}
    }

    /// Messages from the first talker to the first listener, and the number of reports.
    fn outcome(&mut self) -> (Vec<u64>, usize) {
        self.settle();
        let log = &self.log[&(0, 0)];
        (log.delivered.clone(), log.reported)
    }
}

#[test]
fn message_sent_before_move_is_known_is_not_reported() {
    for target in [0, 1, 3] {
        let mut model = model();
        model.kill(2);
        model.has_moved(0, target);
        model.send(0, 0);
        model.run_command(0);
        model.send(0, 0);
        assert_eq!(model.outcome(), (vec![1, 2], 0), "to node {target}");
    }
}

#[test]
fn messages_lost_with_a_killed_node_alone_are_reported() {
    for target in [0, 1, 3] {
        let mut model = model();
        model.send(0, 0);
        model.run_command(0);
        model.kill(2);
        model.has_moved(0, target);
        model.send(0, 0);
        model.settle();
        model.send(0, 0);
        assert_eq!(model.outcome(), (vec![2, 3], 1), "to node {target}");
    }
}

#[test]
fn barrier_lost_with_connection_is_sent_again() {
    let mut model = model();
    model.send(0, 0);
    model.run_command(0);
    model.kill(2);
    model.has_moved(0, 1);
    while model.receive(0) {}
    model.partition(0);
    model.send(0, 0);
    model.heal(0);
    assert_eq!(model.outcome(), (vec![2], 1));
}

#[test]
fn move_before_barrier_returns_loses_nothing_more() {
    for next in [0, 3] {
        let mut model = model();
        model.send(0, 0);
        model.run_command(0);
        model.kill(2);
        model.has_moved(0, 1);
        while model.receive(1) || model.receive(0) {}
        model.send(0, 0);
        model.has_moved(0, next);
        model.send(0, 0);
        assert_eq!(model.outcome(), (vec![2, 3], 1), "to node {next}");
    }
}

#[test]
fn message_follows_member_that_moves_twice() {
    let mut model = model();
    model.send(0, 0);
    model.run_command(0);
    model.has_moved(0, 0);
    while model.receive(0) {}
    model.send(0, 0);
    model.has_moved(0, 3);
    model.send(0, 0);
    assert_eq!(model.outcome(), (vec![1, 2, 3], 0));
}

#[test]
fn return_to_previous_node_loses_nothing() {
    let mut model = model();
    model.send(0, 0);
    model.settle();
    model.lose(2);
    model.send(0, 0);
    model.settle();
    model.has_moved(0, 1);
    while model.receive(1) {}
    model.send(0, 0);
    // The old node hands over when it owns the member again.
    let token = model.people[2].token.clone();
    model.join(2, 2, Some(token));
    while model.receive(2) {}
    model.send(0, 0);
    assert_eq!(model.outcome(), (vec![1, 2, 3, 4], 0));
}

#[test]
fn abandoned_join_leaves_again() {
    // Redis accepts a join after the client was already refused.
    let mut model = model();
    let [here, there] = [0, 2].map(|person| model.people[person].id.clone());
    let rooms = &mut model.nodes[0].rooms;
    let outputs = rooms.handle_abandoned_join(super::room(), there.clone());
    let Some(Output::Tell(command)) = outputs.last() else {
        panic!("FakeRedis is not told");
    };
    assert!(matches!(&**command, Command::Leave { id, .. } if *id == there));
    assert!(rooms.presence(&super::room(), &there).is_none());
    assert_eq!(rooms.handle_abandoned_join(super::room(), here), []);
}
