//! Command lines that the documents show in part: the tests replace each `…` by flags of their own.

use std::net::TcpListener;

use crate::{
    client::Client,
    redis::Redis,
    relay::{Program, get},
    shown::{PAGE, block, shell, with},
};

const LISTEN: &str = "--listen 127.0.0.1:0";

#[tokio::test]
async fn relay_with_a_coturn_as_shown_offers_its_addresses() {
    let line = with(
        &block("signal-server … --turn-url"),
        &[
            ("signal-server …", 1, &format!("signal-server {LISTEN}")),
            ("--turn-secret …", 1, "--turn-secret north-wind-and-sun"),
        ],
    );
    let relay = Program::start_by(&mut shell(&line));
    let mut ana = Client::connect(relay.address).await;
    let joined = ana.join("42", "ana@example.org").await;
    let urls: Vec<_> = joined
        .ice_servers
        .iter()
        .flat_map(|server| &server.urls)
        .collect();
    for url in [
        "turn:turn.example.org",
        "turn:turn.example.org?transport=tcp",
    ] {
        assert!(
            urls.iter().any(|there| *there == url),
            "no {url} in {urls:?}"
        );
    }
}

#[tokio::test]
async fn relay_with_redis_as_shown_starts() {
    let Some(redis) = Redis::start_with(&["--requirepass", "PASSWORD"]).await else {
        return;
    };
    let line = with(
        &block("signal-server … --redis"),
        &[
            ("signal-server …", 1, &format!("signal-server {LISTEN}")),
            ("redis.internal:6379", 1, &redis.address.to_string()),
        ],
    );
    let relay = Program::start_by(&mut shell(&line));
    let mut ana = Client::connect(relay.address).await;
    ana.join("42", "ana@example.org").await;
}

/// The page's scrape configuration matches the flag that it shows.
#[tokio::test]
async fn metrics_are_where_the_shown_scrape_config_looks() {
    let page = doc_examples::read(PAGE).unwrap();
    let flag = doc_examples::code_spans(&page).find(|span| span.starts_with("--metrics 127"));
    let address = flag.and_then(|flag| flag.split_once(' ')).unwrap().1;
    let scraped = block("scrape_configs:");
    let targets: Vec<_> = scraped
        .lines()
        .filter(|line| line.contains("targets:"))
        .collect();
    let [targets] = targets[..] else {
        panic!("one line of targets in {scraped}");
    };
    assert_eq!(targets.trim(), format!("- targets: ['{address}']"));
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = free.local_addr().unwrap();
    drop(free);
    let line = format!("signal-server {LISTEN} --metrics {own}");
    let _relay = Program::start_by(&mut shell(&line));
    let answer = get(own, "/metrics").await;
    assert!(answer.body.contains("snug_build_info"), "{}", answer.body);
}
