//! Limits TCP and TLS connections, in total and per network.
//!
//! Invariant: pure. Dropping a permit releases it.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::networks::{Breadth, Full, NetworkCounts};

/// The limit, and the connections that count against it.
#[derive(Debug)]
pub(crate) struct ConnectionLimit {
    max: usize,
    max_per_address: usize,
    /// A std mutex: held briefly, never across an await.
    usage: Mutex<Usage>,
}

#[derive(Debug, Default)]
struct Usage {
    count: usize,
    per_network: NetworkCounts,
}

/// The right to one connection.
#[derive(Debug)]
pub(crate) struct ConnectionPermit {
    address: IpAddr,
    limit: Arc<ConnectionLimit>,
}

/// No further connection, in total or from a network of the address.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooMany;

impl ConnectionLimit {
    /// An address is an IPv4 address or an IPv6 /64. Wider networks get several times its limit.
    pub(crate) fn new(max: usize, max_per_address: usize) -> Self {
        Self {
            max,
            max_per_address,
            usage: Mutex::default(),
        }
    }

    /// # Errors
    /// The limit is reached.
    pub(crate) fn take(self: &Arc<Self>, address: IpAddr) -> Result<ConnectionPermit, TooMany> {
        let mut usage = self.lock();
        if usage.count >= self.max {
            return Err(TooMany);
        }
        let limit = |breadth| self.max_per_address.saturating_mul(times(breadth));
        usage
            .per_network
            .try_add(address, limit)
            .map_err(|Full| TooMany)?;
        usage.count += 1;
        drop(usage);
        let limit = Arc::clone(self);
        Ok(ConnectionPermit { address, limit })
    }

    fn lock(&self) -> MutexGuard<'_, Usage> {
        self.usage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The limit of a network as a multiple of the limit of one address.
fn times(breadth: Breadth) -> usize {
    match breadth {
        Breadth::Host => 1,
        Breadth::Site => 2,
        Breadth::Organization => 8,
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        let mut usage = self.limit.lock();
        usage.count = usage.count.saturating_sub(1);
        usage.per_network.remove(self.address);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many connections these addresses get, each asking twice. `{}` stands for a number.
    fn check(addresses: &str, expect: usize) {
        let limit = Arc::new(ConnectionLimit::new(100, 3));
        let held: Vec<_> = (0..256)
            .flat_map(|number| {
                let address: IpAddr = addresses
                    .replace("{}", &number.to_string())
                    .replace("{:x}", &format!("{number:x}"))
                    .replace("{:02x}", &format!("{number:02x}"))
                    .parse()
                    .unwrap();
                [address, address]
            })
            .filter_map(|address| limit.take(address).ok())
            .collect();
        assert_eq!(held.len(), expect, "{addresses}");
        let elsewhere = "203.0.113.9".parse().unwrap();
        assert!(limit.take(elsewhere).is_ok(), "beside {addresses}");
    }

    #[test]
    fn network_holds_its_share_of_the_connections() {
        check("198.51.100.7", 3);
        check("198.51.100.{}", 24);
        check("2001:db8:1:100::{:x}", 3);
        check("2001:db8:1:1{:02x}::7", 6);
        check("2001:db8:1:{:x}00::7", 24);
    }

    #[test]
    fn dropped_permit_is_free_again() {
        let limit = Arc::new(ConnectionLimit::new(3, 2));
        let take = |address: &str| limit.take(address.parse().unwrap());
        let first = take("192.0.2.1").unwrap();
        let _second = take("192.0.2.1").unwrap();
        assert_eq!(take("192.0.2.1").err(), Some(TooMany), "of one address");
        let third = take("192.0.2.2").unwrap();
        assert_eq!(take("192.0.2.3").err(), Some(TooMany), "in total");
        drop(first);
        let first = take("192.0.2.1").unwrap();
        drop((first, third));
        assert!(take("192.0.2.3").is_ok());
    }
}
