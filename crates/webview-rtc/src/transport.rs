//! Entry point of this crate: one `Transport` serves all pages of a process.
//!
//! Invariant: without a page nothing listens.

use tokio::sync::OnceCell;

use crate::bridge::{Admission, Bridge, BridgeError, Limits};

#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    pub limits: Limits,
}

/// All bridges of a process. It listens from the first [`Transport::admit`] on; dropping it closes all
/// bridges.
#[derive(Debug)]
pub struct Transport {
    options: Options,
    bridge: OnceCell<Bridge>,
}

impl Transport {
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            options,
            bridge: OnceCell::new(),
        }
    }

    /// Creates a token for a page of this origin, in the form of the `Origin` header
    /// (`tauri://localhost`). Pass the origin that the shell reads from the webview, never one that
    /// the page claims. Needs a tokio runtime.
    ///
    /// # Errors
    /// When no port on 127.0.0.1 is available.
    pub async fn admit(&self, origin: &str) -> Result<Admission, BridgeError> {
        let listen = async || Bridge::listen(self.options.limits);
        let bridge = self.bridge.get_or_try_init(listen).await?;
        Ok(bridge.admit(origin))
    }

    /// Sockets refused so far: bad token, foreign origin, or too many bridges.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.bridge.get().map_or(0, Bridge::refused)
    }
}

impl Default for Transport {
    fn default() -> Self {
        Self::new(Options::default())
    }
}
