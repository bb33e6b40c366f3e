//! Brings a page back whose process died: it is loaded again, and the call with it.
//!
//! Invariant: a page that dies as soon as it is loaded is not loaded for ever.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use webkit2gtk::{WebProcessTerminationReason, WebView, WebViewExt};

/// More deaths than this within [`SPAN`] are no accident.
const DEATHS: usize = 3;
const SPAN: Duration = Duration::from_secs(60);

const GAVE_UP: &str = "The page of Snug stops as soon as it is loaded. Close this window and start Snug again. \
     If that does not help, update your system's WebKitGTK and its GStreamer plugins.";

/// When the page's process died.
#[derive(Debug, Default)]
struct Deaths(VecDeque<Instant>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Treatment {
    LoadAgain,
    GiveUp,
}

impl Deaths {
    fn handle_death(&mut self, now: Instant) -> Treatment {
        while let Some(&first) = self.0.front()
            && now.saturating_duration_since(first) > SPAN
        {
            self.0.pop_front();
        }
        if self.0.len() == DEATHS {
            return Treatment::GiveUp;
        }
        self.0.push_back(now);
        Treatment::LoadAgain
    }
}

pub(super) fn watch(view: &WebView) {
    let deaths = std::cell::RefCell::new(Deaths::default());
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
        match deaths.borrow_mut().handle_death(now) {
            Treatment::LoadAgain => view.reload(),
            Treatment::GiveUp => view.load_plain_text(GAVE_UP),
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

    /// Seconds at which the page dies, and whether it is loaded again each time.
    fn check(deaths: &[(u64, Treatment)]) {
        let start = Instant::now();
        let mut kept = Deaths::default();
        for &(second, expect) in deaths {
            let now = start + Duration::from_secs(second);
            assert_eq!(
                kept.handle_death(now),
                expect,
                "second {second} of {deaths:?}"
            );
        }
    }

    #[test]
    fn a_page_is_loaded_again_until_it_dies_time_and_again() {
        use Treatment::{GiveUp, LoadAgain};
        check(&[
            (0, LoadAgain),
            (1, LoadAgain),
            (2, LoadAgain),
            (3, GiveUp),
            (4, GiveUp),
        ]);
        check(&[
            (0, LoadAgain),
            (30, LoadAgain),
            (59, LoadAgain),
            (61, LoadAgain),
            (62, GiveUp),
        ]);
        check(&[
            (0, LoadAgain),
            (3600, LoadAgain),
            (7200, LoadAgain),
            (10_800, LoadAgain),
        ]);
    }
}
