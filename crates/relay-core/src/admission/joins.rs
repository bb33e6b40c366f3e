//! Limits the joins of one address and of its wider networks.
//!
//! Invariant: a resume is exempt from rate limits, so a flood does not affect others at the same
//! address.

use std::time::{Duration, Instant};

use gcra_limit::Rate;

use super::{
    AddressKey, Network,
    table::{Key, Table},
};

const RATE_WINDOW: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub struct Joins(Table<Network>);

impl Joins {
    /// `a_minute` per address, all at once if needed; 0 is no limit.
    pub fn new(a_minute: u32) -> Self {
        Self(Table::new(Rate::new(a_minute, RATE_WINDOW, a_minute)))
    }

    /// # Errors
    /// Time until the next join of this address.
    pub fn take(&mut self, address: AddressKey, now: Instant) -> Result<(), Duration> {
        let networks = address.networks();
        networks
            .iter()
            .try_for_each(|network| self.0.check(network, now))?;
        networks
            .into_iter()
            .try_for_each(|network| self.0.take(network, now))
    }

    /// Returns the token: the join was a resume.
    pub fn give_back(&mut self, address: AddressKey) {
        for network in address.networks() {
            self.0.give_back(&network);
        }
    }
}

impl Key for Network {
    fn times(&self) -> u32 {
        self.breadth.times()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> AddressKey {
        AddressKey::new(text.parse().unwrap())
    }

    #[test]
    fn joins_of_a_network_are_bounded_however_many_addresses_it_has() {
        let now = Instant::now();
        for (prefix, expect) in [("2001:db8:0:1{:02x}::", 20), ("2001:db8:0:{:x}00::", 80)] {
            let mut joins = Joins::new(10);
            let from = |number: u32| {
                let hex = prefix
                    .replace("{:02x}", &format!("{number:02x}"))
                    .replace("{:x}", &format!("{number:x}"));
                key(&hex)
            };
            let taken = (0..256)
                .filter(|number| joins.take(from(*number), now).is_ok())
                .count();
            assert_eq!(taken, expect, "{prefix}");
            assert_eq!(joins.take(key("2001:db8:1::1"), now), Ok(()));
            joins.give_back(from(0));
            assert_eq!(joins.take(from(255), now), Ok(()), "{prefix}");
            assert!(joins.take(from(255), now).is_err(), "{prefix}");
        }
    }
}
