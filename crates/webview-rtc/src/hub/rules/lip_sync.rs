//! Pictures of a connection go with its first sound: both tell the sender's clock by their reports,
//! and whichever is earlier waits for the other (see [`crate::video::Sync`]).

use std::time::{Duration, Instant};

use super::Rules;
use crate::{
    hub::pictures_in::Report,
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
        let agreement = &entry.agreement;
        let Some(line) = agreement.line(mid) else {
            return;
        };
        match line.kind {
            SourceKind::Video => self.pictures_in.handle_report(line.receiver, report),
            SourceKind::Audio if agreement.leading_sound() == Some(line) => {
                for pictures in agreement.pictures() {
                    self.pictures_in.handle_sound_report(pictures, report);
                }
            }
            SourceKind::Audio => {}
        }
    }

    /// The page was given sound for this receiver.
    pub(super) fn hear(&mut self, now: Instant, receiver: ReceiverId) {
        let Some(heard) = self.sound_in.heard(now, receiver) else {
            return;
        };
        let Some(entry) = self
            .receivers
            .get(&receiver)
            .and_then(|connection| self.connections.get(connection))
        else {
            return;
        };
        let leading = entry.agreement.leading_sound();
        if leading.is_none_or(|line| line.receiver != receiver) {
            return;
        }
        let mut wait = Duration::ZERO;
        for pictures in entry.agreement.pictures() {
            let wanted = self.pictures_in.handle_sound(pictures, heard);
            wait = wait.max(wanted.unwrap_or_default());
        }
        self.sound_in.set_minimum_delay(receiver, wait);
    }
}
