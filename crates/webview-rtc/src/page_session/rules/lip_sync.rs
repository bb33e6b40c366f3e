//! Pictures of a connection go with its first sound: both tell the sender's clock by their reports,
//! and whichever is earlier waits for the other (see [`crate::video::LipSync`]).

use std::time::{Duration, Instant};

use super::Rules;
use crate::{
    page_session::video_receive::Report,
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
        report: Report,
    ) {
        let Some(entry) = self.connections.get(&connection) else {
            return;
        };
        let negotiated_media = &entry.negotiated_media;
        let Some(line) = negotiated_media.line(mid) else {
            return;
        };
        match line.kind {
            SourceKind::Video => self.video_receive.handle_report(line.receiver, report),
            SourceKind::Audio if negotiated_media.leading_sound() == Some(line) => {
                for pictures in negotiated_media.pictures() {
                    self.video_receive.handle_sound_report(pictures, report);
                }
            }
            SourceKind::Audio => {}
        }
    }

    /// The page was given sound for this receiver.
    pub(super) fn hear(&mut self, now: Instant, receiver: ReceiverId) {
        let Some(heard) = self.audio_receive.heard(now, receiver) else {
            return;
        };
        let Some(entry) = self
            .receivers
            .get(&receiver)
            .and_then(|connection| self.connections.get(connection))
        else {
            return;
        };
        let leading = entry.negotiated_media.leading_sound();
        if leading.is_none_or(|line| line.receiver != receiver) {
            return;
        }
        let mut wait = Duration::ZERO;
        for pictures in entry.negotiated_media.pictures() {
            let wanted = self.video_receive.handle_sound(pictures, heard);
            wait = wait.max(wanted.unwrap_or_default());
        }
        self.audio_receive.set_minimum_delay(receiver, wait);
    }
}
