//! A place taken over on another node.

use signal_protocol::Status;

use crate::{person::Person, redis::Redis};

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_member_comes_back_elsewhere_and_gets_what_waited() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let (one, two, three) = (redis.node().await, redis.node().await, redis.node().await);
    let mut ann = Person::join(one.address, "r", "ann").await;
    let mut carl = Person::join(two.address, "r", "carl").await;
    let mut bob = Person::join(two.address, "r", "bob").await;
    ann.see_exactly(&[&carl.id, &bob.id]).await;
    carl.see_exactly(&[&ann.id, &bob.id]).await;
    let bobs = bob.id.clone();
    ann.say(&bobs, 1).await;
    carl.say(&bobs, 1).await;
    bob.hear_all(&ann.id, 1).await;
    bob.hear_all(&carl.id, 1).await;
    let lost = bob.lose().await;
    for number in 2..=10 {
        ann.say(&bobs, number).await;
        carl.say(&bobs, number).await;
    }
    let (mut bob, resumed) = lost.come_back(three.address, "r", "bob").await;
    assert!(resumed);
    for number in 11..=20 {
        ann.say(&bobs, number).await;
        carl.say(&bobs, number).await;
    }
    bob.hear_until(|bob| bob.numbers(&ann.id).len() == 20 && bob.numbers(&carl.id).len() == 20)
        .await;
    let all: Vec<u32> = (1..=20).collect();
    assert_eq!(bob.numbers(&ann.id), all);
    assert_eq!(bob.numbers(&carl.id), all);
    // The others saw nothing of it, and still reach each other.
    bob.say(&ann.id, 1).await;
    bob.say(&carl.id, 1).await;
    ann.hear_all(&bobs, 1).await;
    carl.hear_all(&bobs, 1).await;
    assert!(ann.left.is_empty() && carl.left.is_empty());
    assert_eq!((ann.undelivered, carl.undelivered), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_socket_is_closed_and_a_token_works_once() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let (one, two) = (redis.node().await, redis.node().await);
    let mut ann = Person::join(one.address, "r", "ann").await;
    let mut bob = Person::join(one.address, "r", "bob").await;
    ann.see_exactly(&[&bob.id]).await;
    let used = bob.token.clone();
    let mut old = std::mem::replace(
        &mut bob.client,
        crate::client::Client::connect(two.address).await,
    );
    assert!(bob.come_back(two.address, "r", "bob").await);
    assert_eq!(old.hear_close().await, 4000);
    ann.say(&bob.id, 1).await;
    bob.hear_all(&ann.id, 1).await;
    let mut again = crate::client::Client::connect(one.address).await;
    let joined = again.resume("r", "mallory", &used).await;
    assert!(!joined.resumed);
    assert_ne!(joined.myself.id, bob.id);
}

/// From node to node and back, while somebody talks on.
#[tokio::test(flavor = "multi_thread")]
async fn who_wanders_loses_nothing() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let nodes = [redis.node().await, redis.node().await, redis.node().await];
    let mut ann = Person::join(nodes[0].address, "r", "ann").await;
    let mut bob = Person::join(nodes[1].address, "r", "bob").await;
    ann.see_exactly(&[&bob.id]).await;
    let mut said = 0;
    for step in 0..12 {
        for _ in 0..5 {
            said += 1;
            ann.say(&bob.id, said).await;
        }
        bob.hear_all(&ann.id, said).await;
        let lost = bob.lose().await;
        for _ in 0..5 {
            said += 1;
            ann.say(&lost.id, said).await;
        }
        let resumed;
        (bob, resumed) = lost.come_back(nodes[step % 3].address, "r", "bob").await;
        assert!(resumed, "step {step}");
        bob.hear_all(&ann.id, said).await;
    }
    bob.set_status("here").await;
    let here = Some(Status::parse("here").unwrap());
    ann.hear_until(|ann| ann.others.values().all(|(_, status)| *status == here))
        .await;
    assert!(ann.left.is_empty() && ann.undelivered == 0);
}
