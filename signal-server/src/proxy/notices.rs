//! Log lines about a proxy that names no client.
//!
//! Invariant: each is logged at most once an hour, and without an address below level `debug`.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::http::HeaderMap;
use tracing::{debug, warn};

use super::{FORWARDED_FOR, Origination};

const REPEAT_INTERVAL: Duration = Duration::from_secs(3600);

#[derive(Debug, Default)]
pub(crate) struct Notices {
    untrusted: Seldom,
    unreadable: Seldom,
    unnamed: Seldom,
}

#[derive(Debug, Default)]
struct Seldom(Mutex<Option<Instant>>);

impl Notices {
    /// `is_person` is false for a proxy's own requests, such as health checks.
    pub(crate) fn handle(
        &self,
        origination: Origination,
        headers: &HeaderMap,
        is_person: bool,
        now: Instant,
    ) {
        match origination {
            Origination::Client(_) => {}
            Origination::Untrusted(_) => {
                if self.untrusted.is_due(now) {
                    warn!(
                        "requests come with X-Forwarded-For, which is not believed: if a reverse \
                         proxy is in front, name its address with --trusted-proxy"
                    );
                }
            }
            Origination::Unreadable(_) => {
                let lines: Vec<_> = headers.get_all(FORWARDED_FOR).iter().collect();
                debug!(?lines, "X-Forwarded-For cannot be read");
                if self.unreadable.is_due(now) {
                    warn!(
                        "a trusted proxy writes an X-Forwarded-For that names no address, so its \
                         clients count as one: let it add the client's address, as nginx's \
                         $proxy_add_x_forwarded_for does; SNUG_LOG=debug shows what it writes"
                    );
                }
            }
            Origination::Unnamed(_) => {
                if is_person && self.unnamed.is_due(now) {
                    warn!(
                        "a trusted proxy writes no X-Forwarded-For, so its clients count as one: \
                         let it add the client's address there (Forwarded and X-Real-IP are not \
                         read)"
                    );
                }
            }
        }
    }
}

impl Seldom {
    fn is_due(&self, now: Instant) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let due = last.is_none_or(|last| now.saturating_duration_since(last) >= REPEAT_INTERVAL);
        if due {
            *last = Some(now);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notice_is_due_once_an_hour() {
        let seldom = Seldom::default();
        let start = Instant::now();
        let second = Duration::from_secs(1);
        let due: Vec<bool> = [
            start,
            start + second,
            start + REPEAT_INTERVAL - second,
            start + REPEAT_INTERVAL,
            start + REPEAT_INTERVAL + second,
        ]
        .map(|now| seldom.is_due(now))
        .to_vec();
        assert_eq!(due, [true, false, false, true, false]);
    }
}
