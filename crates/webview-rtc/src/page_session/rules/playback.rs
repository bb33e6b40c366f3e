//! Playback by the system.
//!
//! Invariant: a receiver is played either by the system or by the page, never by both.

use std::time::Instant;

use super::{Effect, Rules};
use crate::{
    page_session::refusal::Refusal,
    playback::{PlaybackCommand, PlaybackEvent},
    wire::{event::Event, id::ReceiverId},
};

impl Rules {
    /// A receiver may be played before its m-line is negotiated.
    pub(in crate::page_session) fn play(
        &mut self,
        receiver: ReceiverId,
        volume: f32,
        output: Option<String>,
    ) -> Result<(), Refusal> {
        // NaN is outside every range.
        if !(0.0..=1.0).contains(&volume) {
            return Err(Refusal::OutOfRange("volume"));
        }
        self.send_playback(PlaybackCommand::Play {
            receiver,
            volume,
            output,
        });
        Ok(())
    }

    pub(in crate::page_session) fn stop_playing(&mut self, receiver: ReceiverId) {
        self.audio_receive.set_system_playback(receiver, false);
        self.send_playback(PlaybackCommand::Stop { receiver });
    }

    pub(in crate::page_session) fn handle_playback(&mut self, now: Instant, event: PlaybackEvent) {
        match event {
            PlaybackEvent::Playing { receiver, playing } => {
                self.audio_receive.set_system_playback(receiver, playing);
                self.push_event(Event::Playing { receiver, playing });
            }
            PlaybackEvent::Latency { receiver, latency } => {
                self.audio_receive.set_latency(receiver, latency);
            }
            PlaybackEvent::FramesRequested { receiver, frames } => {
                let (samples, outputs) = self
                    .audio_receive
                    .handle_system_playback_request(now, receiver, frames);
                self.send_playback(PlaybackCommand::Audio { receiver, samples });
                self.effects.extend(outputs.into_iter().map(Effect::Output));
                self.update_lip_sync(now, receiver);
                self.update_sources(now);
            }
            PlaybackEvent::OutputsChanged => self.push_event(Event::AudioOutputsChanged),
        }
    }

    fn send_playback(&mut self, command: PlaybackCommand) {
        self.effects.push_back(Effect::Playback(command));
    }
}
