//! Limits connections, in total and per address.
//!
//! Invariant: dropping a permit releases it.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use relay_core::admission::{AddressKey, Refusal, Sockets};

#[derive(Debug)]
pub(crate) struct ConnectionLimit(Mutex<Sockets>);

#[derive(Debug)]
pub(crate) struct ConnectionPermit {
    address: AddressKey,
    limit: Arc<ConnectionLimit>,
}

impl ConnectionLimit {
    /// `most_per_address` of 0 is no limit.
    pub(crate) fn new(most: usize, most_per_address: usize) -> Self {
        Self(Mutex::new(Sockets::new(most, most_per_address)))
    }

    pub(crate) fn take(self: &Arc<Self>, address: IpAddr) -> Result<ConnectionPermit, Refusal> {
        let address = AddressKey::new(address);
        self.lock().try_admit(address)?;
        let limit = Arc::clone(self);
        Ok(ConnectionPermit { address, limit })
    }

    fn lock(&self) -> MutexGuard<'_, Sockets> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        self.limit.lock().release(self.address);
    }
}
