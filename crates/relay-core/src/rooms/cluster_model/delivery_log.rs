//! Delivery log of one talker to one listener.

use std::collections::BTreeSet;

use signal_protocol::ServerMessage;

#[derive(Debug, Default)]
pub(super) struct DeliveryLog {
    pub(super) last: u64,
    pub(super) delivered: Vec<u64>,
    /// Number of the last message that the talker's node knows to be delivered.
    pub(super) confirmed: u64,
    pub(super) reported: usize,
    /// Delivered by a node that was killed before the acknowledgement: may be reported too.
    pub(super) unconfirmed: BTreeSet<u64>,
    /// In the backlog of a killed node: neither delivered nor reported.
    pub(super) lost: BTreeSet<u64>,
}

impl DeliveryLog {
    /// Each message is delivered or reported. Both only in the allowed cases.
    pub(super) fn check(&self) {
        let missing: BTreeSet<u64> = (1..=self.last)
            .filter(|number| !self.delivered.contains(number))
            .collect();
        let least = missing.difference(&self.lost).count();
        let most = missing.len() + self.unconfirmed.len();
        assert!(
            (least..=most).contains(&self.reported),
            "{self:?}, missing {missing:?}"
        );
    }
}

pub(super) fn number_in(frame: &str) -> u64 {
    let ServerMessage::Delivered(delivered) = ServerMessage::decode(frame).unwrap() else {
        panic!("no message: {frame}");
    };
    delivered.payload.to_text().unwrap().parse().unwrap()
}
