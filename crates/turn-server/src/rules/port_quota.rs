//! Quota of relayed ports per client address and per network.
//!
//! Invariant: pure. An address, and each network that contains it, holds at most a share of the
//! free ports (dynamic thresholds, Choudhury and Hahne 1998). A reserve stays for networks with few
//! ports, so no network takes all.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{
    members::AllocationRefusal,
    networks::{Breadth, Full, NetworkCounts},
};

/// Enough for one call of two people with a server that is reachable by UDP, TCP and TLS.
const MIN_PORTS_PER_NETWORK: usize = 8;
/// One port in four is reserved for networks below `MIN_PORTS_PER_NETWORK`.
const RESERVED_DIVISOR: usize = 4;

/// The quota, and the ports that are held.
#[derive(Debug)]
pub(super) struct PortQuota {
    /// Number of ports.
    size: usize,
    /// A std mutex: held briefly, never across an await.
    usage: Mutex<Usage>,
}

#[derive(Debug, Default)]
struct Usage {
    count: usize,
    per_network: NetworkCounts,
}

/// The right to one port. Dropping it returns the port.
#[derive(Debug)]
pub(super) struct PortShare {
    address: IpAddr,
    quota: Arc<PortQuota>,
}

impl PortQuota {
    pub(super) fn new(size: usize) -> Self {
        Self {
            size,
            usage: Mutex::default(),
        }
    }

    /// # Errors
    /// No port is free, or a network of this address has reached its quota.
    pub(super) fn take(self: &Arc<Self>, address: IpAddr) -> Result<PortShare, AllocationRefusal> {
        let mut usage = self.lock();
        if usage.count >= self.size {
            return Err(AllocationRefusal::Capacity);
        }
        let free = (self.size - self.size / RESERVED_DIVISOR).saturating_sub(usage.count);
        let limit = |breadth| limit(breadth, free);
        usage
            .per_network
            .try_add(address, limit)
            .map_err(|Full| AllocationRefusal::Quota)?;
        usage.count += 1;
        drop(usage);
        let quota = Arc::clone(self);
        Ok(PortShare { address, quota })
    }

    fn lock(&self) -> MutexGuard<'_, Usage> {
        self.usage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A network alone reaches a fifth (host), three elevenths (site) or a third (organization) of the
/// ports outside the reserve.
fn limit(breadth: Breadth, free: usize) -> usize {
    let eighths = match breadth {
        Breadth::Host => 2,
        Breadth::Site => 3,
        Breadth::Organization => 4,
    };
    (free * eighths / 8).max(MIN_PORTS_PER_NETWORK)
}

impl Drop for PortShare {
    fn drop(&mut self) {
        let mut usage = self.quota.lock();
        usage.count = usage.count.saturating_sub(1);
        usage.per_network.remove(self.address);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes ports from these addresses in turn until the quota refuses.
    fn take_all(quota: &Arc<PortQuota>, addresses: &str) -> Vec<PortShare> {
        let address = |number: u32| -> IpAddr {
            let hex = addresses.replace("{:02x}", &format!("{:02x}", number % 256));
            let text = hex.replace("{}", &(number % 256).to_string());
            text.parse().unwrap()
        };
        (0..10_000)
            .filter_map(|number| quota.take(address(number)).ok())
            .collect()
    }

    #[test]
    fn one_network_never_takes_all_ports() {
        for (addresses, expect) in [
            ("198.51.100.7", 300),
            ("198.51.100.{}", 500),
            ("2001:db8::{:02x}", 300),
            ("2001:db8:0:1{:02x}::1", 409),
            ("2001:db8:0:{:02x}00::1", 500),
        ] {
            let quota = Arc::new(PortQuota::new(2000));
            let held = take_all(&quota, addresses);
            assert_eq!(held.len(), expect, "{addresses}");
            let others = take_all(&quota, "203.0.113.9");
            assert!(others.len() >= 200, "beside {addresses}: {}", others.len());
            drop((held, others));
            assert_eq!(take_all(&quota, "198.51.100.7").len(), 300, "given back");
        }
    }

    #[test]
    fn many_networks_leave_ports_to_another() {
        let quota = Arc::new(PortQuota::new(2000));
        let networks = (1..=20).map(|number| take_all(&quota, &format!("198.{number}.100.{{}}")));
        let held: Vec<_> = networks.collect();
        let count: usize = held.iter().map(Vec::len).sum();
        assert!(count < 2000, "{count}");
        assert_eq!(
            take_all(&quota, "203.0.113.9")
                .len()
                .min(MIN_PORTS_PER_NETWORK),
            MIN_PORTS_PER_NETWORK
        );
    }

    #[test]
    fn small_port_range_serves_a_call() {
        let quota = Arc::new(PortQuota::new(16));
        let held = take_all(&quota, "198.51.100.7");
        assert_eq!(held.len(), MIN_PORTS_PER_NETWORK);
        let other = take_all(&quota, "203.0.113.9");
        assert_eq!(other.len(), MIN_PORTS_PER_NETWORK);
        assert_eq!(take_all(&quota, "192.0.2.9").len(), 0);
    }
}
