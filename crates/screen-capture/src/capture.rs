//! A running capture: the thread that captures, and its receiver's handle.
#![allow(
    clippy::disallowed_methods,
    reason = "the shell reads the clock of one capture here"
)]
//!
//! Invariant: [`Event::Ended`] is the last event, and comes at most once. No event follows the drop
//! of [`Capture`], except one that is being handled.

use std::{
    io,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use tracing::debug;

use crate::{demand::Demand, error::CaptureError, i420::Frame, source::SourceId, x11::Recorder};
#[cfg(target_os = "linux")]
use crate::{pipewire::StreamRecorder, portal::PortalSource};

/// Far enough in the past for the first frame to be due.
const LONGEST_INTERVAL: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub enum Event {
    /// The frame that was requested.
    Frame(Frame),
    Ended(End),
}

/// Why a capture ended.
#[derive(Debug)]
pub enum End {
    /// The window was closed, the screen unplugged, or the share ended by the desktop.
    SourceGone,
    Failed(CaptureError),
}

/// Dropping it ends the capture.
#[derive(Debug)]
pub struct Capture {
    demand: Arc<Demand>,
}

impl Capture {
    /// Starts a thread, which calls `handle` for each event. `display` is as in `DISPLAY`, which
    /// `None` reads. `frame_rate` is in frames per second, limited to 0.2 to 60.
    ///
    /// # Errors
    /// When the system starts no thread.
    pub fn start(
        display: Option<String>,
        source: SourceId,
        frame_rate: f64,
        handle: impl FnMut(Event) + Send + 'static,
    ) -> io::Result<Self> {
        Self::spawn(frame_rate, handle, move |_| {
            let mut recorder = Recorder::open(display.as_deref(), source)?;
            Ok(move |now| recorder.next_frame(now))
        })
    }

    /// As [`Capture::start`], for what a portal has granted. The share ends with the capture.
    ///
    /// # Errors
    /// When the system starts no thread.
    #[cfg(target_os = "linux")]
    pub fn start_shared(
        source: PortalSource,
        frame_rate: f64,
        handle: impl FnMut(Event) + Send + 'static,
    ) -> io::Result<Self> {
        Self::spawn(frame_rate, handle, move |demand| {
            let demand = Arc::downgrade(demand);
            let wake = move || {
                if let Some(demand) = demand.upgrade() {
                    demand.source_ended();
                }
            };
            let mut recorder = StreamRecorder::open(source, wake)?;
            Ok(move |now| recorder.next_frame(now))
        })
    }

    /// `open` runs in the thread.
    fn spawn<N: NextFrame>(
        frame_rate: f64,
        mut handle: impl FnMut(Event) + Send + 'static,
        open: impl FnOnce(&Arc<Demand>) -> Result<N, CaptureError> + Send + 'static,
    ) -> io::Result<Self> {
        let demand = Arc::new(Demand::new(frame_rate));
        let of_thread = Arc::clone(&demand);
        thread::Builder::new()
            .name("screen-capture".to_owned())
            .spawn(move || {
                let opened = open(&of_thread);
                let recorded =
                    opened.and_then(|next_frame| record(next_frame, &of_thread, &mut handle));
                let end = match recorded {
                    Ok(()) => return,
                    Err(CaptureError::Gone) => End::SourceGone,
                    Err(error) => End::Failed(error),
                };
                debug!(?end, "capture ended by itself");
                handle(Event::Ended(end));
            })?;
        Ok(Self { demand })
    }

    /// Asks for one frame, which comes when the picture has changed. The first one comes at once.
    pub fn request_frame(&self) {
        self.demand.request_frame();
    }

    pub fn set_frame_rate(&self, frame_rate: f64) {
        self.demand.set_frame_rate(frame_rate);
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        self.demand.end();
    }
}

/// Gives the next frame of a source; `None` if nothing has changed.
trait NextFrame: FnMut(Instant) -> Result<Option<Frame>, CaptureError> {}

impl<N: FnMut(Instant) -> Result<Option<Frame>, CaptureError>> NextFrame for N {}

/// Returns when the receiver is gone.
fn record(
    mut next_frame: impl NextFrame,
    demand: &Demand,
    handle: &mut impl FnMut(Event),
) -> Result<(), CaptureError> {
    let start = Instant::now();
    let mut last = start.checked_sub(LONGEST_INTERVAL).unwrap_or(start);
    while demand.wait(last, Instant::now).is_ok() {
        last = Instant::now();
        if let Some(frame) = next_frame(last)? {
            demand.frame_given();
            handle(Event::Frame(frame));
        }
    }
    Ok(())
}
