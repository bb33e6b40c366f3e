//! How many places of one room one network may hold, so that nobody fills it alone.
//!
//! Invariant: pure. A member that comes back to its place is never kept out by it.

use crate::admission::{AddressKey, Breadth, Counts, Network};

/// People at home, in an office or in a class share one address, so most of a room may come from
/// one; the rest is for those whom they wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RoomShare {
    members: usize,
    per_address: usize,
}

/// So many may always come from one address: two pairs in one house.
const ALWAYS: usize = 4;

impl RoomShare {
    /// Of a room that takes so many; `per_address` of 0 is no limit.
    pub(crate) fn new(members: usize, per_address: usize) -> Self {
        let per_address = match per_address {
            0 => members,
            most => most.min(members),
        };
        Self {
            members,
            per_address,
        }
    }

    /// What one address holds of a room of so many where nothing else is said: two thirds.
    pub(crate) fn default_per_address(members: usize) -> usize {
        (2 * members).div_ceil(3).max(ALWAYS)
    }

    /// Whether one more of this address may come, beside those.
    pub(super) fn admits(
        self,
        address: AddressKey,
        present: impl Iterator<Item = AddressKey>,
    ) -> bool {
        if self.per_address >= self.members || address.is_loopback() {
            return true;
        }
        let mut counts = Counts::<()>::default();
        for other in present {
            let _ = counts.try_add(other, |_| usize::MAX);
        }
        counts
            .try_add(address, |breadth| self.most(breadth))
            .is_ok()
    }

    /// A network of this breadth holds at most so many. An organisation is more than one house.
    fn most(self, breadth: Breadth) -> usize {
        match breadth {
            Breadth::Host | Breadth::Site => self.per_address,
            Breadth::Organization => usize::midpoint(self.per_address, self.members),
        }
    }

    /// For the nodes of one relay: each network of an address, and how many places it may hold.
    pub(crate) fn networks(self, address: AddressKey) -> Vec<(Network, usize)> {
        let is_limited = self.per_address < self.members && !address.is_loopback();
        let networks = address.networks().into_iter();
        let most = |breadth| match is_limited {
            true => self.most(breadth),
            false => self.members,
        };
        networks
            .map(|network| (network, most(network.breadth)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> AddressKey {
        AddressKey::new(text.parse().unwrap())
    }

    /// Joins of these addresses until nobody else is let in, or the room is full; then one of
    /// another network.
    fn check(members: usize, addresses: &str, expect: usize) {
        let share = RoomShare::new(members, RoomShare::default_per_address(members));
        let mut present: Vec<AddressKey> = Vec::new();
        for number in 0..256 {
            let address = key(&addresses.replace("{}", &format!("{number:x}")));
            if present.len() < members && share.admits(address, present.iter().copied()) {
                present.push(address);
            }
        }
        assert_eq!(present.len(), expect, "{addresses}");
        let guest = share.admits(key("203.0.113.9"), present.iter().copied());
        assert!(guest, "somebody else beside {addresses}");
    }

    #[test]
    fn one_network_leaves_places_of_a_room_to_others() {
        check(12, "198.51.100.7", 8);
        check(12, "2001:db8::{}", 8);
        check(12, "2001:db8:0:1{}::7", 10);
        check(12, "2001:db8:0:{}00::7", 10);
        check(64, "198.51.100.7", 43);
    }

    #[test]
    fn small_rooms_and_this_computer_are_not_divided() {
        for (members, address) in [(2, "198.51.100.7"), (4, "198.51.100.7"), (12, "127.0.0.1")] {
            check(members, address, members);
        }
        let share = RoomShare::new(12, 0);
        let full = std::iter::repeat_n(key("198.51.100.7"), 11);
        assert!(share.admits(key("198.51.100.7"), full));
    }
}
