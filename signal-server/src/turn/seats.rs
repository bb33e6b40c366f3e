//! How many TURN connections there are, in all and from one address.
//!
//! Invariant: a seat is given back when it is dropped.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::admission::{AddressKey, Sockets};

/// Of a member in a full room, with every link asked twice; several of them behind one router.
const MOST_PER_ADDRESS: usize = 256;
const MOST: usize = 16 * 1024;

#[derive(Debug)]
pub(super) struct Seats(Mutex<Sockets>);

#[derive(Debug)]
pub(super) struct Seat {
    address: AddressKey,
    seats: Arc<Seats>,
}

impl Seats {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Sockets::new(MOST, MOST_PER_ADDRESS)))
    }

    pub(super) fn take(self: &Arc<Self>, address: IpAddr) -> Option<Seat> {
        let address = AddressKey::new(address);
        self.lock().try_admit(address).ok()?;
        let seats = Arc::clone(self);
        Some(Seat { address, seats })
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
