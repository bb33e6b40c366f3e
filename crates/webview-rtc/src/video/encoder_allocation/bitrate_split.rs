//! What of a connection's path each of its senders may use.
//!
//! Invariant: sound goes first, the pictures share what is left evenly, and what one does not
//! need goes to the others. A little is left unused: a path filled to its brim lets every packet wait,
//! and never again less.

use std::collections::BTreeMap;

use super::{SenderKey, VideoSender};
use crate::wire::id::ConnectionId;

/// Opus at 32 kbit/s, and now and then a little more. Like estimates, without packets' headers: where
/// the path is full, the stack counts only what is in the packets that come through.
const SOUND: u64 = 36_000;
/// Of the estimate. Not much less: the stack lets it grow to 1.5 times what comes through, so who uses
/// two thirds of it gets no more for ever.
const USED: f64 = 0.9;
/// Until there is an estimate: enough for a whole picture of 640×480 beside sound.
const UNKNOWN: u64 = 400_000;
/// A picture with less is none.
const LEAST: u32 = 30_000;

/// What the path would have to carry for pictures that are coded with this, and sound.
pub(super) fn needed(coded: u64, sounds: u32) -> u64 {
    ((coded + for_sound(sounds)) as f64 / USED) as u64
}

fn for_sound(sounds: u32) -> u64 {
    u64::from(sounds) * SOUND
}

/// `most` gives the most a sender uses.
pub(super) fn rates(
    senders: &BTreeMap<SenderKey, VideoSender>,
    most: impl Fn(&VideoSender) -> u32,
) -> BTreeMap<SenderKey, u32> {
    let mut connections: BTreeMap<ConnectionId, Vec<(&VideoSender, u32)>> = BTreeMap::new();
    for sender in senders.values() {
        connections
            .entry(sender.key.connection)
            .or_default()
            .push((sender, most(sender)));
    }
    let mut rates = BTreeMap::new();
    for mut senders in connections.into_values() {
        // Who needs least is served first, so that what it leaves is shared.
        senders.sort_by_key(|(_, most)| *most);
        let mut left = senders.first().map_or(0, |(first, _)| {
            let used = first.estimate.unwrap_or(UNKNOWN) as f64 * USED;
            (used as u64).saturating_sub(for_sound(first.sounds))
        });
        let mut others = senders.len() as u64;
        for (sender, most) in senders {
            let even = u32::try_from(left / others).unwrap_or(u32::MAX);
            let rate = even.min(most);
            left = left.saturating_sub(u64::from(rate));
            others -= 1;
            rates.insert(sender.key.clone(), rate.max(LEAST.min(most)));
        }
    }
    rates
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{event::VideoCodec, id::SourceId, request::SendParameters};

    /// Estimate, sounds and the most of each sender; expects their rates.
    fn check(estimate: Option<u64>, sounds: u32, most: &[u32], expect: &[u32]) {
        let senders = most
            .iter()
            .enumerate()
            .map(|(index, most)| {
                let key = SenderKey {
                    connection: ConnectionId(1),
                    mid: index.to_string(),
                };
                let sender = VideoSender {
                    key: key.clone(),
                    source: SourceId(1),
                    codec: VideoCodec::Vp8,
                    parameters: SendParameters {
                        active: true,
                        max_bitrate: Some(*most),
                        scale_resolution_down_by: 1.0,
                        max_framerate: None,
                    },
                    estimate,
                    sounds,
                };
                (key, sender)
            })
            .collect();
        let most = |sender: &VideoSender| sender.parameters.max_bitrate.unwrap_or(0);
        let got: Vec<_> = rates(&senders, most).into_values().collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn sound_goes_first_and_pictures_share() {
        check(None, 1, &[1_700_000], &[324_000]);
        check(Some(500_000), 1, &[1_700_000], &[414_000]);
        check(Some(5_000_000), 1, &[1_700_000], &[1_700_000]);
        let both = [1_700_000, 1_700_000];
        check(Some(1_040_000), 1, &both, &[450_000, 450_000]);
        let others = [700_000, 200_000];
        check(Some(1_040_000), 1, &[1_700_000, 200_000], &others);
        check(Some(10_000), 1, &[1_700_000], &[30_000]);
        check(Some(10_000), 1, &[20_000], &[20_000]);
    }
}
