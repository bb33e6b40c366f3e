//! Notifications to systemd: ready, so that `systemctl restart` waits for the relay and reports its
//! failure, and the watchdog (sd_notify(3), sd_watchdog_enabled(3)).
//!
//! Invariant: without `NOTIFY_SOCKET` nothing is sent. Nothing here delays the relay.

#[cfg(target_os = "linux")]
mod notify;

#[cfg(target_os = "linux")]
pub(crate) use notify::Notifier;

/// No systemd on this system.
#[cfg(not(target_os = "linux"))]
#[derive(Debug)]
pub(crate) struct Notifier;

#[cfg(not(target_os = "linux"))]
impl Notifier {
    pub(crate) fn from_env() -> Self {
        Self
    }

    pub(crate) fn tell_ready(&self) {}

    /// Never resolves.
    pub(crate) async fn keep_watchdog(&self) {
        std::future::pending().await
    }
}
