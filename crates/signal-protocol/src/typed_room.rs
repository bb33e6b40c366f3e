//! The room name for typed words: `Team Meeting` becomes `team-meeting`, `Grüße` becomes `grusse`,
//! `４２` becomes `42`. The page does the same (`ui/src/protocol/typed-room.ts`); both are tested
//! with `testdata/rooms.json`.
//!
//! Invariant: a result is read as itself again. Texts that look alike (composed or not, wide or
//! narrow, upper or lower case, with or without invisible characters) have one result.

use serde::Serialize;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::{RoomName, limits};

/// Why a typed text is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum TypedRoomError {
    #[error("A room number needs a letter or a digit.")]
    NoLetter,
    #[error(
        "This room number is too long ({letters} of at most {} letters). Enter a shorter one.",
        limits::ROOM_CHARS
    )]
    #[serde(rename = "room-too-long")]
    TooLong { letters: usize },
}

/// The prefix of a name with letters beyond a to z, before its Punycode (RFC 3492).
const PUNYCODE_PREFIX: &str = "xn--";

/// Zero of each script. Its digits follow in order. Digits that NFKD converts to ASCII are not
/// here.
const ZEROS: [u32; 67] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6,
    0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50,
    0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0x104a0,
    0x10d30, 0x10d40, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650,
    0x116c0, 0x116d0, 0x11730, 0x118e0, 0x11950, 0x11bf0, 0x11c50, 0x11d50, 0x11da0, 0x11de0,
    0x11f50, 0x16130, 0x16a60, 0x16ac0, 0x16b50, 0x16d70, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e5f1,
    0x1e950,
];

impl RoomName {
    /// The room that these words name.
    ///
    /// # Errors
    /// There is no letter or digit, or there are too many.
    pub fn from_typed(text: &str) -> Result<Self, TypedRoomError> {
        let name = wire_name(&fold(text));
        if name.is_empty() {
            return Err(TypedRoomError::NoLetter);
        }
        if name.len() > limits::ROOM_CHARS {
            let letters = name.len();
            return Err(TypedRoomError::TooLong { letters });
        }
        // Without a letter or digit the wire accepts nothing.
        Self::parse(&name).map_err(|_| TypedRoomError::NoLetter)
    }
}

/// One spelling for all texts that read the same: lower case, and ASCII if there is an ASCII form.
fn fold(text: &str) -> String {
    let mut folded = String::new();
    let spelled = text
        .chars()
        .filter(|&letter| !is_invisible(letter))
        .nfkd()
        .flat_map(char::to_lowercase)
        .filter(|letter| !matches!(letter, '\'' | '\u{2018}' | '\u{2019}' | '\u{2bc}'));
    for letter in spelled {
        // é becomes e. In other scripts a mark is a letter of its own: क and की are two words.
        let carries_mark = folded.chars().next_back().is_some_and(|last| {
            !last.is_ascii() && (last.is_alphanumeric() || is_combining_mark(last))
        });
        if is_combining_mark(letter) && !carries_mark {
            continue;
        }
        match spelled_out(letter) {
            Some(letters) => folded.push_str(letters),
            None => folded.push(digit_of(letter).unwrap_or(letter)),
        }
    }
    folded.nfc().collect()
}

/// Joins words by one dash. So text that is typed letter by letter, with dashes already shown, and
/// pasted text give the same name. Other scripts become Punycode.
fn wire_name(folded: &str) -> String {
    let joined = if is_punycode(folded) {
        folded.to_owned()
    } else {
        joined(folded)
    };
    let name = joined.trim_matches(['-', '.']);
    if name.is_ascii() {
        return name.to_owned();
    }
    // Fails only for a text of more than four billion letters.
    let encoded = idna::punycode::encode_str(name).unwrap_or_default();
    format!("{PUNYCODE_PREFIX}{encoded}")
}

/// Between two letters a name keeps `_` and `.`, or has one dash.
fn joined(folded: &str) -> String {
    let mut name = String::new();
    let mut joint = String::new();
    let mut is_gap = false;
    for letter in folded.chars() {
        if matches!(letter, '_' | '.') {
            joint.push(letter);
        } else if letter.is_alphanumeric() || is_combining_mark(letter) {
            if joint.is_empty() && is_gap && !name.is_empty() {
                name.push('-');
            }
            name.push_str(&joint);
            name.push(letter);
            joint.clear();
            is_gap = false;
        } else {
            is_gap = true;
        }
    }
    name.push_str(&joint);
    name
}

/// A name of another script, in its form on the wire.
fn is_punycode(folded: &str) -> bool {
    folded.strip_prefix(PUNYCODE_PREFIX).is_some_and(|rest| {
        rest.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    })
}

/// Letters without a decomposition.
fn spelled_out(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ł' => "l",
        'ħ' => "h",
        'ı' => "i",
        // A Greek letter with two forms, depending on its position in the word.
        'ς' => "σ",
        _ => return None,
    })
}

fn digit_of(letter: char) -> Option<char> {
    let code = u32::from(letter);
    let zero = ZEROS.iter().rev().find(|&&zero| zero <= code)?;
    char::from_digit(code - zero, 10)
}

/// Unicode's `Default_Ignorable_Code_Point`: zero-width spaces and joiners, byte order marks,
/// direction marks, soft hyphens.
pub(crate) const fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}
