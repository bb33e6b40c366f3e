//! A node killed: its members are lost after their grace, and nothing else happens.

use crate::{person::Person, redis::Redis};

#[tokio::test(flavor = "multi_thread")]
async fn the_members_of_a_killed_node_are_lost_unless_they_come_back_elsewhere() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let (one, two) = (redis.node().await, redis.node().await);
    let doomed = redis.program();
    let mut ann = Person::join(one.address, "r", "ann").await;
    let mut bob = Person::join(two.address, "r", "bob").await;
    let mut carl = Person::join(doomed.address, "r", "carl").await;
    let dora = Person::join(doomed.address, "r", "dora").await;
    ann.see_exactly(&[&bob.id, &carl.id, &dora.id]).await;
    bob.see_exactly(&[&ann.id, &carl.id, &dora.id]).await;
    carl.see_exactly(&[&ann.id, &bob.id, &dora.id]).await;
    for number in 1..=20 {
        ann.say(&carl.id, number).await;
        ann.say(&bob.id, number).await;
    }
    carl.hear_all(&ann.id, 20).await;
    // SIGKILL.
    drop(doomed);
    for number in 21..=40 {
        ann.say(&bob.id, number).await;
    }
    assert!(
        carl.come_back(two.address, "r", "carl").await,
        "within the grace"
    );
    for number in 21..=40 {
        ann.say(&carl.id, number).await;
    }
    carl.hear_all(&ann.id, 40).await;
    bob.hear_all(&ann.id, 40).await;
    ann.see_exactly(&[&bob.id, &carl.id]).await;
    bob.see_exactly(&[&ann.id, &carl.id]).await;
    carl.see_exactly(&[&ann.id, &bob.id]).await;
    assert_eq!(ann.left, std::slice::from_ref(&dora.id));
    // What went out before its node knew of the move may be reported although it arrived.
    assert!(ann.undelivered <= 20);
}

/// What was said to its members and cannot be delivered is reported.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_node_took_along_is_reported() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let one = redis.node().await;
    let doomed = redis.program();
    let mut ann = Person::join(one.address, "r", "ann").await;
    let bob = Person::join(doomed.address, "r", "bob").await;
    ann.see_exactly(&[&bob.id]).await;
    drop(doomed);
    for number in 1..=10 {
        ann.say(&bob.id, number).await;
    }
    let bobs = bob.id.clone();
    ann.hear_until(|ann| ann.left == [bobs.clone()] || ann.undelivered == 10)
        .await;
}
