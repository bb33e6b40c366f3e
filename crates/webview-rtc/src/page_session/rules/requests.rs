//! Handles requests for sources, senders and receivers.
//!
//! Invariant: a refused request changes nothing.

use std::time::{Duration, Instant};

use super::Rules;
use crate::{
    connection::Command,
    page_session::refusal::Refusal,
    wire::{
        id::{ConnectionId, ReceiverId, SourceId},
        request::{SendParameters, SourceKind},
    },
};

const MAX_SOURCES: usize = 256;
const MAX_SENDERS: usize = 256;
/// Longer than the delay of any sound card.
const MAX_PAGE_DELAY: Duration = Duration::from_secs(2);

impl Rules {
    pub(in crate::page_session) fn open_source(
        &mut self,
        now: Instant,
        source: SourceId,
        kind: SourceKind,
        pixels: Option<u32>,
    ) -> Result<(), Refusal> {
        if self.sources.contains_key(&source) {
            return Err(Refusal::Taken);
        }
        if self.sources.len() >= MAX_SOURCES {
            return Err(Refusal::TooMany);
        }
        self.sources.insert(source, kind);
        if let Some(pixels) = pixels {
            self.video_send.expect_size(source, pixels);
        }
        self.update_senders(now);
        Ok(())
    }

    pub(in crate::page_session) fn close_source(
        &mut self,
        now: Instant,
        source: SourceId,
    ) -> Result<(), Refusal> {
        self.sources
            .remove(&source)
            .ok_or(Refusal::UnknownSource(source))?;
        // No events follow for a closed source.
        self.wanted.remove(&source);
        self.audio_send.close(source);
        self.video_send.remove_source(source);
        self.update_senders(now);
        Ok(())
    }

    /// A sender may be set before its m-line is negotiated, and before its source is open.
    pub(in crate::page_session) fn set_sender(
        &mut self,
        now: Instant,
        connection: ConnectionId,
        mid: String,
        source: Option<SourceId>,
        parameters: SendParameters,
    ) -> Result<(), Refusal> {
        if !self.connections.contains_key(&connection) {
            return Err(Refusal::UnknownConnection(connection));
        }
        if self.senders.count_of(connection) >= MAX_SENDERS {
            return Err(Refusal::TooMany);
        }
        // NaN is outside every range.
        if !(1.0..).contains(&parameters.scale_resolution_down_by) {
            return Err(Refusal::OutOfRange("scaleResolutionDownBy"));
        }
        let framerate = parameters.max_framerate.unwrap_or_default();
        if !(0.0..).contains(&framerate) {
            return Err(Refusal::OutOfRange("maxFramerate"));
        }
        self.senders.set(connection, mid, source, parameters);
        self.update_senders(now);
        Ok(())
    }

    pub(in crate::page_session) fn request_key_frame(
        &mut self,
        receiver: ReceiverId,
    ) -> Result<(), Refusal> {
        let unknown = Refusal::UnknownReceiver(receiver);
        let Some(connection) = self.receivers.get(&receiver).copied() else {
            return Err(unknown);
        };
        let section = self
            .connections
            .get(&connection)
            .and_then(|entry| entry.negotiated_media.section_of_receiver(receiver))
            .ok_or(unknown)?;
        if section.kind == SourceKind::Video {
            let mid = section.mid.clone();
            self.push_command(connection, Command::RequestKeyFrame { mid });
        }
        Ok(())
    }

    pub(in crate::page_session) fn set_jitter_buffer_target(
        &mut self,
        connection: ConnectionId,
        receiver: ReceiverId,
        millis: Option<f64>,
    ) -> Result<(), Refusal> {
        if !self.connections.contains_key(&connection) {
            return Err(Refusal::UnknownConnection(connection));
        }
        let delay = match millis {
            Some(millis) => Duration::try_from_secs_f64(millis / 1000.0)
                .map_err(|_| Refusal::OutOfRange("target"))?,
            None => Duration::ZERO,
        };
        self.audio_receive
            .set_preferred_delay(connection, receiver, delay)
    }

    pub(in crate::page_session) fn report_playout_delay(
        &mut self,
        receiver: ReceiverId,
        millis: f64,
    ) -> Result<(), Refusal> {
        let delay = Duration::try_from_secs_f64(millis / 1000.0)
            .map_err(|_| Refusal::OutOfRange("delay"))?;
        self.audio_receive
            .set_page_delay(receiver, delay.min(MAX_PAGE_DELAY));
        Ok(())
    }
}
