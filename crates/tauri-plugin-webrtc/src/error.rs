//! Errors of the commands, as the page reads them: `{ code, message }`.

use serde::{Serialize, Serializer, ser::SerializeStruct};

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    #[error("only a page with an origin of its own can make peer connections")]
    NoPage,
    #[error("the transport cannot listen on 127.0.0.1; see the app's log")]
    NoBridge,
    #[error("the screens and windows of this display cannot be captured; see the app's log")]
    NoDisplay,
    #[error("this is no id of a screen or window")]
    UnknownSource,
    #[error("the person shares nothing")]
    Cancelled,
    #[error(
        "this desktop has no portal for sharing screens; install xdg-desktop-portal and its part for the desktop, as xdg-desktop-portal-gnome, -kde or -wlr"
    )]
    NoPortal,
    #[error("PipeWire is not installed; install pipewire, wireplumber and libpipewire-0.3-0")]
    NoPipeWire,
    #[error("the desktop's portal shares nothing; see the app's log")]
    Portal,
}

impl Error {
    const fn code(self) -> &'static str {
        match self {
            Self::NoPage => "no-page",
            Self::NoBridge => "no-bridge",
            Self::NoDisplay => "no-display",
            Self::UnknownSource => "unknown-source",
            Self::Cancelled => "cancelled",
            Self::NoPortal => "no-portal",
            Self::NoPipeWire => "no-pipewire",
            Self::Portal => "portal",
        }
    }
}

impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Error", 2)?;
        fields.serialize_field("code", self.code())?;
        fields.serialize_field("message", &self.to_string())?;
        fields.end()
    }
}
