//! The captured screens and windows of one page.
//!
//! Invariant: a frame is passed on only after the page requested it. Dropping this ends all
//! captures. Updates of a closed capture are ignored.

use std::{
    collections::BTreeMap,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

use screen_capture::{Capture, End, Event as CaptureEvent, Frame as CapturedFrame};
use tokio::sync::mpsc;

use super::{effect::Output, refusal::Refusal};
use crate::{
    capture_grants::{CaptureGrants, CaptureSource},
    wire::{
        event::Event,
        frame::{CapturedRows, Frame},
        id::CaptureId,
    },
};

/// More than a person shares.
const MAX_CAPTURES: usize = 8;
/// A capture has at most one frame and its end here; with more, its thread waits.
const MAX_QUEUED_UPDATES: usize = 2 * MAX_CAPTURES;

#[derive(Debug)]
pub(super) struct Captures {
    grants: Arc<CaptureGrants>,
    open: BTreeMap<CaptureId, Capture>,
    sender: mpsc::Sender<CaptureUpdate>,
    updates: mpsc::Receiver<CaptureUpdate>,
}

/// An event of a capture.
#[derive(Debug)]
pub(crate) struct CaptureUpdate {
    capture: CaptureId,
    event: CaptureEvent,
}

impl Captures {
    pub(super) fn new(grants: Arc<CaptureGrants>) -> Self {
        let (sender, updates) = mpsc::channel(MAX_QUEUED_UPDATES);
        Self {
            grants,
            open: BTreeMap::new(),
            sender,
            updates,
        }
    }

    pub(super) fn open(
        &mut self,
        now: Instant,
        capture: CaptureId,
        grant: &str,
        frame_rate: f64,
    ) -> Result<(), Refusal> {
        if self.open.contains_key(&capture) {
            return Err(Refusal::Taken);
        }
        if self.open.len() >= MAX_CAPTURES {
            return Err(Refusal::TooMany);
        }
        let source = self.grants.displays.redeem(now, grant);
        let source = source.ok_or(Refusal::NotGranted)?;
        let sender = self.sender.clone();
        let handle = move |event| {
            // The page session may be gone; then the capture ends as well.
            let _ = sender.blocking_send(CaptureUpdate { capture, event });
        };
        let started = match source {
            CaptureSource::Display { display, id } => {
                Capture::start(display, id, frame_rate, handle)
            }
            #[cfg(target_os = "linux")]
            CaptureSource::Portal(shared) => Capture::start_shared(shared, frame_rate, handle),
        };
        let started = started.map_err(|_| Refusal::NoThread)?;
        self.open.insert(capture, started);
        Ok(())
    }

    pub(super) fn request_frame(&self, capture: CaptureId) -> Result<(), Refusal> {
        self.get(capture)?.request_frame();
        Ok(())
    }

    pub(super) fn set_frame_rate(
        &self,
        capture: CaptureId,
        frame_rate: f64,
    ) -> Result<(), Refusal> {
        self.get(capture)?.set_frame_rate(frame_rate);
        Ok(())
    }

    pub(super) fn close(&mut self, capture: CaptureId) -> Result<(), Refusal> {
        let closed = self.open.remove(&capture);
        closed.map(drop).ok_or(Refusal::UnknownCapture(capture))
    }

    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<CaptureUpdate> {
        // The channel has a sender as long as this.
        match self.updates.poll_recv(context) {
            Poll::Ready(Some(update)) => Poll::Ready(update),
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }

    pub(super) fn handle_update(&mut self, update: CaptureUpdate) -> Vec<Output> {
        let CaptureUpdate { capture, event } = update;
        if !self.open.contains_key(&capture) {
            return Vec::new();
        }
        match event {
            CaptureEvent::Frame(frame) => rows(capture, &frame),
            CaptureEvent::Ended(end) => {
                self.open.remove(&capture);
                let error = match end {
                    End::SourceGone => None,
                    End::Failed(error) => Some(error.to_string()),
                };
                vec![Output::Event(Event::CaptureEnded { capture, error })]
            }
        }
    }

    fn get(&self, capture: CaptureId) -> Result<&Capture, Refusal> {
        self.open
            .get(&capture)
            .ok_or(Refusal::UnknownCapture(capture))
    }
}

fn rows(capture: CaptureId, frame: &CapturedFrame) -> Vec<Output> {
    let last = frame.bands.len().saturating_sub(1);
    let bands = frame.bands.iter().enumerate();
    let messages = bands.map(|(index, band)| {
        let rows = Frame::CapturedRows(CapturedRows {
            last: index == last,
            capture,
            width: frame.width,
            height: frame.height,
            top: band.top,
            bytes: &band.bytes,
        });
        Output::CapturedRows(rows.encode())
    });
    messages.collect()
}
