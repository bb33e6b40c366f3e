//! How many joins may come from one address.
//!
//! Invariant: whoever comes back to a place that is kept for him is not counted, so nobody who
//! shares an address with a flood loses his call to it.

use std::time::{Duration, Instant};

use super::{AddressKey, bucket::Allowance, table::Table};

const SPAN: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(crate) struct Joins(Table<AddressKey>);

impl Joins {
    /// `a_minute` an address, all of them at once if need be; 0 is no limit.
    pub(crate) fn new(a_minute: u32) -> Self {
        Self(Table::new(Allowance::new(a_minute, SPAN, a_minute)))
    }

    /// # Errors
    /// How long until this address may join again.
    pub(crate) fn take(&mut self, address: AddressKey, now: Instant) -> Result<(), Duration> {
        self.0.take(address, now)
    }

    /// It has turned out that somebody came back to a place.
    pub(crate) fn give_back(&mut self, address: AddressKey) {
        self.0.give_back(&address);
    }
}
