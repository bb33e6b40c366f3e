//! What the system's loudspeakers play.
//!
//! Invariant: a receiver is played in one place: there, or by the page where they do not have it.

use std::time::Instant;

use super::{Effect, Rules};
use crate::{
    hub::refusal::Refusal,
    playback::{Order, PlaybackEvent},
    wire::{event::Event, id::ReceiverId},
};

impl Rules {
    /// A receiver may be played before its m-line is agreed on.
    pub(in crate::hub) fn play(
        &mut self,
        receiver: ReceiverId,
        volume: f32,
        output: Option<String>,
    ) -> Result<(), Refusal> {
        // NaN is in no range.
        if !(0.0..=1.0).contains(&volume) {
            return Err(Refusal::OutOfRange("volume"));
        }
        self.order(Order::Play {
            receiver,
            volume,
            output,
        });
        Ok(())
    }

    pub(in crate::hub) fn stop_playing(&mut self, receiver: ReceiverId) {
        self.sound_in.set_loud(receiver, false);
        self.order(Order::Stop { receiver });
    }

    pub(in crate::hub) fn handle_playback(&mut self, now: Instant, event: PlaybackEvent) {
        match event {
            PlaybackEvent::Playing { receiver, playing } => {
                self.sound_in.set_loud(receiver, playing);
                self.tell(Event::Playing { receiver, playing });
            }
            PlaybackEvent::Latency { receiver, latency } => {
                self.sound_in.set_latency(receiver, latency);
            }
            PlaybackEvent::Wanted { receiver, pieces } => {
                let (samples, outputs) = self.sound_in.handle_loud_wish(now, receiver, pieces);
                self.order(Order::Sound { receiver, samples });
                self.effects.extend(outputs.into_iter().map(Effect::Output));
                self.hear(now, receiver);
            }
            PlaybackEvent::OutputsChanged => self.tell(Event::AudioOutputsChanged),
        }
    }

    fn order(&mut self, order: Order) {
        self.effects.push_back(Effect::Playback(order));
    }
}
