//! Entry point of this crate: one `Transport` serves all pages of a process.
//!
//! Invariant: without a page nothing listens.

use tokio::sync::OnceCell;

use crate::{
    bridge::{Admission, Bridge, BridgeError, Limits},
    capture_grants::CaptureSource,
    system_audio::SoundServer,
};

#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    pub limits: Limits,
}

/// All bridges of a process. It listens from the first [`Transport::admit`] or granted capture on; dropping it closes all
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
        Ok(self.bridge().await?.admit(origin))
    }

    /// Lets a page capture a screen or a window: the result is for
    /// [`crate::wire::request::RequestKind::OpenCapture`], is valid once, and as long as a token of
    /// [`Transport::admit`]. Give it only to a page that may see what the person sees.
    ///
    /// # Errors
    /// When no port on 127.0.0.1 is available.
    pub async fn grant_capture(&self, source: CaptureSource) -> Result<String, BridgeError> {
        Ok(self.bridge().await?.grant_capture(source))
    }

    /// Lets a page capture what the computer's other programs play: the result is for
    /// [`crate::wire::request::RequestKind::OpenSystemAudio`], and as that of
    /// [`Self::grant_capture`]. [`SoundServer::is_available`] says beforehand whether there will be
    /// more than silence.
    ///
    /// # Errors
    /// When no port on 127.0.0.1 is available.
    pub async fn grant_system_audio(&self, server: SoundServer) -> Result<String, BridgeError> {
        Ok(self.bridge().await?.grant_system_audio(server))
    }

    /// Sockets refused so far: bad token, foreign origin, or too many bridges.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.bridge.get().map_or(0, Bridge::refused)
    }
}

impl Transport {
    async fn bridge(&self) -> Result<&Bridge, BridgeError> {
        let listen = async || Bridge::listen(self.options.limits);
        self.bridge.get_or_try_init(listen).await
    }
}

impl Default for Transport {
    fn default() -> Self {
        Self::new(Options::default())
    }
}
