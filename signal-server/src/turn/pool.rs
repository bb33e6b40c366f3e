//! Who may hold how many of the ports that there are.
//!
//! Invariant: an address, and each wider network, holds at most its part of what is still free (the
//! dynamic threshold, as `outbox::shares` has it), and a part of them is kept for those that hold
//! few, so those that hold many leave some to others.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::members::NoPlace;
use crate::admission::{AddressKey, Breadth, Counts, Full};

/// What counts as few: one call of two people, with a server that is offered three ways.
const FEW: usize = 8;
/// One in so many is kept for those that hold few.
const KEPT_FOR_OTHERS: usize = 4;

#[derive(Debug)]
pub(super) struct Pool {
    size: usize,
    /// A std mutex: what happens under it is short and never awaits.
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    count: usize,
    per_address: Counts,
}

/// The right to one port, given back when it is dropped.
#[derive(Debug)]
pub(super) struct PoolShare {
    address: AddressKey,
    pool: Arc<Pool>,
}

impl Pool {
    pub(super) fn new(size: usize) -> Self {
        Self {
            size,
            taken: Mutex::default(),
        }
    }

    /// # Errors
    /// Whether there are none, or a network of this address has its part.
    pub(super) fn take(self: &Arc<Self>, address: IpAddr) -> Result<PoolShare, NoPlace> {
        let address = AddressKey::new(address);
        let mut taken = self.lock();
        if taken.count >= self.size {
            return Err(NoPlace::Capacity);
        }
        let free = (self.size - self.size / KEPT_FOR_OTHERS).saturating_sub(taken.count);
        let most = |breadth| most(breadth, free);
        taken
            .per_address
            .try_add(address, most)
            .map_err(|Full(_)| NoPlace::Quota)?;
        taken.count += 1;
        drop(taken);
        let pool = Arc::clone(self);
        Ok(PoolShare { address, pool })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A fifth, three elevenths and a third of what is not kept, where nobody else has any.
fn most(breadth: Breadth, free: usize) -> usize {
    let eighths = match breadth {
        Breadth::Host => 2,
        Breadth::Site => 3,
        Breadth::Organization => 4,
    };
    (free * eighths / 8).max(FEW)
}

impl Drop for PoolShare {
    fn drop(&mut self) {
        let mut taken = self.pool.lock();
        taken.count = taken.count.saturating_sub(1);
        taken.per_address.remove(self.address);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As many as are to be had, from these addresses in turn.
    fn take_all(pool: &Arc<Pool>, addresses: &str) -> Vec<PoolShare> {
        let address = |number: u32| -> IpAddr {
            let hex = addresses.replace("{:02x}", &format!("{:02x}", number % 256));
            let text = hex.replace("{}", &(number % 256).to_string());
            text.parse().unwrap()
        };
        (0..10_000)
            .filter_map(|number| pool.take(address(number)).ok())
            .collect()
    }

    #[test]
    fn one_network_never_empties_the_pool() {
        for (addresses, expect) in [
            ("198.51.100.7", 300),
            ("198.51.100.{}", 500),
            ("2001:db8::{:02x}", 300),
            ("2001:db8:0:1{:02x}::1", 409),
            ("2001:db8:0:{:02x}00::1", 500),
        ] {
            let pool = Arc::new(Pool::new(2000));
            let held = take_all(&pool, addresses);
            assert_eq!(held.len(), expect, "{addresses}");
            let others = take_all(&pool, "203.0.113.9");
            assert!(others.len() >= 200, "beside {addresses}: {}", others.len());
            drop((held, others));
            assert_eq!(take_all(&pool, "198.51.100.7").len(), 300, "given back");
        }
    }

    #[test]
    fn many_networks_together_leave_some_to_another() {
        let pool = Arc::new(Pool::new(2000));
        let networks = (1..=20).map(|number| take_all(&pool, &format!("198.{number}.100.{{}}")));
        let held: Vec<_> = networks.collect();
        let count: usize = held.iter().map(Vec::len).sum();
        assert!(count < 2000, "{count}");
        assert_eq!(take_all(&pool, "203.0.113.9").len().min(FEW), FEW);
    }

    #[test]
    fn small_pools_serve_a_call() {
        let pool = Arc::new(Pool::new(16));
        let held = take_all(&pool, "198.51.100.7");
        assert_eq!(held.len(), FEW);
        let other = take_all(&pool, "203.0.113.9");
        assert_eq!(other.len(), FEW);
        assert_eq!(take_all(&pool, "192.0.2.9").len(), 0);
    }
}
