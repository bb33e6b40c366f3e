//! The content of a directed message, which the relay carries and never reads.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::value::RawValue;

/// A JSON string exactly as in the sender's frame, with quotes and escapes.
///
/// Invariant: the text is one valid JSON string token. So a relay forwards it without decoding, and
/// the receiver gets the same bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Payload(Box<str>);

impl Payload {
    /// A payload with this text.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        Self(serde_json::Value::from(text).to_string().into())
    }

    /// The payload in `raw`, unless `raw` is no JSON string.
    #[must_use]
    pub fn from_raw(raw: &RawValue) -> Option<Self> {
        raw.get()
            .starts_with('"')
            .then(|| Self::from_token(raw.get()))
    }

    /// `token` must be one valid JSON string token.
    pub(crate) fn from_token(token: &str) -> Self {
        Self(token.into())
    }

    /// The token, for a frame.
    pub(crate) fn as_token(&self) -> &str {
        &self.0
    }

    /// The sender's text, decoded. `None` if it contains half of a surrogate pair.
    #[must_use]
    pub fn to_text(&self) -> Option<String> {
        serde_json::from_str(&self.0).ok()
    }

    /// Its size in a frame.
    #[must_use]
    pub fn wire_bytes(&self) -> usize {
        self.0.len()
    }
}

/// It may be long, and it is confidential.
impl fmt::Debug for Payload {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Payload({} bytes)", self.wire_bytes())
    }
}

impl Serialize for Payload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_json::from_str::<&RawValue>(&self.0)
            .map_err(ser::Error::custom)?
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer).map_err(de::Error::custom)?;
        Ok(Self::from_text(&text))
    }
}
