//! Counts sockets in total and per network, with a shared bucket per network.
//!
//! Invariant: each admitted socket is released once, with its own address.

use std::sync::Arc;

use gcra_limit::SharedBucket;

use super::{AddressKey, Counts, Full, SharedBuckets};

#[derive(Debug)]
pub struct Sockets {
    most: usize,
    most_per_address: usize,
    count: usize,
    per_address: Counts<Arc<SharedBucket>>,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    ServerFull,
    AddressFull,
}

impl Sockets {
    /// `most_per_address` of 0 is no limit per address.
    pub fn new(most: usize, most_per_address: usize) -> Self {
        Self {
            most,
            most_per_address,
            count: 0,
            per_address: Counts::default(),
        }
    }

    /// Returns the shared buckets of its networks.
    pub fn try_admit(&mut self, address: AddressKey) -> Result<SharedBuckets, Refusal> {
        if self.count >= self.most {
            return Err(Refusal::ServerFull);
        }
        if self.most_per_address == 0 {
            self.count += 1;
            return Ok(SharedBuckets::default());
        }
        let most = self.most_per_address;
        let buckets = self
            .per_address
            .try_add(address, |breadth| breadth.scale(most))
            .map_err(|Full(_)| Refusal::AddressFull)?;
        self.count += 1;
        let breadths = address
            .networks()
            .into_iter()
            .map(|network| network.breadth);
        Ok(breadths.zip(buckets).collect())
    }

    pub fn release(&mut self, address: AddressKey) {
        self.count = self.count.saturating_sub(1);
        if self.most_per_address > 0 {
            self.per_address.remove(address);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn address(last: u8) -> AddressKey {
        AddressKey::new(Ipv4Addr::new(192, 0, 2, last).into())
    }

    fn admit(sockets: &mut Sockets, address: AddressKey) -> Result<(), Refusal> {
        sockets.try_admit(address).map(drop)
    }

    #[test]
    fn an_address_and_the_process_fill_up_and_empty_again() {
        let mut sockets = Sockets::new(3, 2);
        assert_eq!(admit(&mut sockets, address(1)), Ok(()));
        assert_eq!(admit(&mut sockets, address(1)), Ok(()));
        assert_eq!(admit(&mut sockets, address(1)), Err(Refusal::AddressFull));
        assert_eq!(admit(&mut sockets, address(2)), Ok(()));
        assert_eq!(admit(&mut sockets, address(2)), Err(Refusal::ServerFull));
        sockets.release(address(1));
        assert_eq!(admit(&mut sockets, address(1)), Ok(()));
        for last in [1, 1, 2] {
            sockets.release(address(last));
        }
        assert_eq!(sockets.count, 0);
        assert!(sockets.per_address.is_empty());
    }

    #[test]
    fn sockets_of_one_address_share_a_bucket() {
        let mut sockets = Sockets::new(10, 10);
        let mut admit = |last| sockets.try_admit(address(last)).unwrap();
        let (one, same, other) = (admit(1), admit(1), admit(2));
        let is_shared = |a: &SharedBuckets, b: &SharedBuckets| {
            let same = |number: usize| Arc::ptr_eq(&a[number].1, &b[number].1);
            [same(0), same(1)]
        };
        assert_eq!(is_shared(&one, &same), [true, true]);
        assert_eq!(is_shared(&one, &other), [false, true], "of one /24");
    }

    #[test]
    fn zero_an_address_is_no_limit() {
        let mut sockets = Sockets::new(1000, 0);
        for _ in 0..1000 {
            assert_eq!(admit(&mut sockets, address(1)), Ok(()));
        }
        assert!(sockets.per_address.is_empty());
    }
}
