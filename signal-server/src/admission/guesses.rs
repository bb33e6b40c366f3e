//! How many wrong passcodes may come from one address.
//!
//! Invariant: an address that guessed too often is refused before its next guess is compared, so
//! it learns nothing from it. Addresses that may guess freely again are forgotten.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use super::{
    AddressKey,
    bucket::{Allowance, Bucket},
};

const SPAN: Duration = Duration::from_secs(60);
/// Below this many addresses nobody looks for ones to forget.
const FEW: usize = 1024;

#[derive(Debug)]
pub(crate) struct Guesses {
    allowance: Option<Allowance>,
    buckets: HashMap<AddressKey, Bucket>,
    sweep_at: usize,
}

impl Guesses {
    /// `a_minute` wrong ones an address; 0 is no limit.
    pub(crate) fn new(a_minute: u32) -> Self {
        Self {
            allowance: Allowance::new(a_minute, SPAN, a_minute),
            buckets: HashMap::new(),
            sweep_at: FEW,
        }
    }

    /// # Errors
    /// How long until this address may guess again.
    pub(crate) fn check(&self, address: AddressKey, now: Instant) -> Result<(), Duration> {
        match (self.allowance, self.buckets.get(&address)) {
            (Some(allowance), Some(bucket)) => bucket.check(allowance, now),
            (Some(_) | None, _) => Ok(()),
        }
    }

    pub(crate) fn handle_wrong(&mut self, address: AddressKey, now: Instant) {
        let Some(allowance) = self.allowance else {
            return;
        };
        if self.buckets.len() >= self.sweep_at {
            self.buckets.retain(|_, bucket| !bucket.is_full(now));
            self.sweep_at = FEW.max(self.buckets.len() * 2);
        }
        // Checked before the guess was compared; one that came in between costs nothing more.
        let _ = self
            .buckets
            .entry(address)
            .or_default()
            .take(allowance, now);
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn address(last: u32) -> AddressKey {
        AddressKey::new(Ipv4Addr::from(0x0a00_0000 + last).into())
    }

    #[test]
    fn an_address_is_slowed_down_and_no_other() {
        let start = Instant::now();
        let mut guesses = Guesses::new(10);
        for _ in 0..10 {
            assert_eq!(guesses.check(address(1), start), Ok(()));
            guesses.handle_wrong(address(1), start);
        }
        let wait = Duration::from_secs(6);
        assert_eq!(guesses.check(address(1), start), Err(wait));
        assert_eq!(guesses.check(address(2), start), Ok(()));
        assert_eq!(guesses.check(address(1), start + wait), Ok(()));
    }

    #[test]
    fn addresses_that_stopped_guessing_are_forgotten() {
        let start = Instant::now();
        let mut guesses = Guesses::new(10);
        for last in 0..100_000 {
            guesses.handle_wrong(address(last), start + Duration::from_secs(last.into()));
        }
        assert!(guesses.buckets.len() <= FEW, "{}", guesses.buckets.len());
    }

    #[test]
    fn zero_is_no_limit() {
        let now = Instant::now();
        let mut guesses = Guesses::new(0);
        for _ in 0..1000 {
            guesses.handle_wrong(address(1), now);
        }
        assert_eq!(guesses.check(address(1), now), Ok(()));
    }
}
