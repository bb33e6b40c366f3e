//! Reloads the page after a crash of its web process; the page then rejoins its call.
//!
//! Invariant: a page that keeps crashing is reloaded only [`MAX_CRASHES`] times in
//! [`CRASH_WINDOW`].

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use webkit2gtk::{WebProcessTerminationReason, WebView, WebViewExt};

/// Number of reloads within [`CRASH_WINDOW`]; the next crash gives up.
const MAX_CRASHES: usize = 3;
const CRASH_WINDOW: Duration = Duration::from_secs(60);

const GAVE_UP_TEXT: &str = "The page of Snug stops as soon as it is loaded. Close this window and start Snug again. \
     If that does not help, update your system's WebKitGTK and its GStreamer plugins.";

/// Times of recent crashes of the web process.
#[derive(Debug, Default)]
struct CrashHistory(VecDeque<Instant>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CrashAction {
    Reload,
    GiveUp,
}

impl CrashHistory {
    fn handle_crash(&mut self, now: Instant) -> CrashAction {
        while let Some(&first) = self.0.front()
            && now.saturating_duration_since(first) > CRASH_WINDOW
        {
            self.0.pop_front();
        }
        if self.0.len() == MAX_CRASHES {
            return CrashAction::GiveUp;
        }
        self.0.push_back(now);
        CrashAction::Reload
    }
}

pub(super) fn watch(view: &WebView) {
    let crashes = std::cell::RefCell::new(CrashHistory::default());
    view.connect_web_process_terminated(move |view, reason| {
        if reason == WebProcessTerminationReason::TerminatedByApi {
            return;
        }
        tracing::warn!(?reason, "the page's process is gone");
        #[allow(
            clippy::disallowed_methods,
            reason = "this is where the shell meets the web engine"
        )]
        let now = Instant::now();
        match crashes.borrow_mut().handle_crash(now) {
            CrashAction::Reload => view.reload(),
            CrashAction::GiveUp => view.load_plain_text(GAVE_UP_TEXT),
        }
    });
}

#[cfg(test)]
#[allow(
    clippy::disallowed_methods,
    reason = "tests begin their virtual time at some instant"
)]
mod tests {
    use super::*;

    /// Crash times in seconds with the expected action.
    fn check(crashes: &[(u64, CrashAction)]) {
        let start = Instant::now();
        let mut kept = CrashHistory::default();
        for &(second, expect) in crashes {
            let now = start + Duration::from_secs(second);
            assert_eq!(
                kept.handle_crash(now),
                expect,
                "second {second} of {crashes:?}"
            );
        }
    }

    #[test]
    fn page_reloads_until_it_crashes_too_often() {
        use CrashAction::{GiveUp, Reload};
        check(&[
            (0, Reload),
            (1, Reload),
            (2, Reload),
            (3, GiveUp),
            (4, GiveUp),
        ]);
        check(&[
            (0, Reload),
            (30, Reload),
            (59, Reload),
            (61, Reload),
            (62, GiveUp),
        ]);
        check(&[
            (0, Reload),
            (3600, Reload),
            (7200, Reload),
            (10_800, Reload),
        ]);
    }
}
