//! The name by which the server knows a member.

use std::{fmt, sync::Arc};

/// Identifies a member: a person or program that may use the server.
///
/// It goes over the wire in the clear, as a part of the user name, so it should say nothing about a
/// person. User names have at most 508 bytes (RFC 8489, 14.3), of which the expiry takes up to 21.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MemberId(Arc<str>);

impl MemberId {
    /// Any text.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self(id.into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MemberId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
