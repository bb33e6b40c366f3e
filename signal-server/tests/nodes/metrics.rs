//! A node's metrics beside those of every relay: each one changes, and each is on the dashboard.

#[path = "../relay/metrics/dashboard.rs"]
mod dashboard;
#[path = "../relay/metrics/scrape.rs"]
mod scrape;
#[path = "../relay/metrics/watched.rs"]
#[allow(
    dead_code,
    reason = "shared with the tests of one relay, which use all of it"
)]
mod watched;

use std::{collections::BTreeSet, time::Duration};

use signal_protocol::ErrorCode;
use signal_server::Config;
use tokio::time::sleep;

use crate::{
    client::{Client, join_with_proof, within},
    person::Person,
    proxy::Proxy,
    redis::{Redis, as_node},
};
use dashboard::{NODE_METRICS, metric};
use scrape::Scrape;
use watched::Watched;

async fn look_until(watched: &mut Watched, holds: impl Fn(&Scrape) -> bool) -> Scrape {
    within(async {
        loop {
            let seen = watched.look().await;
            if holds(&seen) {
                return seen;
            }
            sleep(Duration::from_millis(20)).await;
        }
    })
    .await
}

fn names<'a>(series: impl Iterator<Item = &'a String>) -> BTreeSet<&'a str> {
    series
        .map(|series| metric(series.split_once('{').map_or(series, |(name, _)| name)))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn node_metrics_change_and_are_on_the_dashboard() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let proxy = Proxy::start(redis.address).await;
    let mut node = Watched::start(|config| as_node(proxy.address, config)).await;
    let other = redis.node().await;
    let mut ann = Person::join(node.relay.address, "r", "ann").await;
    let mut bob = Person::join(other.address, "r", "bob").await;
    ann.see_exactly(&[&bob.id]).await;
    ann.send_number(&bob.id, 1).await;
    bob.receive_all(&ann.id, 1).await;
    bob.send_number(&ann.id, 1).await;
    ann.receive_all(&bob.id, 1).await;
    let seen = look_until(&mut node, |seen| seen.value("snug_nodes") > 1.0).await;
    assert_eq!(seen.value("snug_redis_connected"), 1.0);
    assert_eq!(seen.value("snug_nodes"), 2.0);
    for direction in ["sent", "received"] {
        let series = format!("snug_node_messages_total{{direction=\"{direction}\"}}");
        assert_eq!(seen.value(&series), 1.0, "{direction}");
    }
    assert_eq!(seen.value("snug_redis_joins_refused_total"), 0.0);

    proxy.cut();
    let errors = "snug_errors_total{code=\"server-full\"}";
    node.look_until_moved(&["snug_redis_connected"]).await;
    let refused = Person::try_join(node.relay.address, "other-room", "eve").await;
    assert_eq!(refused.err(), Some(ErrorCode::ServerFull));
    let seen = node.look().await;
    assert_eq!(seen.value("snug_redis_connected"), 0.0);
    assert_eq!(seen.value("snug_redis_joins_refused_total"), 1.0);
    assert_eq!(seen.value(errors), 1.0);
    proxy.mend();
    node.look_until_moved(&["snug_redis_reconnects_total"])
        .await;
    assert_eq!(node.look().await.value("snug_redis_connected"), 1.0);

    let moves = node.end().await;
    let (_alone, of_alone) = watched::start(|_| ()).await;
    let of_alone = Scrape::of(of_alone).await;
    let shown_by_all = names(of_alone.series());
    let shown = &names(moves.exported.iter()) - &shown_by_all;
    assert_eq!(shown, BTreeSet::from(NODE_METRICS));
    let exported: BTreeSet<&String> = moves.exported.iter().collect();
    let still: Vec<_> = exported
        .iter()
        .filter(|series| NODE_METRICS.contains(&metric(series.split('{').next().unwrap())))
        .filter(|series| !moves.moved.contains(**series))
        .collect();
    assert!(still.is_empty(), "never moved: {still:#?}");
    dashboard::check(&exported, |name| NODE_METRICS.contains(&name));
}

/// A refusal by Redis counts like one by the relay. A member that moved does not count as left.
#[tokio::test(flavor = "multi_thread")]
async fn joins_decided_by_redis_are_counted() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let change = |config: &mut Config| {
        as_node(redis.address, config);
        config.wrong_passcodes = 1;
        config.room_size = 2;
    };
    let first = redis.node_with(change).await;
    let mut second = Watched::start(change).await;
    let mut ann = Client::connect(first.address).await;
    ann.send(&join_with_proof("r", "ann", "right")).await;
    let anns = ann.hear_joined().await;
    let guess = async || {
        let mut eve = Client::connect(second.relay.address).await;
        eve.send(&join_with_proof("r", "eve", "wrong")).await;
        eve.hear_error_code().await
    };
    assert_eq!(guess().await, ErrorCode::WrongPasscode);
    assert_eq!(guess().await, ErrorCode::RateLimited);
    let _one = Person::join(first.address, "full", "one").await;
    let _two = Person::join(first.address, "full", "two").await;
    let third = Person::try_join(second.relay.address, "full", "three").await;
    assert_eq!(third.err(), Some(ErrorCode::RoomFull));
    let mut again = Client::connect(second.relay.address).await;
    let moved = again.resume("r", "ann", &anns.resume).await;
    assert!(moved.resumed);
    let mut late = Client::connect(second.relay.address).await;
    assert!(!late.resume("other", "ann", &anns.resume).await.resumed);
    let joins = "snug_join_duration_seconds_count";
    let seen = look_until(&mut second, |seen| seen.value(joins) > 1.0).await;
    for (series, expect) in [
        ("snug_errors_total{code=\"wrong-passcode\"}", 1.0),
        ("snug_errors_total{code=\"rate-limited\"}", 1.0),
        ("snug_errors_total{code=\"room-full\"}", 1.0),
        ("snug_rate_limited_total{limit=\"passcodes\"}", 1.0),
        ("snug_resumes_total{outcome=\"taken\"}", 1.0),
        ("snug_resumes_total{outcome=\"too-late\"}", 1.0),
        ("snug_members_gone_total{reason=\"lost\"}", 0.0),
    ] {
        assert_eq!(seen.value(series), expect, "{series}");
    }
    // The join goes through Redis, so it takes some time.
    assert!(seen.value("snug_join_duration_seconds_sum") > 0.000_02);
}
