//! `NAME:PASSWORD` in front of a host, percent-encoded (RFC 3986, 2.1 and 3.2.1).
//!
//! Invariant: pure; no error holds anything of what was written.

/// RFC 8489, 14.3: fewer than 509 bytes.
const MOST_NAME_BYTES: usize = 508;
/// Seconds since 1970, as user names that expire begin with.
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
    #[error("the name is too long for STUN, which has {MOST_NAME_BYTES} bytes for it")]
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
    /// `None` where one of the two is missing.
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
        if name.len() > MOST_NAME_BYTES {
            return Err(UserinfoError::LongName);
        }
        Ok(Some(Self { name, password }))
    }
}

fn decode(text: &str) -> Result<String, UserinfoError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, behind @ ..] = rest {
        rest = behind;
        if *byte != b'%' {
            bytes.push(*byte);
            continue;
        }
        let [high, low, behind @ ..] = rest else {
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
        rest = behind;
    }
    let text = String::from_utf8(bytes).map_err(|_| UserinfoError::NotUtf8)?;
    match text.chars().any(char::is_control) {
        true => Err(UserinfoError::Control),
        false => Ok(text),
    }
}
