//! Single moves, told step by step.

use super::World;
use crate::{backplane::Command, rooms::Output};

/// Both talkers see the listeners on nodes 2 and 3, and nothing is under way.
fn world() -> World {
    let mut world = World::new();
    world.settle();
    world
}

impl World {
    /// Redis has decided it, and nobody has heard of it yet.
    fn has_moved(&mut self, listener: usize, node: usize) {
        let token = self.people[2 + listener].token.clone();
        self.join(2 + listener, node, Some(token));
        while self.speak(node) {}
    }

    /// What the first listener heard of the first talker, and how much was reported.
    fn outcome(&mut self) -> (Vec<u64>, usize) {
        self.settle();
        let said = &self.said[&(0, 0)];
        (said.heard.clone(), said.reported)
    }
}

#[test]
fn what_was_said_before_the_news_of_a_move_came_is_not_reported() {
    for home in [0, 1, 3] {
        let mut world = world();
        world.kill(2);
        world.has_moved(0, home);
        world.say(0, 0);
        world.speak(0);
        world.say(0, 0);
        assert_eq!(world.outcome(), (vec![1, 2], 0), "to node {home}");
    }
}

#[test]
fn what_a_killed_node_took_along_is_reported_and_nothing_else() {
    for home in [0, 1, 3] {
        let mut world = world();
        world.say(0, 0);
        world.speak(0);
        world.kill(2);
        world.has_moved(0, home);
        world.say(0, 0);
        world.settle();
        world.say(0, 0);
        assert_eq!(world.outcome(), (vec![2, 3], 1), "to node {home}");
    }
}

#[test]
fn a_fence_that_went_with_a_connection_is_asked_for_again() {
    let mut world = world();
    world.say(0, 0);
    world.speak(0);
    world.kill(2);
    world.has_moved(0, 1);
    while world.listen(0) {}
    world.cut(0);
    world.say(0, 0);
    world.mend(0);
    assert_eq!(world.outcome(), (vec![2], 1));
}

#[test]
fn who_moves_on_before_the_fence_is_back_loses_nothing_more() {
    for next in [0, 3] {
        let mut world = world();
        world.say(0, 0);
        world.speak(0);
        world.kill(2);
        world.has_moved(0, 1);
        while world.listen(1) || world.listen(0) {}
        world.say(0, 0);
        world.has_moved(0, next);
        world.say(0, 0);
        assert_eq!(world.outcome(), (vec![2, 3], 1), "to node {next}");
    }
}

#[test]
fn what_is_said_to_somebody_who_only_passes_by_goes_after_him() {
    let mut world = world();
    world.say(0, 0);
    world.speak(0);
    world.has_moved(0, 0);
    while world.listen(0) {}
    world.say(0, 0);
    world.has_moved(0, 3);
    world.say(0, 0);
    assert_eq!(world.outcome(), (vec![1, 2, 3], 0));
}

#[test]
fn who_comes_straight_back_loses_nothing() {
    let mut world = world();
    world.say(0, 0);
    world.settle();
    world.lose(2);
    world.say(0, 0);
    world.settle();
    world.has_moved(0, 1);
    while world.listen(1) {}
    world.say(0, 0);
    // Its old node hands over when it is home again already.
    let token = world.people[2].token.clone();
    world.join(2, 2, Some(token));
    while world.listen(2) {}
    world.say(0, 0);
    assert_eq!(world.outcome(), (vec![1, 2, 3, 4], 0));
}

#[test]
fn whom_redis_lets_in_although_nobody_waits_any_more_leaves_again() {
    let mut world = world();
    let [here, there] = [0, 2].map(|person| world.people[person].id.clone());
    let rooms = &mut world.nodes[0].rooms;
    let outputs = rooms.handle_unwanted(super::room(), there.clone());
    let Some(Output::Tell(command)) = outputs.last() else {
        panic!("Redis is not told");
    };
    assert!(matches!(&**command, Command::Leave { id, .. } if *id == there));
    assert!(rooms.presence(&super::room(), &there).is_none());
    assert_eq!(rooms.handle_unwanted(super::room(), here), []);
}
