//! The invite link to a room: `snug://HOST[:PORT]/r/ROOM` opens the app, `https://HOST/r/ROOM` the
//! page that the relay serves. With `#1.SECRET` after it, it is the link of a private room.
//!
//! Invariant: a link that is not understood is an error, never another room. The page reads links
//! in the same way (`ui/src/protocol/invite-link.ts`); both are tested with
//! `testdata/invites.json`.

use std::{fmt, str::FromStr, sync::Arc};

use serde::Serialize;

use crate::{
    AddressError, RelayAddress, RoomName, TypedRoomError,
    link_text::{self, LinkParts},
};

/// A room on a relay.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Invite {
    pub relay: RelayAddress,
    pub room: RoomName,
    /// The keys of a private room are derived from it. No relay ever sees it.
    pub secret: Option<InviteSecret>,
}

/// The fragment of a private room's link: a version, a dot, base64url.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct InviteSecret(Arc<str>);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum InviteError {
    #[error("This is not an invite link. One looks like https://relay.example.org/r/42.")]
    NotALink,
    #[error("The invite link names no room. One looks like https://relay.example.org/r/42.")]
    NoRoom,
    #[error(
        "The room in this invite link cannot be read. Ask for the link again, or enter the room \
         number."
    )]
    #[serde(rename = "room-unreadable")]
    Unreadable,
    #[error(
        "The end of this invite to a private room is missing or broken. Ask for the whole link \
         again."
    )]
    #[serde(rename = "secret-broken")]
    Secret,
    #[error("These are links to several rooms. Paste one of them.")]
    #[serde(rename = "several-rooms")]
    Several,
    #[error(transparent)]
    #[serde(untagged)]
    Room(#[from] TypedRoomError),
    #[error(transparent)]
    #[serde(untagged)]
    Address(#[from] AddressError),
}

impl Invite {
    #[must_use]
    pub const fn new(relay: RelayAddress, room: RoomName) -> Self {
        Self {
            relay,
            room,
            secret: None,
        }
    }

    /// Parses the invite in a text: a link alone, or in a sentence.
    ///
    /// # Errors
    /// A sentence with the fault and the form of an invite link.
    pub fn parse(text: &str) -> Result<Self, InviteError> {
        let plain = link_text::plain(text);
        let mut found: Option<Self> = None;
        let mut wrong = None;
        for link in link_text::links(&plain) {
            match (Self::from_parts(&link), &found) {
                (Ok(invite), Some(first)) if invite.room != first.room => {
                    return Err(InviteError::Several);
                }
                (Ok(_), Some(_)) => {}
                (Ok(invite), None) => found = Some(invite),
                // The fault of an invite is more useful than that another link is none.
                (Err(error), _) => match wrong {
                    None | Some(InviteError::NoRoom) => wrong = Some(error),
                    Some(_) => {}
                },
            }
        }
        found.ok_or_else(|| wrong.unwrap_or(InviteError::NotALink))
    }

    fn from_parts(link: &LinkParts<'_>) -> Result<Self, InviteError> {
        let room = room_of(link.path)?;
        let secret = InviteSecret::of(link.fragment)?;
        let address = if link.scheme.is_empty() {
            link.authority.to_owned()
        } else {
            format!("{}://{}", link.scheme, link.authority)
        };
        let relay = RelayAddress::parse(&address)?;
        Ok(Self {
            relay,
            room,
            secret,
        })
    }

    /// The link for a browser: `https://HOST[:PORT]/r/ROOM`.
    #[must_use]
    pub fn web_url(&self) -> String {
        self.link(&self.relay.web_origin())
    }

    fn link(&self, origin: &str) -> String {
        // A reader takes a dot at the end as the end of a sentence.
        let room = match self.room.as_str().strip_suffix('.') {
            Some(start) => format!("{start}%2E"),
            None => self.room.to_string(),
        };
        let fragment = match &self.secret {
            Some(secret) => format!("#{}", secret.as_str()),
            None => String::new(),
        };
        format!("{origin}/r/{room}{fragment}")
    }
}

/// The link for the app: `snug://HOST[:PORT]/r/ROOM`. If the relay's transport differs from the
/// default of its host, this form cannot express it. The web link is used then, which the app reads
/// as well.
impl fmt::Display for Invite {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let relay = self.relay.to_string();
        if relay.contains("://") {
            return formatter.write_str(&self.web_url());
        }
        formatter.write_str(&self.link(&format!("snug://{relay}")))
    }
}

impl FromStr for Invite {
    type Err = InviteError;

    fn from_str(text: &str) -> Result<Self, InviteError> {
        Self::parse(text)
    }
}

impl InviteSecret {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Fragments of other forms are ignored. A fragment that begins like ours and is incomplete
    /// must not lead into an open room.
    fn of(fragment: Option<&str>) -> Result<Option<Self>, InviteError> {
        let Some(fragment) = fragment.filter(|text| text.starts_with(|c: char| c.is_ascii_digit()))
        else {
            return Ok(None);
        };
        let fragment = without_closing(fragment);
        let (version, secret) = fragment.split_once('.').ok_or(InviteError::Secret)?;
        let is_whole = version.bytes().all(|byte| byte.is_ascii_digit())
            && !secret.is_empty()
            && secret
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if is_whole {
            Ok(Some(Self(fragment.into())))
        } else {
            Err(InviteError::Secret)
        }
    }
}

impl fmt::Debug for InviteSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("InviteSecret(…)")
    }
}

fn room_of(path: &str) -> Result<RoomName, InviteError> {
    let path = without_closing(path).trim_end_matches('/');
    if !link_text::is_room_path(path) {
        return Err(InviteError::NoRoom);
    }
    let mut segments = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .skip(1);
    let (Some(segment), None) = (segments.next(), segments.next()) else {
        return Err(InviteError::NoRoom);
    };
    let text = decoded(without_closing(segment)).ok_or(InviteError::Unreadable)?;
    // A name cannot contain a secret or a query that was encoded with the rest.
    if text.contains(['/', '\\', '?', '#']) {
        return Err(InviteError::Unreadable);
    }
    // A valid room name means exactly that room, in capitals too.
    if let Ok(room) = RoomName::parse(&text) {
        return Ok(room);
    }
    if !text.chars().any(char::is_alphanumeric) {
        return Err(InviteError::NoRoom);
    }
    Ok(RoomName::from_typed(&text)?)
}

/// Removes the punctuation after a link in a sentence or in brackets.
fn without_closing(text: &str) -> &str {
    text.trim_end_matches(|letter: char| {
        !letter.is_alphanumeric()
            && !unicode_normalization::char::is_combining_mark(letter)
            && !matches!(letter, '-' | '_' | '/' | '%')
    })
}

/// Decodes percent-encoding, twice if it was encoded twice, as mail gateways do.
fn decoded(segment: &str) -> Option<String> {
    let once = decoded_once(segment)?;
    if has_escape(&once) {
        return decoded_once(&once);
    }
    Some(once)
}

fn decoded_once(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let high = char::from(rest.next()?).to_digit(16)?;
            let low = char::from(rest.next()?).to_digit(16)?;
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

fn has_escape(text: &str) -> bool {
    text.as_bytes()
        .windows(3)
        .any(|three| three[0] == b'%' && three[1..].iter().all(u8::is_ascii_hexdigit))
}
