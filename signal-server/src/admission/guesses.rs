//! How many wrong passcodes for a room may come from one address, and from the wider networks that
//! it lies in.
//!
//! Invariant: an address that guessed too often is refused before its next guess is compared, so
//! it learns nothing from it. It is held back from that room alone, and nobody else is.

use std::time::{Duration, Instant};

use signal_protocol::RoomName;

use super::{
    AddressKey, Network,
    bucket::Allowance,
    table::{Key, Table},
};

const SPAN: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(crate) struct Guesses(Table<(Network, RoomName)>);

impl Guesses {
    /// `a_minute` wrong ones an address and room; 0 is no limit.
    pub(crate) fn new(a_minute: u32) -> Self {
        Self(Table::new(Allowance::new(a_minute, SPAN, a_minute)))
    }

    /// # Errors
    /// How long until this address may guess again.
    pub(crate) fn check(
        &self,
        address: AddressKey,
        room: &RoomName,
        now: Instant,
    ) -> Result<(), Duration> {
        address
            .networks()
            .into_iter()
            .try_for_each(|network| self.0.check(&(network, room.clone()), now))
    }

    pub(crate) fn handle_wrong(&mut self, address: AddressKey, room: &RoomName, now: Instant) {
        for network in address.networks() {
            // Checked before the guess was compared; one that came in between costs nothing more.
            let _ = self.0.take((network, room.clone()), now);
        }
    }
}

impl Key for (Network, RoomName) {
    fn times(&self) -> u32 {
        self.0.breadth.times()
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn address(last: u8) -> AddressKey {
        AddressKey::new(Ipv4Addr::new(192, 0, 2, last).into())
    }

    fn room(name: &str) -> RoomName {
        RoomName::parse(name).unwrap()
    }

    #[test]
    fn an_address_is_slowed_down_in_one_room_and_nobody_else() {
        let start = Instant::now();
        let mut guesses = Guesses::new(10);
        for _ in 0..10 {
            assert_eq!(guesses.check(address(1), &room("r"), start), Ok(()));
            guesses.handle_wrong(address(1), &room("r"), start);
        }
        let wait = Duration::from_secs(6);
        assert_eq!(guesses.check(address(1), &room("r"), start), Err(wait));
        assert_eq!(guesses.check(address(2), &room("r"), start), Ok(()));
        assert_eq!(guesses.check(address(1), &room("s"), start), Ok(()));
        assert_eq!(guesses.check(address(1), &room("r"), start + wait), Ok(()));
    }

    #[test]
    fn network_of_many_addresses_guesses_no_more_than_its_share() {
        let start = Instant::now();
        let mut guesses = Guesses::new(10);
        let guessed = (0..=255).filter(|last| {
            let address = address(*last);
            let may = guesses.check(address, &room("r"), start).is_ok();
            if may {
                guesses.handle_wrong(address, &room("r"), start);
            }
            may
        });
        assert_eq!(guessed.count(), 80);
    }
}
