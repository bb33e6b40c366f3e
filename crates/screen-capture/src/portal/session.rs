//! A share that a portal has granted, until one of both sides ends it.
//!
//! Invariant: the portal's session is closed when this is dropped.

use std::{
    fmt,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use ashpd::desktop::{Session, screencast::Screencast};
use futures_util::{Stream, StreamExt as _};
use tokio::sync::oneshot;

/// Of a portal that is told to close.
const MAX_CLOSING: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub(crate) struct PortalSession {
    ending: Arc<Ending>,
    /// Its drop tells the task.
    _held: oneshot::Sender<()>,
}

#[derive(Default)]
struct Ending {
    /// A std mutex: locked for an assignment, never across an await.
    state: Mutex<State>,
}

#[derive(Default)]
enum State {
    #[default]
    Running,
    Watched(Box<dyn FnOnce() + Send>),
    Ended,
}

impl PortalSession {
    /// Starts a task, which ends with the session. The portal's closing or an item of `died` ends
    /// it.
    pub(super) async fn watch(
        session: Arc<Session<Screencast>>,
        mut died: impl Stream<Item = ()> + Send + Unpin + 'static,
    ) -> Result<Self, ashpd::Error> {
        let (held, dropped) = oneshot::channel();
        let (subscribed, is_subscribed) = oneshot::channel();
        let ending = Arc::<Ending>::default();
        let of_task = Arc::clone(&ending);
        tokio::spawn(async move {
            let closed = match session.receive_closed().await {
                Ok(closed) => closed,
                Err(error) => return subscribed.send(Err(error)).unwrap_or(()),
            };
            let mut closed = pin!(closed);
            // Who asked may be gone; then so is `held`.
            let _ = subscribed.send(Ok(()));
            tokio::select! {
                _ = closed.next() => of_task.end(),
                _ = died.next() => of_task.end(),
                _ = dropped => {
                    let closing = tokio::time::timeout(MAX_CLOSING, session.close()).await;
                    tracing::debug!(?closing, "a share has ended");
                }
            }
        });
        is_subscribed
            .await
            .unwrap_or(Err(ashpd::Error::NoResponse))?;
        Ok(Self {
            ending,
            _held: held,
        })
    }

    pub(crate) fn has_ended(&self) -> bool {
        matches!(*self.ending.state(), State::Ended)
    }

    /// Calls `act` at the end, or now if it is over.
    pub(crate) fn on_end(&self, act: impl FnOnce() + Send + 'static) {
        let mut state = self.ending.state();
        if matches!(*state, State::Ended) {
            drop(state);
            act();
        } else {
            *state = State::Watched(Box::new(act));
        }
    }
}

impl Ending {
    fn end(&self) {
        let before = std::mem::replace(&mut *self.state(), State::Ended);
        if let State::Watched(act) = before {
            act();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No change of the state panics, so a poisoned lock is still consistent.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Ending {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Ending").finish_non_exhaustive()
    }
}
