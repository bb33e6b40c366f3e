//! The dashboard uses existing metrics and labels only, and all metrics.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

const DASHBOARD: &str = include_str!("../../../../docs/grafana/snug.json");
/// Labels that Prometheus itself adds to each series.
const PROMETHEUS_LABELS: [&str; 3] = ["job", "instance", "le"];
/// Metrics that exist only on a node of several.
pub(crate) const NODE_METRICS: [&str; 5] = [
    "snug_node_messages_total",
    "snug_nodes",
    "snug_redis_connected",
    "snug_redis_joins_refused_total",
    "snug_redis_reconnects_total",
];

/// Compares the labels of each metric, from a relay with all features, with the dashboard's queries
/// for metrics of these names.
pub(crate) fn check(exported: &BTreeSet<&String>, is_of_these: impl Fn(&str) -> bool) {
    let mut known: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for series in exported {
        let (name, labels) = series.split_once('{').unwrap_or((series, ""));
        let name = metric(name);
        if !is_of_these(name) {
            continue;
        }
        let labels = labels.split(',').filter_map(|label| label.split_once('='));
        let of_name = known.entry(name).or_default();
        of_name.extend(labels.map(|(label, _)| label));
    }
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let mut queries = Vec::new();
    find_queries(&dashboard, &mut queries);
    assert!(queries.len() > 20, "{queries:?}");
    let mut asked = BTreeSet::new();
    for query in queries {
        let words: Vec<&str> = query
            .split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
            .collect();
        let names = words.iter().filter(|word| word.starts_with("snug_"));
        let names = names.map(|name| metric(name));
        for name in names.filter(|name| is_of_these(name)) {
            let labels = known
                .get(name)
                .unwrap_or_else(|| panic!("there is no {name}, but {query:?}"));
            for label in labels_of(query) {
                let there = labels.contains(label) || PROMETHEUS_LABELS.contains(&label);
                assert!(there, "{name} has no {label}, but {query:?}");
            }
            asked.insert(name);
        }
    }
    let unseen: Vec<_> = known.keys().filter(|name| !asked.contains(*name)).collect();
    assert!(unseen.is_empty(), "not on the dashboard: {unseen:?}");
}

/// Without the suffix of a histogram's series.
pub(crate) fn metric(series: &str) -> &str {
    ["_bucket", "_count", "_sum"]
        .iter()
        .find_map(|end| series.strip_suffix(end))
        .unwrap_or(series)
}

/// Labels in `by (…)` and `{…}`.
fn labels_of(query: &str) -> Vec<&str> {
    let by = query
        .split("by (")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .flat_map(|labels| labels.split(','));
    let matched = query
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split('}').next())
        .flat_map(|labels| labels.split(','))
        .filter_map(|label| label.split(['=', '!']).next());
    by.chain(matched).map(str::trim).collect()
}

fn find_queries<'a>(value: &'a Value, queries: &mut Vec<&'a str>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(query) if name == "expr" || name == "query" => {
                        if query.contains("snug_") {
                            queries.push(query);
                        }
                    }
                    other => find_queries(other, queries),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| find_queries(item, queries)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
