//! PEM files (RFC 7468), as people and tools really write them.
//!
//! Invariant: pure. A block is never lost: blocks on one line, after a byte order mark, in UTF-16
//! or with other line ends are read. A truncated or damaged block is an error, and text between
//! blocks is counted.

use std::borrow::Cow;

use base64::{Engine, prelude::BASE64_STANDARD};

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";
/// RFC 1421, 4.6: OpenSSL writes this above a key with a passphrase.
const ENCRYPTED_HEADER: &str = "ENCRYPTED";

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    /// For example `CERTIFICATE`.
    pub(crate) label: String,
    pub(crate) der: Vec<u8>,
    pub(crate) protection: Protection,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protection {
    None,
    Passphrase,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Pem {
    pub(crate) blocks: Vec<Block>,
    /// Bytes outside of blocks, not counting white space.
    pub(crate) other_bytes: usize,
}

/// The fault of a file. The caller names the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PemError {
    #[error("it is empty")]
    Empty,
    #[error(
        "it is in DER or PKCS #12, which is no text: make PEM of it with openssl x509 -inform der, \
         openssl pkey -inform der or openssl pkcs12 -nodes"
    )]
    Der,
    #[error(
        "its block {0}, which begins with -----BEGIN {1}-----, has no end: write the file again"
    )]
    NoEnd(usize, String),
    #[error(
        "its block {0}, which begins with -----BEGIN {1}-----, is damaged: write the file again"
    )]
    Damaged(usize, String),
}

impl Pem {
    pub(crate) fn read(file: &[u8]) -> Result<Self, PemError> {
        let text = without_mark(file);
        let mut rest = text.trim_ascii();
        if rest.is_empty() {
            return Err(PemError::Empty);
        }
        let mut pem = Self::default();
        while let Some(start) = find(rest, BEGIN) {
            pem.count_other(&rest[..start]);
            rest = pem.read_block(&rest[start + BEGIN.len()..])?;
        }
        // ITU-T X.690, 8.1: a SEQUENCE with a long length, the start of certificates, keys and PKCS
        // #12 in DER.
        if pem.blocks.is_empty() && matches!(rest, [0x30, 0x81..=0x84, ..]) {
            return Err(PemError::Der);
        }
        pem.count_other(rest);
        Ok(pem)
    }

    /// Reads the text after `-----BEGIN `. Returns the text after the block.
    fn read_block<'a>(&mut self, text: &'a [u8]) -> Result<&'a [u8], PemError> {
        let number = self.blocks.len() + 1;
        let line = text.split(|byte| matches!(byte, b'\r' | b'\n')).next();
        let label_end = line.and_then(|line| find(line, DASHES));
        let Some(label_end) = label_end else {
            return Err(PemError::Damaged(number, shown(line.unwrap_or_default())));
        };
        let label = shown(&text[..label_end]);
        let body = &text[label_end + DASHES.len()..];
        let end = [END, label.as_bytes(), DASHES].concat();
        let Some(body_end) = find(body, &end) else {
            return Err(PemError::NoEnd(number, label));
        };
        let rest = &body[body_end + end.len()..];
        let body = &body[..body_end];
        if find(body, BEGIN).is_some() {
            return Err(PemError::NoEnd(number, label));
        }
        let (headers, base64) = split_headers(body);
        let protection = match headers.contains(ENCRYPTED_HEADER) {
            true => Protection::Passphrase,
            false => Protection::None,
        };
        match BASE64_STANDARD.decode(base64) {
            Ok(der) => self.blocks.push(Block {
                label,
                der,
                protection,
            }),
            Err(_) => return Err(PemError::Damaged(number, label)),
        }
        Ok(rest)
    }

    fn count_other(&mut self, text: &[u8]) {
        self.other_bytes += text.trim_ascii().len();
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len())
        .position(|window| window == wanted)
}

fn shown(label: &[u8]) -> String {
    String::from_utf8_lossy(label).trim().to_owned()
}

/// RFC 1421, 4.4: `Name: value` lines above an empty one. Base64 has no colon.
fn split_headers(body: &[u8]) -> (String, Vec<u8>) {
    let (headers, lines): (Vec<_>, Vec<_>) = body
        .split(|byte| matches!(byte, b'\r' | b'\n'))
        .partition(|line| line.contains(&b':'));
    let mut base64 = lines.concat();
    base64.retain(|byte| !byte.is_ascii_whitespace());
    (
        String::from_utf8_lossy(&headers.concat()).into_owned(),
        base64,
    )
}

