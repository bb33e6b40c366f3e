//! Errors of opening a bridge, as the page reads them: `{ code, message }`.

use serde::{Serialize, Serializer, ser::SerializeStruct};

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    #[error("only a page with an origin of its own can make peer connections")]
    NoPage,
    #[error("the transport cannot listen on 127.0.0.1; see the app's log")]
    NoBridge,
}

impl Error {
    const fn code(self) -> &'static str {
        match self {
            Self::NoPage => "no-page",
            Self::NoBridge => "no-bridge",
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
