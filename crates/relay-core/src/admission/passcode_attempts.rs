//! Limits wrong passcodes for a room, per address and per wider network.
//!
//! Invariant: above the limit an attempt is refused before the comparison, so its sender learns
//! nothing. The limit applies to one address and one room.

use std::time::{Duration, Instant};

use gcra_limit::Rate;
use signal_protocol::RoomName;

use super::{
    AddressKey, Network,
    table::{Key, Table},
};

const RATE_WINDOW: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub struct PasscodeAttempts(Table<(Network, RoomName)>);

impl PasscodeAttempts {
    /// `a_minute` wrong passcodes per address and room; 0 is no limit.
    pub fn new(a_minute: u32) -> Self {
        Self(Table::new(Rate::new(a_minute, RATE_WINDOW, a_minute)))
    }

    /// # Errors
    /// Time until the next attempt of this address.
    pub fn check(
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

    pub fn handle_wrong(&mut self, address: AddressKey, room: &RoomName, now: Instant) {
        for network in address.networks() {
            // The check came before the comparison. An attempt in between costs no more.
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
        let mut attempts = PasscodeAttempts::new(10);
        for _ in 0..10 {
            assert_eq!(attempts.check(address(1), &room("r"), start), Ok(()));
            attempts.handle_wrong(address(1), &room("r"), start);
        }
        let wait = Duration::from_secs(6);
        assert_eq!(attempts.check(address(1), &room("r"), start), Err(wait));
        assert_eq!(attempts.check(address(2), &room("r"), start), Ok(()));
        assert_eq!(attempts.check(address(1), &room("s"), start), Ok(()));
        assert_eq!(attempts.check(address(1), &room("r"), start + wait), Ok(()));
    }

    #[test]
    fn network_passcode_attempts_are_limited() {
        let start = Instant::now();
        let mut attempts = PasscodeAttempts::new(10);
        let guessed = (0..=255).filter(|last| {
            let address = address(*last);
            let may = attempts.check(address, &room("r"), start).is_ok();
            if may {
                attempts.handle_wrong(address, &room("r"), start);
            }
            may
        });
        assert_eq!(guessed.count(), 80);
    }
}
