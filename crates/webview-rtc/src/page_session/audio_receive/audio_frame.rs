//! A frame of 10 ms of received audio.
//!
//! Invariant: one message has frames with the same number of channels.

use crate::{
    audio::Channels,
    page_session::effect::Output,
    wire::{
        frame::{Frame, ReceivedAudio, Samples},
        id::ReceiverId,
    },
};

#[derive(Debug)]
pub(super) struct AudioFrame {
    pub(super) channels: Channels,
    pub(super) samples: Vec<f32>,
}

impl AudioFrame {
    /// Interleaved.
    pub(super) fn to_stereo(&self) -> impl Iterator<Item = f32> {
        let copies = match self.channels {
            Channels::Mono => 2,
            Channels::Stereo => 1,
        };
        let samples = self.samples.iter();
        samples.flat_map(move |sample| std::iter::repeat_n(*sample, copies))
    }
}

/// Messages for the page: one, unless the number of channels changes between frames.
pub(super) fn outputs(receiver: ReceiverId, frames: &[AudioFrame]) -> Vec<Output> {
    frames
        .chunk_by(|one, next| one.channels == next.channels)
        .filter_map(|batch| output(receiver, batch))
        .collect()
}

fn output(receiver: ReceiverId, batch: &[AudioFrame]) -> Option<Output> {
    let channels = u8::try_from(batch.first()?.channels.count()).ok()?;
    let bytes: Vec<u8> = batch
        .iter()
        .flat_map(|frame| &frame.samples)
        .flat_map(|sample| sample.to_le_bytes())
        .collect();
    let samples = Samples::read(channels, &bytes).ok()?;
    let bytes = Frame::ReceivedAudio(ReceivedAudio { receiver, samples }).encode();
    Some(Output::Audio {
        receiver,
        frames: u16::try_from(batch.len()).ok()?,
        bytes,
    })
}
