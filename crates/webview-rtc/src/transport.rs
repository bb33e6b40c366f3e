//! The door of this crate: what a shell keeps for all its pages.

use tokio::sync::OnceCell;

use crate::bridge::{Admission, Bridge, BridgeError, Limits};

#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    pub limits: Limits,
}

/// All bridges of a process. Nothing listens before the first page asks; dropping it ends them all.
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

    /// Makes a token for a page of this origin, given as its `Origin` header will say it
    /// (`tauri://localhost`). Only the shell knows who asks: give it the webview's own origin,
    /// never one that a page names. Inside a tokio runtime.
    ///
    /// # Errors
    /// When the system gives no port on 127.0.0.1.
    pub async fn admit(&self, origin: &str) -> Result<Admission, BridgeError> {
        let listen = async || Bridge::listen(self.options.limits);
        let bridge = self.bridge.get_or_try_init(listen).await?;
        Ok(bridge.admit(origin))
    }

    /// How many sockets were not let in: bad tokens, foreign origins, too many.
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
