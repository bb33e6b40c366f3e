//! Splits the bitrate of a connection among its senders.
//!
//! Invariant: audio comes first. Video senders get shares by their priority, and an unused part goes
//! to the others. A part of the estimate stays unused, so that a standing queue can drain.

use std::collections::BTreeMap;

use super::{SenderKey, VideoSender};
use crate::wire::{id::ConnectionId, request::Priority};

/// Opus at 32 kbit/s with short peaks. Without packet headers, as in the estimates: on a full path
/// str0m counts only the payload that arrives.
const AUDIO_BITRATE: u64 = 36_000;
/// Share of the estimate that is used. With 2/3 or less the estimate would never grow, because
/// str0m limits it to 1.5 times the delivered rate.
const MAX_SHARE_OF_ESTIMATE: f64 = 0.9;
/// Start bitrate before the first estimate: enough for 640×480 video and audio.
const START_BITRATE: u64 = 400_000;
/// Video below this is useless.
const MIN_VIDEO_BITRATE: u32 = 30_000;

/// Estimate that the connection needs for this encoded video and its audio.
pub(super) fn required_bitrate(video: u64, audio_senders: u32) -> u64 {
    ((video + audio_bitrate(audio_senders)) as f64 / MAX_SHARE_OF_ESTIMATE) as u64
}

fn audio_bitrate(audio_senders: u32) -> u64 {
    u64::from(audio_senders) * AUDIO_BITRATE
}

/// `max_bitrate` returns the upper limit of a sender.
pub(super) fn rates(
    senders: &BTreeMap<SenderKey, VideoSender>,
    max_bitrate: impl Fn(&VideoSender) -> u32,
) -> BTreeMap<SenderKey, u32> {
    let mut connections: BTreeMap<ConnectionId, Vec<(&VideoSender, u32)>> = BTreeMap::new();
    for sender in senders.values() {
        connections
            .entry(sender.key.connection)
            .or_default()
            .push((sender, max_bitrate(sender)));
    }
    let mut rates = BTreeMap::new();
    for mut senders in connections.into_values() {
        // The sender whose limit is the lowest for its weight comes first, so that the others share
        // its unused part.
        senders.sort_by(|(one, one_max), (other, other_max)| {
            let one = f64::from(*one_max) / weight(one);
            one.total_cmp(&(f64::from(*other_max) / weight(other)))
        });
        let mut remaining = senders.first().map_or(0.0, |(first, _)| {
            let usable = first.estimate.unwrap_or(START_BITRATE) as f64 * MAX_SHARE_OF_ESTIMATE;
            (usable - audio_bitrate(first.audio_senders) as f64).max(0.0)
        });
        let mut remaining_weight: f64 = senders.iter().map(|(sender, _)| weight(sender)).sum();
        for (sender, max_bitrate) in senders {
            let share = remaining * weight(sender) / remaining_weight;
            let rate = (share as u32).min(max_bitrate);
            remaining -= f64::from(rate);
            remaining_weight -= weight(sender);
            rates.insert(
                sender.key.clone(),
                rate.max(MIN_VIDEO_BITRATE.min(max_bitrate)),
            );
        }
    }
    rates
}

/// Relative bitrates (W3C webrtc-priority, 4).
fn weight(sender: &VideoSender) -> f64 {
    match sender.parameters.priority {
        Priority::VeryLow => 0.5,
        Priority::Low => 1.0,
        Priority::Medium => 2.0,
        Priority::High => 4.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{event::VideoCodec, id::SourceId, request::SendParameters};

    /// Estimate, audio senders and upper limits of the senders; expects their rates.
    fn check(estimate: Option<u64>, audio_senders: u32, max_bitrate: &[u32], expect: &[u32]) {
        let limits = max_bitrate.iter().map(|max| (*max, Priority::Low));
        check_priorities(estimate, audio_senders, limits, expect);
    }

    fn check_priorities(
        estimate: Option<u64>,
        audio_senders: u32,
        limits: impl IntoIterator<Item = (u32, Priority)>,
        expect: &[u32],
    ) {
        let senders = limits
            .into_iter()
            .enumerate()
            .map(|(index, (max_bitrate, priority))| {
                let key = SenderKey {
                    connection: ConnectionId(1),
                    mid: index.to_string(),
                };
                let sender = VideoSender {
                    key: key.clone(),
                    source: SourceId(1),
                    codec: VideoCodec::Vp8,
                    parameters: SendParameters {
                        max_bitrate: Some(max_bitrate),
                        priority,
                        ..SendParameters::default()
                    },
                    estimate,
                    audio_senders,
                };
                (key, sender)
            })
            .collect();
        let max_bitrate = |sender: &VideoSender| sender.parameters.max_bitrate.unwrap_or(0);
        let got: Vec<_> = rates(&senders, max_bitrate).into_values().collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn higher_priority_gets_a_larger_share() {
        let limits = [(2_500_000, Priority::Low), (2_500_000, Priority::High)];
        check_priorities(Some(500_000), 1, limits, &[82_800, 331_200]);
        // What the first one does not need is the other's.
        let limits = [(1_700_000, Priority::Low), (200_000, Priority::High)];
        check_priorities(Some(1_040_000), 1, limits, &[700_000, 200_000]);
        let limits = [(100_000, Priority::VeryLow), (1_700_000, Priority::Medium)];
        check_priorities(Some(1_040_000), 1, limits, &[100_000, 800_000]);
    }

    #[test]
    fn audio_comes_first_and_video_shares_the_rest() {
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
