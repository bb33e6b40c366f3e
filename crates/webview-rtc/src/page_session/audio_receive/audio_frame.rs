//! 10 ms of received sound, on their way to be played.

use crate::{
    audio::Channels,
    page_session::effect::Output,
    wire::{
        frame::{Frame, Samples, SoundToPlay},
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
    pub(super) fn in_stereo(&self) -> impl Iterator<Item = f32> {
        let copies = match self.channels {
            Channels::Mono => 2,
            Channels::Stereo => 1,
        };
        let samples = self.samples.iter();
        samples.flat_map(move |sample| std::iter::repeat_n(*sample, copies))
    }
}

/// For the page: one, unless the sound's channels change between.
pub(super) fn messages(receiver: ReceiverId, pieces: &[AudioFrame]) -> Vec<Output> {
    pieces
        .chunk_by(|one, next| one.channels == next.channels)
        .filter_map(|batch| message(receiver, batch))
        .collect()
}

fn message(receiver: ReceiverId, batch: &[AudioFrame]) -> Option<Output> {
    let channels = u8::try_from(batch.first()?.channels.count()).ok()?;
    let bytes: Vec<u8> = batch
        .iter()
        .flat_map(|piece| &piece.samples)
        .flat_map(|sample| sample.to_le_bytes())
        .collect();
    let samples = Samples::read(channels, &bytes).ok()?;
    let bytes = Frame::SoundToPlay(SoundToPlay { receiver, samples }).encode();
    Some(Output::Sound {
        receiver,
        pieces: u16::try_from(batch.len()).ok()?,
        bytes,
    })
}
