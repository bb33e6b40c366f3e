//! The captures of system audio of one page.
//!
//! Invariant: audio is passed on only for frames that the page requested. Dropping this ends all
//! captures.

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use super::{effect::Output, refusal::Refusal};
use crate::{
    capture_grants::CaptureGrants,
    system_audio::SystemAudio,
    wire::{
        frame::{Frame, MAX_AUDIO_FRAMES, ReceivedAudio, Samples},
        id::ReceiverId,
    },
};

/// More than a person shares.
const MAX_CAPTURES: usize = 4;

#[derive(Debug)]
pub(super) struct SystemAudioCaptures {
    grants: Arc<CaptureGrants>,
    open: BTreeMap<ReceiverId, SystemAudio>,
}

impl SystemAudioCaptures {
    pub(super) fn new(grants: Arc<CaptureGrants>) -> Self {
        Self {
            grants,
            open: BTreeMap::new(),
        }
    }

    pub(super) fn open(
        &mut self,
        now: Instant,
        receiver: ReceiverId,
        grant: &str,
    ) -> Result<(), Refusal> {
        if self.open.contains_key(&receiver) {
            return Err(Refusal::Taken);
        }
        if self.open.len() >= MAX_CAPTURES {
            return Err(Refusal::TooMany);
        }
        let server = self.grants.system_audio.redeem(now, grant);
        let server = server.ok_or(Refusal::NotGranted)?;
        self.open.insert(receiver, SystemAudio::start(server));
        Ok(())
    }

    pub(super) fn close(&mut self, receiver: ReceiverId) -> Result<(), Refusal> {
        let closed = self.open.remove(&receiver);
        closed.map(drop).ok_or(Refusal::UnknownReceiver(receiver))
    }

    /// `None` for a receiver of a connection.
    pub(super) fn handle_frame_request(&self, receiver: ReceiverId, frames: u16) -> Option<Output> {
        let audio = self.open.get(&receiver)?;
        let frames = frames.clamp(1, MAX_AUDIO_FRAMES);
        let mixed = audio.mix(frames).into_iter();
        let bytes: Vec<u8> = mixed.flat_map(f32::to_le_bytes).collect();
        let samples = Samples::read(2, &bytes).ok()?;
        let bytes = Frame::ReceivedAudio(ReceivedAudio { receiver, samples }).encode();
        Some(Output::Audio {
            receiver,
            frames,
            bytes,
        })
    }
}
