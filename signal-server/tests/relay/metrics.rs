//! Every metric changes: a test reads the metrics before and after events, and compares the changed
//! ones with all that the relay exports.

mod dashboard;
mod ends;
mod scrape;
mod talk;
mod turn;
mod upgrades;
mod watched;

use std::collections::BTreeSet;

use scrape::Scrape;
use watched::Moves;
pub(crate) use watched::free_address;

/// A constant, which counts no event.
const BUILD_INFO: &str = "snug_build_info";

#[tokio::test(flavor = "multi_thread")]
async fn metrics_change_and_are_on_the_dashboard() {
    let plays: [Moves; 4] =
        tokio::join!(talk::run(), upgrades::run(), ends::run(), turn::run()).into();
    let exported: BTreeSet<&String> = plays.iter().flat_map(|moves| &moves.exported).collect();
    let moved: BTreeSet<&String> = plays.iter().flat_map(|moves| &moves.moved).collect();
    assert!(exported.len() > 50, "there are only {exported:?}");
    let still: Vec<_> = exported
        .difference(&moved)
        .filter(|series| !series.starts_with(BUILD_INFO))
        .collect();
    assert!(still.is_empty(), "never moved: {still:#?}");
    dashboard::check(&exported, |name| !dashboard::NODE_METRICS.contains(&name));
}

#[tokio::test]
async fn metrics_are_served_on_their_own_address_only() {
    let (relay, metrics) = watched::start(|_| ()).await;
    assert_eq!(
        crate::relay::get(relay.address, "/metrics").await.status,
        404
    );
    assert_eq!(crate::relay::get(metrics, "/healthz").await.status, 404);
    let shown = crate::relay::get(metrics, "/metrics").await;
    assert_eq!(shown.status, 200);
    assert_eq!(
        shown.header("content-type"),
        Some("text/plain; version=0.0.4")
    );
}

#[tokio::test]
async fn metric_names_follow_prometheus() {
    let (_relay, metrics) = watched::start(|_| ()).await;
    let shown = crate::relay::get(metrics, "/metrics").await.body;
    let mut seen = 0;
    for line in shown.lines() {
        let Some(of) = line.strip_prefix("# TYPE ") else {
            continue;
        };
        let (name, kind) = of.split_once(' ').unwrap();
        assert!(name.starts_with("snug_"), "{name}");
        assert_eq!(name.ends_with("_total"), kind == "counter", "{line}");
        assert_eq!(name.ends_with("_seconds"), kind == "histogram", "{line}");
        assert!(shown.contains(&format!("# HELP {name} ")), "{name}");
        seen += 1;
    }
    assert!(seen > 15, "{shown}");
}

#[tokio::test]
async fn relays_in_one_process_count_separately() {
    let (one, of_one) = watched::start(|_| ()).await;
    let (_other, of_other) = watched::start(|_| ()).await;
    let (_ann, _) = one.join("r", "ann").await;
    assert_eq!(Scrape::of(of_one).await.value("snug_sockets"), 1.0);
    assert_eq!(Scrape::of(of_other).await.value("snug_sockets"), 0.0);
}
