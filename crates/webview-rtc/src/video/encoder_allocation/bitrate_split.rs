//! Splits the bitrate of a connection among its senders.
//!
//! Invariant: audio has priority. Video senders get equal shares, and an unused part goes to the
//! others. A part of the estimate stays unused, so that a standing queue can drain.

use std::collections::BTreeMap;

use super::{SenderKey, VideoSender};
use crate::wire::id::ConnectionId;

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
        // The sender with the lowest limit comes first, so that the others share its unused part.
        senders.sort_by_key(|(_, max_bitrate)| *max_bitrate);
        let mut remaining = senders.first().map_or(0, |(first, _)| {
            let usable = first.estimate.unwrap_or(START_BITRATE) as f64 * MAX_SHARE_OF_ESTIMATE;
            (usable as u64).saturating_sub(audio_bitrate(first.audio_senders))
        });
        let mut remaining_senders = senders.len() as u64;
        for (sender, max_bitrate) in senders {
            let equal_share = u32::try_from(remaining / remaining_senders).unwrap_or(u32::MAX);
            let rate = equal_share.min(max_bitrate);
            remaining = remaining.saturating_sub(u64::from(rate));
            remaining_senders -= 1;
            rates.insert(
                sender.key.clone(),
                rate.max(MIN_VIDEO_BITRATE.min(max_bitrate)),
            );
        }
    }
    rates
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{event::VideoCodec, id::SourceId, request::SendParameters};

    /// Estimate, audio senders and upper limits of the senders; expects their rates.
    fn check(estimate: Option<u64>, audio_senders: u32, max_bitrate: &[u32], expect: &[u32]) {
        let senders = max_bitrate
            .iter()
            .enumerate()
            .map(|(index, max_bitrate)| {
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
                        max_bitrate: Some(*max_bitrate),
                        scale_resolution_down_by: 1.0,
                        max_framerate: None,
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
    fn audio_has_priority_and_video_shares_the_rest() {
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
