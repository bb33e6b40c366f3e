//! One counter per value of a label.
//!
//! Invariant: all counters exist from the start, at 0, so that the first event shows in a rate.
//! None is added later.

use std::marker::PhantomData;

use prometheus::{IntCounter, IntCounterVec, Opts, Registry};

/// The values of one label.
pub(crate) trait Label: Copy + 'static {
    /// Name of the label.
    const NAME: &'static str;
    /// All values, in the order of `index`.
    const ALL: &'static [Self];

    fn index(self) -> usize;

    fn value(self) -> &'static str;
}

#[derive(Debug)]
pub(crate) struct Labelled<L> {
    counters: Box<[IntCounter]>,
    label: PhantomData<L>,
}

impl<L: Label> Labelled<L> {
    pub(super) fn new(registry: &Registry, name: &str, help: &str) -> prometheus::Result<Self> {
        let family = IntCounterVec::new(Opts::new(name, help), &[L::NAME])?;
        registry.register(Box::new(family.clone()))?;
        let counters = L::ALL
            .iter()
            .map(|label| family.get_metric_with_label_values(&[label.value()]))
            .collect::<prometheus::Result<_>>()?;
        Ok(Self {
            counters,
            label: PhantomData,
        })
    }

    pub(crate) fn of(&self, label: L) -> &IntCounter {
        &self.counters[label.index()]
    }

    pub(crate) fn count(&self, label: L) {
        self.of(label).inc();
    }
}
