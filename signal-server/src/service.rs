//! What the service manager is told: that the relay listens, so that `systemctl restart` waits for
//! it and fails with it, and that it is alive (sd_notify(3), sd_watchdog_enabled(3)).
//!
//! Invariant: without `NOTIFY_SOCKET` nobody is told anything, and nothing here holds the relay up.

#[cfg(target_os = "linux")]
mod notify;

#[cfg(target_os = "linux")]
pub(crate) use notify::Manager;

/// There is no systemd here.
#[cfg(not(target_os = "linux"))]
#[derive(Debug)]
pub(crate) struct Manager;

#[cfg(not(target_os = "linux"))]
impl Manager {
    pub(crate) fn find() -> Self {
        Self
    }

    pub(crate) fn tell_ready(&self) {}

    /// Never ends.
    pub(crate) async fn keep_watchdog(&self) {
        std::future::pending().await
    }
}
