//! Who is inside a private room: epochs, introductions and notices.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::{
    bytes::list,
    implementation::{Refusal, SUITE, VisitKeys, derive, is_signed_by},
};

/// The type that the box of a notice is bound to.
pub(crate) const NOTICE: &str = "room:notice";
const LARGEST_NUMBER: u32 = 1_000_000;
const MOST_REMOVED: usize = 64;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Epoch {
    pub(crate) number: u32,
    pub(crate) maker: String,
    pub(crate) entry: Entry,
    /// In base64url.
    secret: String,
    pub(crate) removed: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Entry {
    Open,
    Locked,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Notice {
    /// The JSON text of an epoch.
    Epoch {
        epoch: String,
    },
    Locked,
    TurnedAway,
    Removed,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Introduction {
    pub(crate) id: String,
    pub(crate) signing_key: [u8; 32],
    pub(crate) agreement_key: [u8; 32],
}

impl Epoch {
    pub(crate) fn read(text: &str) -> Option<Self> {
        let epoch: Self = serde_json::from_str(text).ok()?;
        let is_valid = (1..=LARGEST_NUMBER).contains(&epoch.number)
            && is_session(&epoch.maker)
            && epoch.secret().is_some()
            && epoch.removed.len() <= MOST_REMOVED
            && epoch.removed.iter().all(|session| is_session(session));
        is_valid.then_some(epoch)
    }

    pub(crate) fn write(&self) -> String {
        serde_json::to_string(self).unwrap()
    }

    pub(crate) fn secret(&self) -> Option<[u8; 32]> {
        URL_SAFE_NO_PAD.decode(&self.secret).ok()?.try_into().ok()
    }

    /// In place of the status key of the link.
    pub(crate) fn status_key(&self) -> [u8; 32] {
        derive(&self.secret().unwrap(), &[], "epoch status")
    }

    pub(crate) fn stands_over(&self, other: &Self) -> bool {
        (self.number, &self.maker) > (other.number, &other.maker)
    }
}

impl Introduction {
    pub(crate) fn write(room: &str, id: &str, visit: &VisitKeys) -> String {
        let mut content = [visit.signing_key(), visit.agreement_key()].concat();
        content.extend(id.as_bytes());
        let signature = visit.sign(&signed(room, &content));
        URL_SAFE_NO_PAD.encode([&[SUITE], &content[..], &signature].concat())
    }

    pub(crate) fn read(room: &str, text: &str) -> Result<Self, Refusal> {
        let bytes = URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_| Refusal::Unsealed)?;
        let (&suite, signed_content) = bytes.split_first().ok_or(Refusal::Unsealed)?;
        if suite != SUITE {
            return Err(Refusal::Suite);
        }
        let (content, signature) = signed_content
            .split_last_chunk::<64>()
            .ok_or(Refusal::Malformed)?;
        let introduction = read_content(content).ok_or(Refusal::Malformed)?;
        if is_signed_by(&introduction.signing_key, signature, &signed(room, content)) {
            Ok(introduction)
        } else {
            Err(Refusal::Unsigned)
        }
    }
}

impl Notice {
    pub(crate) fn read(content: &str) -> Option<Self> {
        let notice: Self = serde_json::from_str(content).ok()?;
        match &notice {
            Self::Epoch { epoch } => Epoch::read(epoch).map(|_| notice),
            Self::Locked | Self::TurnedAway | Self::Removed => Some(notice),
        }
    }
}

/// An introduction and a box, if the payload is a notice. The box of a greeting is empty.
pub(crate) fn split_notice(payload: &str) -> Option<(&str, &str)> {
    let (introduction, sealed) = payload.split_once('.')?;
    (!sealed.contains('.')).then_some((introduction, sealed))
}

fn read_content(content: &[u8]) -> Option<Introduction> {
    let (signing_key, rest) = content.split_first_chunk::<32>()?;
    let (agreement_key, id) = rest.split_first_chunk::<32>()?;
    let id = String::from_utf8(id.to_vec()).ok()?;
    (!id.is_empty()).then_some(Introduction {
        id,
        signing_key: *signing_key,
        agreement_key: *agreement_key,
    })
}

fn is_session(text: &str) -> bool {
    let is_digit = |digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
    text.len() == 64 && text.bytes().all(is_digit)
}

fn signed(room: &str, content: &[u8]) -> Vec<u8> {
    list(&[b"snug introduction 1", room.as_bytes(), content])
}
