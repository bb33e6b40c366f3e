//! Who is really there, over several nodes.

use std::time::Duration;

use signal_protocol::{LeaveReason, MemberId, RoomJoined, ServerMessage};
use signal_server::Config;

use crate::{
    client::{Client, join_from_device},
    person::Person,
    redis::Redis,
    relay::Relay,
};

const DEVICE: &str = "secret-of-this-device";

/// Losses are announced at once, and nobody is removed.
fn noticed(config: &mut Config) {
    config.lost_notice = Duration::from_millis(50);
    config.grace = Duration::from_secs(60);
}

async fn join_with_device(relay: &Relay) -> (Client, RoomJoined) {
    let mut client = Client::connect(relay.address).await;
    client.send(&join_from_device("r", "bob", DEVICE)).await;
    let joined = client.hear_joined().await;
    (client, joined)
}

fn replaced(id: &MemberId, by: &MemberId) -> ServerMessage {
    ServerMessage::UserLeft {
        id: id.clone(),
        reason: LeaveReason::Lost,
        replaced_by: Some(by.clone()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn loss_and_resume_are_told_on_other_nodes() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let (one, two) = (
        redis.node_with(noticed).await,
        redis.node_with(noticed).await,
    );
    let mut ann = Person::join(one.address, "r", "ann").await;
    let bob = Person::join(two.address, "r", "bob").await;
    ann.see_exactly(&[&bob.id]).await;
    for node in [&two, &one] {
        let mut bob = Person::join(two.address, "r", "eve").await;
        let id = bob.id.clone();
        ann.hear_until(|ann| ann.others.contains_key(&id)).await;
        let lost = bob.client;
        bob.client = Client::connect(node.address).await;
        lost.lose().await;
        ann.hear_until(|ann| ann.lost.contains(&id)).await;
        let carl = Person::join(one.address, "r", "carl").await;
        assert!(carl.lost.contains(&id));
        assert!(bob.resume(node.address, "r", "eve").await);
        ann.hear_until(|ann| !ann.lost.contains(&id)).await;
        assert!(!ann.left.contains(&id));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn device_replaces_its_lost_member_of_another_node() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let (one, two) = (redis.node().await, redis.node().await);
    let mut ann = Client::connect(one.address).await;
    ann.join("r", "ann").await;
    let mut carl = Client::connect(two.address).await;
    carl.join("r", "carl").await;
    ann.hear_user_joined().await;
    let (mut bob, mut bobs) = join_with_device(&two).await;
    assert_eq!(ann.hear_user_joined().await, bobs.myself.id);
    assert_eq!(carl.hear_user_joined().await, bobs.myself.id);
    // To another node, and back to the same.
    for node in [&one, &one, &two] {
        bob.lose().await;
        let old = bobs.myself.id;
        (bob, bobs) = join_with_device(node).await;
        let new = bobs.myself.id.clone();
        assert!(!bobs.resumed);
        assert!(bobs.participants.iter().all(|user| user.id != old));
        for other in [&mut ann, &mut carl] {
            assert_eq!(other.receive().await, replaced(&old, &new));
            assert_eq!(other.hear_user_joined().await, new);
        }
    }
    // A member with a socket stays.
    let (_second, seconds) = join_with_device(&one).await;
    assert!(
        seconds
            .participants
            .iter()
            .any(|user| user.id == bobs.myself.id)
    );
    for other in [&mut ann, &mut carl] {
        assert_eq!(other.hear_user_joined().await, seconds.myself.id);
        other.receive_nothing().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn members_of_a_killed_node_are_told_as_lost() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let one = redis.node_with(noticed).await;
    let dies = redis.program();
    let mut ann = Person::join(one.address, "r", "ann").await;
    let mut bob = Person::join(dies.address, "r", "bob").await;
    ann.see_exactly(&[&bob.id]).await;
    drop(dies);
    let id = bob.id.clone();
    ann.hear_until(|ann| ann.lost.contains(&id)).await;
    assert!(bob.resume(one.address, "r", "bob").await);
    ann.hear_until(|ann| !ann.lost.contains(&id)).await;
    assert!(ann.left.is_empty());
}

/// Nobody has heard from the node, and its members are not announced yet.
#[tokio::test(flavor = "multi_thread")]
async fn device_replaces_its_member_of_a_killed_node() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let one = redis
        .node_with(|config| config.grace = Duration::from_secs(60))
        .await;
    let dies = redis.program();
    let mut ann = Client::connect(one.address).await;
    ann.join("r", "ann").await;
    let mut bob = Client::connect(dies.address).await;
    bob.send(&join_from_device("r", "bob", DEVICE)).await;
    let old = bob.hear_joined().await.myself.id;
    assert_eq!(ann.hear_user_joined().await, old);
    drop(dies);
    let (_bob, bobs) = join_with_device(&one).await;
    let new = bobs.myself.id.clone();
    assert_eq!(bobs.participants.len(), 1);
    assert_eq!(ann.receive().await, replaced(&old, &new));
    assert_eq!(ann.hear_user_joined().await, new);
    ann.receive_nothing().await;
}
