//! Permissions to capture one screen or window, or the system's audio, which the shell gives and a
//! page redeems.
//!
//! Invariant: a grant starts one capture, before it expires, and of the source that the shell named.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

#[cfg(target_os = "linux")]
use screen_capture::PortalSource;
use screen_capture::SourceId;

use crate::system_audio::SoundServer;

/// More than a page asks for. Beyond the limit the oldest grant is removed.
const MAX_PENDING_GRANTS: usize = 16;

/// A screen or a window.
#[derive(Debug)]
pub enum CaptureSource {
    /// Of an X11 display.
    Display {
        /// As in `DISPLAY`, which `None` reads.
        display: Option<String>,
        id: SourceId,
    },
    /// What the person has chosen in a dialog of the desktop. Without a capture the share ends with
    /// its grant.
    #[cfg(target_os = "linux")]
    Portal(PortalSource),
}

/// Of one process, for all its pages.
#[derive(Debug)]
pub(crate) struct CaptureGrants {
    pub(crate) displays: Grants<CaptureSource>,
    pub(crate) system_audio: Grants<SoundServer>,
}

impl CaptureGrants {
    pub(crate) fn new(lifetime: Duration) -> Self {
        Self {
            displays: Grants::new(lifetime),
            system_audio: Grants::new(lifetime),
        }
    }
}

/// Of one kind of source.
pub(crate) struct Grants<S> {
    lifetime: Duration,
    /// A std mutex: locked for a search in a short list, never across an await.
    pending: Mutex<VecDeque<PendingGrant<S>>>,
}

struct PendingGrant<S> {
    text: String,
    source: S,
    expires: Instant,
}

impl<S> Grants<S> {
    fn new(lifetime: Duration) -> Self {
        Self {
            lifetime,
            pending: Mutex::default(),
        }
    }

    /// 128 random bits as text.
    pub(crate) fn grant(&self, now: Instant, source: S) -> String {
        let text = format!("{:032x}", rand::random::<u128>());
        let mut pending = self.pending();
        pending.retain(|grant| now < grant.expires);
        if pending.len() >= MAX_PENDING_GRANTS {
            pending.pop_front();
        }
        pending.push_back(PendingGrant {
            text: text.clone(),
            source,
            expires: now + self.lifetime,
        });
        text
    }

    pub(crate) const fn lifetime(&self) -> Duration {
        self.lifetime
    }

    pub(crate) fn remove_expired(&self, now: Instant) {
        self.pending().retain(|grant| now < grant.expires);
    }

    pub(crate) fn redeem(&self, now: Instant, text: &str) -> Option<S> {
        let mut pending = self.pending();
        let index = pending.iter().position(|grant| grant.text == text)?;
        let grant = pending.remove(index)?;
        (now < grant.expires).then_some(grant.source)
    }

    fn pending(&self) -> MutexGuard<'_, VecDeque<PendingGrant<S>>> {
        // No change of the list panics, so a poisoned lock is still consistent.
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// Grants must not appear in logs.
impl<S> fmt::Debug for Grants<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Grants")
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFETIME: Duration = Duration::from_secs(10);

    fn source(window: u32) -> CaptureSource {
        CaptureSource::Display {
            display: None,
            id: SourceId::Window(window),
        }
    }

    fn redeem(grants: &Grants<CaptureSource>, now: Instant, text: &str) -> Option<SourceId> {
        let source = grants.redeem(now, text)?;
        let CaptureSource::Display { display: None, id } = source else {
            panic!("{source:?}")
        };
        Some(id)
    }

    #[test]
    fn grant_is_single_use_and_expires() {
        let start = Instant::now();
        let grants = Grants::new(LIFETIME);
        let first = grants.grant(start, source(1));
        let second = grants.grant(start, source(2));
        assert_eq!(redeem(&grants, start, &first), Some(SourceId::Window(1)));
        assert_eq!(redeem(&grants, start, &first), None);
        assert_eq!(redeem(&grants, start + LIFETIME, &second), None);
        assert_eq!(redeem(&grants, start, ""), None);
    }

    #[test]
    fn expired_grant_is_removed() {
        let start = Instant::now();
        let grants = Grants::new(LIFETIME);
        grants.grant(start, source(1));
        let later = grants.grant(start + LIFETIME / 2, source(2));
        grants.remove_expired(start + LIFETIME);
        assert_eq!(grants.pending().len(), 1);
        let now = start + LIFETIME;
        assert_eq!(redeem(&grants, now, &later), Some(SourceId::Window(2)));
    }

    #[test]
    fn oldest_grant_is_removed_beyond_the_limit() {
        let start = Instant::now();
        let grants = Grants::new(LIFETIME);
        let first = grants.grant(start, source(1));
        for _ in 0..MAX_PENDING_GRANTS {
            grants.grant(start, source(2));
        }
        assert_eq!(redeem(&grants, start, &first), None);
    }
}
