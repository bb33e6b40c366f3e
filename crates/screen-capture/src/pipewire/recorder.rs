//! Records what a portal has granted: keeps the picture, and draws the pointer into its copy.
//!
//! Invariant: a frame has what changed since the one before.

use std::time::{Duration, Instant};

use super::{
    error::PipeWireError,
    stream::{Stream, Taken},
};
use crate::{
    error::CaptureError,
    i420::{self, Frame},
    image::Image,
    pointer::Pointer,
    portal::{PortalSession, PortalSource},
    rows::Rows,
};

/// PipeWire and the compositor agree within milliseconds.
const MAX_SILENCE: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(crate) struct StreamRecorder {
    stream: Stream,
    session: PortalSession,
    image: Image,
    pointer: Option<Pointer>,
    since: Option<Instant>,
}

impl StreamRecorder {
    /// `wake` is called when the share ends by itself.
    pub(crate) fn open(
        source: PortalSource,
        wake: impl Fn() + Clone + Send + Sync + 'static,
    ) -> Result<Self, CaptureError> {
        let PortalSource {
            remote,
            node,
            session,
            ..
        } = source;
        session.on_end(wake.clone());
        Ok(Self {
            stream: Stream::start(remote, node, wake)?,
            session,
            image: Image::new(0, 0),
            pointer: None,
            since: None,
        })
    }

    /// `None` if nothing has changed.
    ///
    /// # Errors
    /// [`CaptureError::Gone`] when the person or the desktop has ended it.
    pub(crate) fn next_frame(&mut self, now: Instant) -> Result<Option<Frame>, CaptureError> {
        if self.session.has_ended() {
            return Err(CaptureError::Gone);
        }
        let update = match self.stream.take(&mut self.image)? {
            Taken::NotYet => {
                let since = *self.since.get_or_insert(now);
                if now.saturating_duration_since(since) > MAX_SILENCE {
                    return Err(PipeWireError::Silent.into());
                }
                return Ok(None);
            }
            Taken::Ended => return Err(CaptureError::Gone),
            Taken::Update(update) => update,
        };
        let height = self.image.height();
        let rows = |pointer: &Option<Pointer>| {
            let pointer = pointer.as_ref();
            pointer.and_then(|pointer| pointer.rows(height))
        };
        let mut changed = update.changed;
        if update.pointer != self.pointer {
            let pointed = Rows::union(rows(&self.pointer), rows(&update.pointer));
            changed = Rows::union(changed, pointed);
            self.pointer = update.pointer;
        }
        Ok(changed.and_then(|rows| i420::frame(&self.image, rows, self.pointer.as_ref())))
    }
}
