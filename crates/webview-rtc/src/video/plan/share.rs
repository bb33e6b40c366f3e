//! What of a connection's path each of its senders may use.
//!
//! Invariant: sound goes first, the pictures share what is left evenly, and what one does not
//! need goes to the others.

use std::collections::BTreeMap;

use super::{SenderKey, VideoSender};
use crate::wire::id::ConnectionId;

/// Opus at 32 kbit/s, with the headers of fifty packets a second.
const SOUND: u64 = 60_000;
/// Until there is an estimate; libwebrtc begins with it too.
const UNKNOWN: u64 = 300_000;
/// A picture with less is none.
const LEAST: u32 = 30_000;

/// In bits a second.
pub(super) fn for_sound(sounds: u32) -> u64 {
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
            let carried = first.estimate.unwrap_or(UNKNOWN);
            carried.saturating_sub(for_sound(first.sounds))
        });
        let mut others = senders.len() as u64;
        for (sender, most) in senders {
            let share = u32::try_from(left / others).unwrap_or(u32::MAX);
            let rate = share.min(most);
            left -= u64::from(rate);
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
        check(None, 0, &[1_700_000], &[300_000]);
        check(Some(500_000), 1, &[1_700_000], &[440_000]);
        check(Some(5_000_000), 1, &[1_700_000], &[1_700_000]);
        check(Some(1_060_000), 1, &[1_700_000, 1_700_000], &[500_000; 2]);
        check(
            Some(1_060_000),
            1,
            &[1_700_000, 200_000],
            &[800_000, 200_000],
        );
        check(Some(10_000), 1, &[1_700_000], &[30_000]);
        check(Some(10_000), 1, &[20_000], &[20_000]);
    }
}
