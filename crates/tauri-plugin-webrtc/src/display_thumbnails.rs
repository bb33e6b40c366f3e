//! Small pictures of screens and windows for the page's picker, taken by one thread.
//!
//! Invariant: one picture at a time, and only when a page asks for it. Without a request for
//! [`IDLE`] the thread ends, and with it its connection to the display.

use std::{
    sync::{
        Mutex, PoisonError,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread,
    time::Duration,
};

use screen_capture::{SourceId, Thumbnail, Thumbnailer};

/// Longer than a page waits between two rounds.
const IDLE: Duration = Duration::from_secs(10);
/// In pixels.
const MAX_SIZE: (u16, u16) = (240, 150);

/// Starts without a thread.
#[derive(Debug, Default)]
pub(crate) struct DisplayThumbnails {
    /// A std mutex: locked to send, never across an await. Empty while there is no thread.
    requests: Mutex<Option<SyncSender<Request>>>,
}

#[derive(Debug)]
struct Request {
    source: SourceId,
    reply: SyncSender<Option<Thumbnail>>,
}

impl DisplayThumbnails {
    /// Waits until it is taken. `None` if the source shows nothing or is gone.
    pub(crate) fn take(&self, source: SourceId) -> Option<Thumbnail> {
        let (reply, taken) = sync_channel(1);
        self.send(Request { source, reply })?;
        taken.recv().ok().flatten()
    }

    fn send(&self, request: Request) -> Option<()> {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let request = match requests.as_ref() {
            None => request,
            Some(sender) => match sender.send(request) {
                Ok(()) => return Some(()),
                // The thread has just ended.
                Err(unsent) => unsent.0,
            },
        };
        let (sender, received) = sync_channel(1);
        sender.send(request).ok()?;
        let started = thread::Builder::new()
            .name("thumbnails".to_owned())
            .spawn(move || serve(&received));
        if let Err(error) = started {
            tracing::warn!(%error, "no thumbnails for a page");
            return None;
        }
        *requests = Some(sender);
        Some(())
    }
}

fn serve(requests: &Receiver<Request>) {
    let mut thumbnailer = match Thumbnailer::open(None) {
        Ok(opened) => opened,
        Err(error) => {
            tracing::warn!(%error, "no thumbnails for a page");
            return;
        }
    };
    loop {
        match requests.recv_timeout(IDLE) {
            Ok(Request { source, reply }) => {
                let taken = thumbnailer.take(source, MAX_SIZE);
                let taken = taken.unwrap_or_else(|error| {
                    tracing::debug!(%error, "no thumbnail");
                    None
                });
                // The page may be gone.
                reply.send(taken).ok();
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return,
        }
    }
}
