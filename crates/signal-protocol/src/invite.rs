//! The link that brings somebody into a room: `snug://HOST[:PORT]/r/ROOM` opens the app,
//! `https://HOST/r/ROOM` the page that the relay serves.

use std::{fmt, str::FromStr};

use crate::{AddressError, RelayAddress, RoomName};

/// A room on a relay.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Invite {
    pub relay: RelayAddress,
    pub room: RoomName,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InviteError {
    #[error("This is not an invite link. One looks like https://relay.example.org/r/42.")]
    NotALink,
    #[error("The invite link names no room. One looks like https://relay.example.org/r/42.")]
    NoRoom,
    #[error(transparent)]
    Address(#[from] AddressError),
}

impl Invite {
    /// # Errors
    /// A sentence that says what an invite link looks like.
    pub fn parse(text: &str) -> Result<Self, InviteError> {
        let text = text.trim();
        let (scheme, rest) = text.split_once("://").ok_or(InviteError::NotALink)?;
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        let (authority, path) = rest.split_once('/').ok_or(InviteError::NoRoom)?;
        let room = path
            .strip_prefix("r/")
            .ok_or(InviteError::NoRoom)?
            .trim_end_matches('/');
        let room = RoomName::parse(room).map_err(|_| InviteError::NoRoom)?;
        let relay = RelayAddress::parse(&format!("{scheme}://{authority}"))?;
        Ok(Self { relay, room })
    }

    /// The link for a browser: `https://HOST[:PORT]/r/ROOM`.
    #[must_use]
    pub fn web_url(&self) -> String {
        format!("{}/r/{}", self.relay.web_origin(), self.room)
    }
}

/// The link for the app: `snug://HOST[:PORT]/r/ROOM`. A relay whose TLS differs from what its
/// host implies cannot be written so and keeps its web link, which the app reads as well.
impl fmt::Display for Invite {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let relay = self.relay.to_string();
        if relay.contains("://") {
            return formatter.write_str(&self.web_url());
        }
        write!(formatter, "snug://{relay}/r/{}", self.room)
    }
}

impl FromStr for Invite {
    type Err = InviteError;

    fn from_str(text: &str) -> Result<Self, InviteError> {
        Self::parse(text)
    }
}
