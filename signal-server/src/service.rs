//! Tells systemd that the relay listens, so that `systemctl restart` waits for it and fails with it.
//!
//! Invariant: whoever was not started by systemd tells nobody anything.

/// To be called once everything that was asked for is open.
#[cfg(target_os = "linux")]
pub(crate) fn tell_ready() {
    use sd_notify::{NotifyState, notify};

    if let Err(error) = notify(&[NotifyState::Ready]) {
        tracing::warn!(%error, "systemd does not know that the relay listens");
    }
}

/// There is no systemd here.
#[cfg(not(target_os = "linux"))]
pub(crate) fn tell_ready() {}
