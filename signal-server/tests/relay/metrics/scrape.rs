//! The content of `/metrics` at one moment.

use std::{collections::BTreeMap, net::SocketAddr};

use crate::relay::get;

/// The value of each series. For a histogram only `_count` and `_sum`, since the buckets depend on
/// the machine's speed.
#[derive(Debug, Clone)]
pub(crate) struct Scrape(BTreeMap<String, f64>);

impl Scrape {
    pub(crate) async fn of(metrics: SocketAddr) -> Self {
        Self::read(&get(metrics, "/metrics").await.body)
    }

    fn read(text: &str) -> Self {
        let series = text
            .lines()
            .filter(|line| !line.starts_with('#') && !line.contains("_bucket{"))
            .map(|line| {
                let (series, value) = line.rsplit_once(' ').unwrap();
                (series.to_owned(), value.parse().unwrap())
            });
        Self(series.collect())
    }

    pub(crate) fn value(&self, series: &str) -> f64 {
        *self
            .0
            .get(series)
            .unwrap_or_else(|| panic!("no {series} in {self:#?}"))
    }

    pub(crate) fn series(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }

    pub(crate) fn moved_since<'a>(&'a self, before: &'a Self) -> impl Iterator<Item = &'a String> {
        self.0
            .iter()
            .filter(|(series, value)| before.0.get(*series) != Some(*value))
            .map(|(series, _)| series)
    }
}
