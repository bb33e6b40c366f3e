//! Invite links that open the app: kept until the page listens, then passed on.
//!
//! Systems start the app with the link on its command line (Linux, Windows) or send it to the
//! running app (macOS). A second start opens a second window, for two people at one computer.
//!
//! Invariant: only the newest link waits; it replaces an older one.

use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::invite::OpenedInvite;

pub(crate) type InviteSink = Box<dyn Fn(OpenedInvite) + Send>;

#[derive(Default)]
pub(crate) struct DeepLinks {
    /// Never locked across an await.
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    pending: Option<OpenedInvite>,
    page: Option<InviteSink>,
}

impl DeepLinks {
    pub(crate) fn open(&self, invited: OpenedInvite) {
        let mut state = self.lock();
        match &state.page {
            Some(page) => page(invited),
            None => state.pending = Some(invited),
        }
    }

    /// Sends all further links to this page; a reloaded page replaces the previous one.
    pub(crate) fn listen(&self, page: InviteSink) {
        let mut state = self.lock();
        if let Some(invited) = state.pending.take() {
            page(invited);
        }
        state.page = Some(page);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing in here panics half-way, so a poisoned state is a whole one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for DeepLinks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DeepLinks")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::relay_choice::RelayChoice;

    fn invited(room: &str) -> OpenedInvite {
        OpenedInvite::Room {
            room: room.to_owned(),
            relay: RelayChoice::ThisComputer,
            secret: None,
        }
    }

    #[test]
    fn link_waits_for_the_page_and_is_delivered_once() {
        let links = DeepLinks::default();
        links.open(invited("1"));
        links.open(invited("2"));

        let heard = Arc::new(Mutex::new(Vec::new()));
        for _ in 0..2 {
            let heard = Arc::clone(&heard);
            links.listen(Box::new(move |invited| {
                heard.lock().unwrap().push(invited);
            }));
        }
        links.open(invited("3"));

        assert_eq!(*heard.lock().unwrap(), [invited("2"), invited("3")]);
    }
}
