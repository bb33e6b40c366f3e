//! What one talker said to one listener, and what became of it.

use std::collections::BTreeSet;

use signal_protocol::ServerMessage;

#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) last: u64,
    pub(super) heard: Vec<u64>,
    /// Up to which the talker's node knows it.
    pub(super) confirmed: u64,
    pub(super) reported: usize,
    /// Heard by way of a node that was killed before the talker's knew it: may be reported too.
    pub(super) unconfirmed: BTreeSet<u64>,
    /// Held by a node when it was killed: may be neither.
    pub(super) lost: BTreeSet<u64>,
}

impl Said {
    /// Each is heard or reported, and both only where that cannot be helped.
    pub(super) fn check(&self) {
        let missing: BTreeSet<u64> = (1..=self.last)
            .filter(|number| !self.heard.contains(number))
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
