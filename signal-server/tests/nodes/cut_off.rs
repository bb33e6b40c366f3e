//! One node loses its connection to Redis, for a shorter or longer time than the others wait.

use std::time::Duration;

use signal_protocol::ErrorCode;
use signal_server::{Config, RedisConfig};
use tokio::time::sleep;

use crate::{
    person::Person,
    proxy::Proxy,
    redis::{Redis, node_by},
};

#[tokio::test(flavor = "multi_thread")]
async fn views_are_equal_after_a_partition() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let proxy = Proxy::start(redis.address).await;
    let one = redis.node().await;
    let far = node_by(proxy.address, |_| ()).await;
    let mut ann = Person::join(one.address, "r", "ann").await;
    let mut bob = Person::join(far.address, "r", "bob").await;
    let mut carl = Person::join(far.address, "r", "carl").await;
    ann.see_exactly(&[&bob.id, &carl.id]).await;
    bob.see_exactly(&[&ann.id, &carl.id]).await;
    for number in 1..=10 {
        ann.send_number(&bob.id, number).await;
    }
    bob.receive_all(&ann.id, 10).await;
    proxy.cut();
    // The two members on that node still reach each other.
    for number in 1..=10 {
        bob.send_number(&carl.id, number).await;
    }
    carl.receive_all(&bob.id, 10).await;
    // The others have removed them.
    ann.see_exactly(&[]).await;
    let refused = Person::try_join(far.address, "other-room", "dora").await;
    assert_eq!(refused.err(), Some(ErrorCode::ServerFull));
    let eve = Person::join(one.address, "r", "eve").await;
    ann.see_exactly(&[&eve.id]).await;
    proxy.mend();
    ann.see_exactly(&[&bob.id, &carl.id, &eve.id]).await;
    bob.see_exactly(&[&ann.id, &carl.id, &eve.id]).await;
    carl.see_exactly(&[&ann.id, &bob.id, &eve.id]).await;
    let newcomer = Person::join(far.address, "r", "fay").await;
    assert_eq!(newcomer.others.len(), 4);
    for number in 11..=20 {
        ann.send_number(&bob.id, number).await;
        bob.send_number(&ann.id, number - 10).await;
    }
    bob.receive_all(&ann.id, 20).await;
    ann.receive_all(&bob.id, 10).await;
    // The member that was there all the time never got their `user:left`.
    assert!(bob.left.is_empty() && carl.left.is_empty());
}

/// The node is back before the others have removed its members: no member sees a change, and
/// nothing is lost.
#[tokio::test(flavor = "multi_thread")]
async fn short_partition_is_not_noticed_by_members() {
    check_cut(Duration::ZERO, |_| ()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn partition_of_30_seconds_is_not_noticed_by_default() {
    let usual = |config: &mut Config| {
        config.grace = Config::default().grace;
        let redis = config.redis.take().unwrap();
        config.redis = Some(RedisConfig::new(redis.url));
    };
    check_cut(Duration::from_secs(30), usual).await;
}

async fn check_cut(least: Duration, change: fn(&mut Config)) {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let proxy = Proxy::start(redis.address).await;
    let one = redis.node_with(change).await;
    let far = node_by(proxy.address, change).await;
    let mut ann = Person::join(one.address, "r", "ann").await;
    let mut bob = Person::join(far.address, "r", "bob").await;
    ann.see_exactly(&[&bob.id]).await;
    proxy.cut();
    for number in 1..=50 {
        ann.send_number(&bob.id, number).await;
        bob.send_number(&ann.id, number).await;
    }
    // Its node has noticed.
    while Person::try_join(far.address, "other-room", "dora")
        .await
        .is_ok()
    {}
    sleep(least).await;
    proxy.mend();
    bob.receive_all(&ann.id, 50).await;
    ann.receive_all(&bob.id, 50).await;
    assert!(ann.left.is_empty() && bob.left.is_empty());
    assert_eq!((ann.undelivered, bob.undelivered), (0, 0));
}
