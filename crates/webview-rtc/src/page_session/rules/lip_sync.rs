//! Synchronizes the video of a connection with its first audio (see [`crate::video::LipSync`]).
//!
//! Invariant: sender reports map both to the sender's clock, and the earlier one is delayed.

use std::time::{Duration, Instant};

use super::Rules;
use crate::{
    page_session::video_receive::SenderReport,
    wire::{
        id::{ConnectionId, ReceiverId},
        request::SourceKind,
    },
};

impl Rules {
    pub(super) fn handle_sender_report(
        &mut self,
        connection: ConnectionId,
        mid: &str,
        report: SenderReport,
    ) {
        let Some(entry) = self.connections.get(&connection) else {
            return;
        };
        let negotiated_media = &entry.negotiated_media;
        let Some(section) = negotiated_media.section(mid) else {
            return;
        };
        match section.kind {
            SourceKind::Video => self.video_receive.handle_report(section.receiver, report),
            SourceKind::Audio if negotiated_media.first_audio() == Some(section) => {
                for video in negotiated_media.video_receivers() {
                    self.video_receive.handle_audio_report(video, report);
                }
            }
            SourceKind::Audio => {}
        }
    }

    /// Audio of this receiver was given to the page or the system.
    pub(super) fn update_lip_sync(&mut self, now: Instant, receiver: ReceiverId) {
        let Some(playout) = self.audio_receive.playout(now, receiver) else {
            return;
        };
        let Some(entry) = self
            .receivers
            .get(&receiver)
            .and_then(|connection| self.connections.get(connection))
        else {
            return;
        };
        let first_audio = entry.negotiated_media.first_audio();
        if first_audio.is_none_or(|section| section.receiver != receiver) {
            return;
        }
        let mut minimum = Duration::ZERO;
        for video in entry.negotiated_media.video_receivers() {
            let delay = self.video_receive.handle_audio(video, playout);
            minimum = minimum.max(delay.unwrap_or_default());
        }
        self.audio_receive.set_minimum_delay(receiver, minimum);
    }
}
