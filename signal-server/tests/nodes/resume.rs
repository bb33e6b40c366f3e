//! A member resumes on another node.

use signal_protocol::Status;

use crate::{person::Person, redis::Redis};

#[tokio::test(flavor = "multi_thread")]
async fn lost_member_resumes_on_another_node_with_its_messages() {
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
    ann.send_number(&bobs, 1).await;
    carl.send_number(&bobs, 1).await;
    bob.receive_all(&ann.id, 1).await;
    bob.receive_all(&carl.id, 1).await;
    let lost = bob.lose().await;
    for number in 2..=10 {
        ann.send_number(&bobs, number).await;
        carl.send_number(&bobs, number).await;
    }
    let (mut bob, resumed) = lost.resume(three.address, "r", "bob").await;
    assert!(resumed);
    for number in 11..=20 {
        ann.send_number(&bobs, number).await;
        carl.send_number(&bobs, number).await;
    }
    bob.hear_until(|bob| bob.numbers(&ann.id).len() == 20 && bob.numbers(&carl.id).len() == 20)
        .await;
    let all: Vec<u32> = (1..=20).collect();
    assert_eq!(bob.numbers(&ann.id), all);
    assert_eq!(bob.numbers(&carl.id), all);
    // The others saw no change, and still reach each other.
    bob.send_number(&ann.id, 1).await;
    bob.send_number(&carl.id, 1).await;
    ann.receive_all(&bobs, 1).await;
    carl.receive_all(&bobs, 1).await;
    assert!(ann.left.is_empty() && carl.left.is_empty());
    assert_eq!((ann.undelivered, carl.undelivered), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn old_socket_is_closed_and_token_is_single_use() {
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
    assert!(bob.resume(two.address, "r", "bob").await);
    assert_eq!(old.receive_close().await, 4000);
    ann.send_number(&bob.id, 1).await;
    bob.receive_all(&ann.id, 1).await;
    let mut again = crate::client::Client::connect(one.address).await;
    let joined = again.resume("r", "mallory", &used).await;
    assert!(!joined.resumed);
    assert_ne!(joined.myself.id, bob.id);
}

/// From node to node and back, while another member sends.
#[tokio::test(flavor = "multi_thread")]
async fn member_that_moves_between_nodes_loses_nothing() {
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
            ann.send_number(&bob.id, said).await;
        }
        bob.receive_all(&ann.id, said).await;
        let lost = bob.lose().await;
        for _ in 0..5 {
            said += 1;
            ann.send_number(&lost.id, said).await;
        }
        let resumed;
        (bob, resumed) = lost.resume(nodes[step % 3].address, "r", "bob").await;
        assert!(resumed, "step {step}");
        bob.receive_all(&ann.id, said).await;
    }
    bob.set_status("here").await;
    let here = Some(Status::parse("here").unwrap());
    ann.hear_until(|ann| ann.others.values().all(|(_, status)| *status == here))
        .await;
    assert!(ann.left.is_empty() && ann.undelivered == 0);
}
