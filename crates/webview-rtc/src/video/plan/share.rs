//! What of a connection's path each of its senders may use.
//!
//! Invariant: sound goes first, the pictures share what is left evenly, and what one does not
//! need goes to the others. What the packets themselves take is set aside: a path filled to its brim
//! lets every packet wait, and never again less.

use std::collections::BTreeMap;

use super::{SenderKey, VideoSender};
use crate::{video::quality::FULL_FRAMERATE, wire::id::ConnectionId};

/// Opus at 32 kbit/s, with the headers of fifty packets a second.
const SOUND: u64 = 60_000;
/// Reports, and the feedback to what comes back.
const CONTROL: u64 = 12_000;
/// What each packet of a picture has of headers, RTP's, SRTP's, UDP's and IP's, beside so many bytes
/// of the picture.
const HEADERS: f64 = 70.0;
const PAYLOAD: f64 = 1_120.0;
/// A picture's last packet is half full.
const LAST_PACKETS: f64 = FULL_FRAMERATE * HEADERS / 2.0 * 8.0;
/// Until there is an estimate: enough for a whole picture of 640×480 beside sound.
const UNKNOWN: u64 = 400_000;
/// A picture with less is none.
const LEAST: u32 = 30_000;

/// In bits a second, as the path carries it.
pub(super) fn for_sound(sounds: u32) -> u64 {
    u64::from(sounds) * SOUND
}

/// What the path carries of pictures that are coded with this.
pub(super) fn on_the_path(coded: u32) -> u64 {
    (f64::from(coded) * (1.0 + HEADERS / PAYLOAD) + LAST_PACKETS) as u64
}

/// What pictures may be coded with where the path carries this.
fn coded(on_the_path: u64) -> u32 {
    let coded = (on_the_path as f64 - LAST_PACKETS) / (1.0 + HEADERS / PAYLOAD);
    // Saturates at both ends.
    coded as u32
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
            carried.saturating_sub(for_sound(first.sounds) + CONTROL)
        });
        let mut others = senders.len() as u64;
        for (sender, most) in senders {
            let rate = coded(left / others).min(most);
            left = left.saturating_sub(on_the_path(rate));
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
        check(None, 1, &[1_700_000], &[300_800]);
        check(Some(500_000), 1, &[1_700_000], &[394_917]);
        check(Some(5_000_000), 1, &[1_700_000], &[1_700_000]);
        check(
            Some(1_072_000),
            1,
            &[1_700_000, 1_700_000],
            &[462_682, 462_683],
        );
        let others = [725_364, 200_000];
        check(Some(1_072_000), 1, &[1_700_000, 200_000], &others);
        check(Some(10_000), 1, &[1_700_000], &[30_000]);
        check(Some(10_000), 1, &[20_000], &[20_000]);
    }
}
