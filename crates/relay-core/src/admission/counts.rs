//! Counts per network: connections, relayed ports, members of a room.
//!
//! Invariant: an address counts in each of its networks, and is removed from all of them. A network
//! with count 0 is not stored.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;

use super::{
    AddressKey,
    address::{Breadth, Network},
};

/// `T` is shared by all that a network holds.
#[derive(Debug)]
pub struct Counts<T = ()>(HashMap<Network, NetworkCount<T>, FxBuildHasher>);

#[derive(Debug, Default)]
struct NetworkCount<T> {
    count: usize,
    shared: T,
}

/// A network of this breadth is at its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full(pub Breadth);

impl<T> Default for Counts<T> {
    fn default() -> Self {
        Self(HashMap::default())
    }
}

impl<T: Default + Clone> Counts<T> {
    /// Adds one, if every network of the address is below its limit `most`. Returns the shared
    /// value of each network.
    ///
    /// # Errors
    /// The breadth of the full network. Nothing is counted.
    pub fn try_add(
        &mut self,
        address: AddressKey,
        most: impl Fn(Breadth) -> usize,
    ) -> Result<SmallVec<[T; 3]>, Full> {
        let networks = address.networks();
        for network in &networks {
            if self.held(*network) >= most(network.breadth) {
                return Err(Full(network.breadth));
            }
        }
        let counted = networks.into_iter().map(|network| {
            let held = self.0.entry(network).or_default();
            held.count += 1;
            held.shared.clone()
        });
        Ok(counted.collect())
    }

    pub fn remove(&mut self, address: AddressKey) {
        for network in address.networks() {
            if let Some(held) = self.0.get_mut(&network) {
                held.count = held.count.saturating_sub(1);
                if held.count == 0 {
                    self.0.remove(&network);
                }
            }
        }
    }

    fn held(&self, network: Network) -> usize {
        self.0.get(&network).map_or(0, |held| held.count)
    }

    #[cfg(test)]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> AddressKey {
        AddressKey::new(text.parse().unwrap())
    }

    fn most(breadth: Breadth) -> usize {
        breadth.scale(3)
    }

    /// Adds one for each of these addresses; how many each pass counted.
    fn count(counts: &mut Counts, addresses: impl IntoIterator<Item = String>) -> usize {
        let added = addresses.into_iter().filter(|address| {
            let added = counts.try_add(key(address), most);
            added.is_ok()
        });
        added.count()
    }

    #[test]
    fn network_holds_its_share_however_many_addresses_it_has() {
        for (name, addresses, expect) in [
            ("one address", "198.51.100.7", 3),
            ("one /64", "2001:db8:1:100::{:x}", 3),
            ("one /56", "2001:db8:1:1{:02x}::7", 6),
            ("one /48", "2001:db8:1:{:x}00::7", 24),
            ("one /24", "198.51.100.{}", 24),
        ] {
            let mut counts = Counts::<()>::default();
            let several = || {
                (0..256).flat_map(|number: u32| {
                    let address = addresses
                        .replace("{}", &number.to_string())
                        .replace("{:x}", &format!("{number:x}"))
                        .replace("{:02x}", &format!("{number:02x}"));
                    [address.clone(), address]
                })
            };
            assert_eq!(count(&mut counts, several()), expect, "{name}");
            let elsewhere = ["203.0.113.9", "2001:db8:2::9"].map(str::to_owned);
            assert_eq!(count(&mut counts, elsewhere), 2, "beside {name}");
        }
    }

    #[test]
    fn removed_counts_leave_nothing_behind() {
        let mut counts = Counts::<()>::default();
        let addresses = ["198.51.100.7", "198.51.100.8", "2001:db8::1", "127.0.0.1"];
        for address in addresses {
            counts.try_add(key(address), most).unwrap();
            counts.try_add(key(address), most).unwrap();
        }
        assert_eq!(
            counts.try_add(key("127.0.0.1"), |_| 2),
            Err(Full(Breadth::Host))
        );
        for address in addresses {
            counts.remove(key(address));
            assert!(!counts.is_empty());
            counts.remove(key(address));
        }
        assert!(counts.is_empty());
    }
}
