//! Pool of UDP ports for relayed transport addresses.
//!
//! Invariant: pure. A port belongs to one allocation until the allocation is dropped, in both
//! address families. The port number alone decides whether the server relays on it.

use std::{
    ops::RangeInclusive,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

const BITMAP_WORDS: usize = 65536 / 64;

/// The ports that the server may relay on.
#[derive(Debug)]
pub(crate) struct Ports {
    range: RangeInclusive<u16>,
    /// A bit for each port number.
    taken: Box<[AtomicU64]>,
}

/// Which ports suit an allocation. EVEN-PORT asks for an even one (RFC 8656, 7.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parity {
    Any,
    Even,
}

/// A reserved port. Dropping it releases the port.
#[derive(Debug)]
pub(crate) struct Port {
    pub(crate) number: u16,
    ports: Arc<Ports>,
}

impl Ports {
    /// `range` is not empty.
    pub(crate) fn new(range: RangeInclusive<u16>) -> Self {
        Self {
            range,
            taken: (0..BITMAP_WORDS).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    pub(crate) fn is_relayed(&self, port: u16) -> bool {
        let (word, bit) = self.slot(port);
        word.load(Ordering::Relaxed) & bit != 0
    }

    /// How many ports there are.
    pub(crate) fn count(&self) -> u32 {
        let (first, last) = (u32::from(*self.range.start()), u32::from(*self.range.end()));
        (last + 1).saturating_sub(first)
    }

    /// Every port of this parity once, from the one at `start` on: a number below the count.
    pub(crate) fn candidates(&self, start: u32, parity: Parity) -> impl Iterator<Item = u16> {
        let (first, count) = (u32::from(*self.range.start()), self.count());
        (0..count)
            .filter_map(move |step| u16::try_from(first + (start + step) % count).ok())
            .filter(move |port| match parity {
                Parity::Any => true,
                Parity::Even => port.is_multiple_of(2),
            })
    }

    /// Reserves a port. `None` if it is taken.
    pub(crate) fn take(self: &Arc<Self>, number: u16) -> Option<Port> {
        let (word, bit) = self.slot(number);
        if word.fetch_or(bit, Ordering::Relaxed) & bit != 0 {
            return None;
        }
        let ports = Arc::clone(self);
        Some(Port { number, ports })
    }

    fn slot(&self, port: u16) -> (&AtomicU64, u64) {
        (&self.taken[usize::from(port / 64)], 1 << (port % 64))
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        let (word, bit) = self.ports.slot(self.number);
        word.fetch_and(!bit, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_port_is_a_candidate_once() {
        let ports = Ports::new(65_530..=65_535);
        let from = |start, parity| ports.candidates(start, parity).collect::<Vec<_>>();
        let all = [65_534, 65_535, 65_530, 65_531, 65_532, 65_533];
        assert_eq!(from(4, Parity::Any), all);
        assert_eq!(from(5, Parity::Even), [65_530, 65_532, 65_534]);
        assert_eq!(Ports::new(0..=u16::MAX).count(), 65_536);
    }

    #[test]
    fn taken_port_is_free_after_its_drop() {
        let ports = Arc::new(Ports::new(42_000..=42_063));
        let port = ports.take(42_007).unwrap();
        assert!(ports.take(42_007).is_none());
        assert!(ports.take(42_006).is_some());
        drop(port);
        assert!(ports.take(42_007).is_some());
    }
}