/// Unicode 23.8: Windows' editors and shells write such marks.
fn without_mark(file: &[u8]) -> Cow<'_, [u8]> {
    let from_utf16 = |text: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = text
            .chunks_exact(2)
            .filter_map(|pair| pair.try_into().ok())
            .map(unit);
        let text: String = char::decode_utf16(units)
            .map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect();
        Cow::Owned(text.into_bytes())
    };
    match file {
        [0xef, 0xbb, 0xbf, text @ ..] => Cow::Borrowed(text),
        [0xff, 0xfe, text @ ..] => from_utf16(text, u16::from_le_bytes),
        [0xfe, 0xff, text @ ..] => from_utf16(text, u16::from_be_bytes),
        text => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ONE: &str = "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----";
    const TWO: &str = "-----BEGIN PRIVATE KEY-----\nBAUG\nBwgJ\n-----END PRIVATE KEY-----";

    fn block(label: &str, der: &[u8]) -> Block {
        Block {
            label: label.to_owned(),
            der: der.to_vec(),
            protection: Protection::None,
        }
    }

    fn check(file: &[u8], other_bytes: usize) {
        let blocks = vec![
            block("CERTIFICATE", &[1, 2, 3]),
            block("PRIVATE KEY", &[4, 5, 6, 7, 8, 9]),
        ];
        let expect = Pem {
            blocks,
            other_bytes,
        };
        assert_eq!(
            Pem::read(file),
            Ok(expect),
            "{}",
            String::from_utf8_lossy(file)
        );
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(bytes).collect()
    }

    #[test]
    fn pem_blocks_are_read_however_they_are_joined() {
        let text = format!("{ONE}\n{TWO}\n");
        check(text.as_bytes(), 0);
        check(format!("{ONE}{TWO}").as_bytes(), 0);
        check(format!("{ONE} {TWO}").as_bytes(), 0);
        check(format!("\n\n{ONE}\n\n\n{TWO}\n \n").as_bytes(), 0);
        check(text.replace('\n', "\r\n").as_bytes(), 0);
        check(text.replace('\n', "\r").as_bytes(), 0);
        check(text.replace('\n', "\n   ").as_bytes(), 0);
        check(text.replace('\n', " \t\n").as_bytes(), 0);
        check(text.replace('\n', "").as_bytes(), 0);
        check(format!("\u{feff}{text}").as_bytes(), 0);
        check(&utf16(&text, u16::to_le_bytes), 0);
        check(&utf16(&text, u16::to_be_bytes), 0);
        check(
            format!("subject=ann\n{ONE}\nissuer=bob\n{TWO}\nbye").as_bytes(),
            24,
        );
        check(&[b"\xff\xfftext\n", text.as_bytes()].concat(), 6);
    }

    #[test]
    fn pem_key_with_a_passphrase_has_its_headers() {
        let text = "-----BEGIN RSA PRIVATE KEY-----\r\nProc-Type: 4,ENCRYPTED\r\n\
                    DEK-Info: AES-256-CBC,0102\r\n\r\nAQID\r\n-----END RSA PRIVATE KEY-----\r\n";
        let expect = Block {
            protection: Protection::Passphrase,
            ..block("RSA PRIVATE KEY", &[1, 2, 3])
        };
        assert_eq!(Pem::read(text.as_bytes()).unwrap().blocks, [expect]);
    }

    #[test]
    fn truncated_or_damaged_pem_is_refused() {
        let label = || "CERTIFICATE".to_owned();
        for (file, expect) in [
            ("", PemError::Empty),
            (" \r\n", PemError::Empty),
            ("\u{feff}", PemError::Empty),
            (&ONE[..40], PemError::NoEnd(1, label())),
            (
                &format!("{TWO}\n{}", &ONE[..35]),
                PemError::NoEnd(2, label()),
            ),
            (
                &format!("{}\n{ONE}", &ONE[..35]),
                PemError::NoEnd(1, label()),
            ),
            (&ONE.replace("AQID", "AQ!D"), PemError::Damaged(1, label())),
            (&ONE.replace("AQID", "AQI"), PemError::Damaged(1, label())),
            (
                &format!("{TWO}{}", ONE.replace("AQID", "=")),
                PemError::Damaged(2, label()),
            ),
            (
                "-----BEGIN CERTIFICATE----\nAQID",
                PemError::Damaged(1, "CERTIFICATE----".to_owned()),
            ),
        ] {
            assert_eq!(Pem::read(file.as_bytes()), Err(expect), "{file}");
        }
        assert_eq!(Pem::read(&[0x30, 0x82, 1, 2, 3]), Err(PemError::Der));
        let nothing = Pem {
            other_bytes: 5,
            ..Pem::default()
        };
        assert_eq!(Pem::read(b"hello"), Ok(nothing));
    }

    proptest! {
        #[test]
        fn pem_of_any_bytes_does_not_panic(file in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Pem::read(&file);
        }

        /// A block is read as a whole, or the file is refused.
        #[test]
        fn pem_with_a_byte_lost_loses_no_block(place in 0..ONE.len() + TWO.len(), byte: u8) {
            let mut file = format!("{ONE}{TWO}").into_bytes();
            file[place] = byte;
            if let Ok(pem) = Pem::read(&file) {
                let seen = pem.blocks.len() == 2 || pem.other_bytes > 0;
                prop_assert!(seen, "{}", String::from_utf8_lossy(&file));
            }
        }
    }
}
