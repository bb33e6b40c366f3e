//! Parses percent-encoded `NAME:PASSWORD` in front of a host (RFC 3986, 2.1 and 3.2.1).
//!
//! Invariant: pure. No error repeats the input.

/// Fewer than 509 bytes (RFC 8489, 14.3).
const MAX_NAME_BYTES: usize = 508;
/// An expiring user name starts with seconds since 1970.
const TIMESTAMP_DIGITS: usize = 10;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UserinfoError {
    #[error(
        "in the name and the password, % begins two hexadecimal digits that name a character: \
         write a % itself as %25"
    )]
    Percent,
    #[error("the percent-encoded name or password is no UTF-8")]
    NotUtf8,
    #[error("there is a control character in the name or the password: leave it out")]
    Control,
    #[error("the name is too long for STUN, which has {MAX_NAME_BYTES} bytes for it")]
    LongName,
    #[error(
        "it is not clear where the name ends, as it begins like one that expires \
         (1700000000:ann): write each colon of the name as %3A, and each of the password too"
    )]
    Unclear,
}

pub(super) struct Userinfo {
    pub(super) name: String,
    pub(super) password: String,
}

impl Userinfo {
    /// `None` if the name or the password is missing.
    pub(super) fn parse(text: &str) -> Result<Option<Self>, UserinfoError> {
        let Some((name, password)) = text.split_once(':') else {
            return Ok(None);
        };
        if name.is_empty() || password.is_empty() {
            return Ok(None);
        }
        let is_timestamp =
            name.len() == TIMESTAMP_DIGITS && name.bytes().all(|byte| byte.is_ascii_digit());
        if is_timestamp && password.contains(':') {
            return Err(UserinfoError::Unclear);
        }
        let (name, password) = (decode(name)?, decode(password)?);
        if name.len() > MAX_NAME_BYTES {
            return Err(UserinfoError::LongName);
        }
        Ok(Some(Self { name, password }))
    }
}

fn decode(text: &str) -> Result<String, UserinfoError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        rest = tail;
        if *byte != b'%' {
            bytes.push(*byte);
            continue;
        }
        let [high, low, tail @ ..] = rest else {
            return Err(UserinfoError::Percent);
        };
        let digit = |byte: u8| {
            char::from(byte)
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        };
        let (Some(high), Some(low)) = (digit(*high), digit(*low)) else {
            return Err(UserinfoError::Percent);
        };
        bytes.push(high << 4 | low);
        rest = tail;
    }
    let text = String::from_utf8(bytes).map_err(|_| UserinfoError::NotUtf8)?;
    match text.chars().any(char::is_control) {
        true => Err(UserinfoError::Control),
        false => Ok(text),
    }
}
