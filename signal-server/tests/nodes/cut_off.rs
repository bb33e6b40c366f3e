//! One node cut off from Redis, for longer than the others wait for it or not.

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
async fn everybodys_view_is_equal_after_a_node_was_cut_off() {
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
        ann.say(&bob.id, number).await;
    }
    bob.hear_all(&ann.id, 10).await;
    proxy.cut();
    // The two on that node go on, and do not come apart from each other.
    for number in 1..=10 {
        bob.say(&carl.id, number).await;
    }
    carl.hear_all(&bob.id, 10).await;
    // The others have given them up.
    ann.see_exactly(&[]).await;
    let refused = Person::try_join(far.address, "elsewhere", "dora").await;
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
        ann.say(&bob.id, number).await;
        bob.say(&ann.id, number - 10).await;
    }
    bob.hear_all(&ann.id, 20).await;
    ann.hear_all(&bob.id, 10).await;
    // The one who was there all the time was never told that they had left.
    assert!(bob.left.is_empty() && carl.left.is_empty());
}

/// Back before the others have given it up: nobody has seen anything, and nothing is lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_short_cut_is_seen_by_nobody() {
    check_cut(Duration::ZERO, |_| ()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_of_thirty_seconds_is_not_noticed_by_default() {
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
        ann.say(&bob.id, number).await;
        bob.say(&ann.id, number).await;
    }
    // Its node has noticed.
    while Person::try_join(far.address, "elsewhere", "dora")
        .await
        .is_ok()
    {}
    sleep(least).await;
    proxy.mend();
    bob.hear_all(&ann.id, 50).await;
    ann.hear_all(&bob.id, 50).await;
    assert!(ann.left.is_empty() && bob.left.is_empty());
    assert_eq!((ann.undelivered, bob.undelivered), (0, 0));
}
