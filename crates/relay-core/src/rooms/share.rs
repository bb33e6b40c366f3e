//! Limits the share of one room that one network may hold.
//!
//! Invariant: no clock, no state. A resume is exempt.

use crate::admission::{AddressKey, Breadth, Counts, Network};

/// People in one home, office or class share an address, so an address may hold most of a room. The
/// rest is for others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomShare {
    members: usize,
    per_address: usize,
}

/// An address may always hold this many members: two pairs in one home.
const MIN_MEMBERS_PER_ADDRESS: usize = 4;

impl RoomShare {
    /// Limits of a room of `members`; `per_address` of 0 is no limit.
    pub fn new(members: usize, per_address: usize) -> Self {
        let per_address = match per_address {
            0 => members,
            most => most.min(members),
        };
        Self {
            members,
            per_address,
        }
    }

    /// The default share of an address: two thirds.
    pub fn default_per_address(members: usize) -> usize {
        (2 * members).div_ceil(3).max(MIN_MEMBERS_PER_ADDRESS)
    }

    /// Whether one more member of this address may join the present ones.
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

    /// The limit of a network of this breadth. An organization has more than one home.
    fn most(self, breadth: Breadth) -> usize {
        match breadth {
            Breadth::Host | Breadth::Site => self.per_address,
            Breadth::Organization => usize::midpoint(self.per_address, self.members),
        }
    }

    /// For the join script: each network of an address, with its limit in a room.
    pub fn networks(self, address: AddressKey) -> Vec<(Network, usize)> {
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

    /// Joins of these addresses until one is refused or the room is full; then a join of another
    /// network.
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
    fn one_network_leaves_places_to_others() {
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
