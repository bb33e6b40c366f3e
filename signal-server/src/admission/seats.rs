//! How many connections there are, in all and from one address.
//!
//! Invariant: a seat is given back when it is dropped.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{AddressKey, Refusal, Sockets};

#[derive(Debug)]
pub(crate) struct Seats(Mutex<Sockets>);

#[derive(Debug)]
pub(crate) struct Seat {
    address: AddressKey,
    seats: Arc<Seats>,
}

impl Seats {
    /// `most_per_address` of 0 is no limit.
    pub(crate) fn new(most: usize, most_per_address: usize) -> Self {
        Self(Mutex::new(Sockets::new(most, most_per_address)))
    }

    pub(crate) fn take(self: &Arc<Self>, address: IpAddr) -> Result<Seat, Refusal> {
        let address = AddressKey::new(address);
        self.lock().try_admit(address)?;
        let seats = Arc::clone(self);
        Ok(Seat { address, seats })
    }

    fn lock(&self) -> MutexGuard<'_, Sockets> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.seats.lock().release(self.address);
    }
}
