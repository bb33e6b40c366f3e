//! A file of the page in each available content coding.
//!
//! Invariant: every representation decodes to the same bytes; one that does not is left out. The
//! entity tag is a hash of the sent bytes, so it is strong (RFC 9110, 8.8.1).

use std::io::{self, Read};

use axum::{body::Bytes, http::HeaderValue};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};

use super::{PageFile, coding::Coding};

const TAG_BYTES: usize = 16;
const DECODE_BUFFER_BYTES: usize = 4096;

#[derive(Debug)]
pub(crate) struct Resource {
    pub(super) content_type: HeaderValue,
    representations: Vec<Representation>,
}

#[derive(Debug)]
pub(super) struct Representation {
    pub(super) coding: Coding,
    pub(super) entity_tag: HeaderValue,
    pub(super) bytes: Bytes,
}

/// A compressed form of another content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotOfThisFile(pub(super) Coding);

impl Resource {
    /// `coded` reads the compressed files beside the file.
    pub(super) fn new(
        file: PageFile,
        coded: impl Fn(Coding) -> Option<Vec<u8>>,
    ) -> (Self, Vec<NotOfThisFile>) {
        let mut representations = Vec::new();
        let mut left_out = Vec::new();
        for coding in Coding::BY_SIZE {
            if coding == Coding::Identity {
                continue;
            }
            match coded(coding) {
                Some(bytes) if decodes_to(coding, &bytes, &file.bytes) => {
                    representations.push(Representation::new(coding, bytes));
                }
                Some(_) => left_out.push(NotOfThisFile(coding)),
                None => {}
            }
        }
        representations.push(Representation::new(Coding::Identity, file.bytes));
        let content_type = HeaderValue::try_from(file.content_type)
            .unwrap_or(HeaderValue::from_static("application/octet-stream"));
        let resource = Self {
            content_type,
            representations,
        };
        (resource, left_out)
    }

    pub(super) fn representation(&self, coding: Coding) -> Option<&Representation> {
        self.representations
            .iter()
            .find(|representation| representation.coding == coding)
    }

    /// Whether the response depends on `Accept-Encoding`.
    pub(super) fn varies(&self) -> bool {
        self.representations.len() > 1
    }
}

impl Representation {
    fn new(coding: Coding, bytes: Vec<u8>) -> Self {
        let hash = digest(&SHA256, &bytes);
        let tag = BASE64_URL_SAFE_NO_PAD.encode(&hash.as_ref()[..TAG_BYTES]);
        let entity_tag = HeaderValue::try_from(format!("\"{tag}\""));
        Self {
            coding,
            entity_tag: entity_tag.unwrap_or(HeaderValue::from_static("\"\"")),
            bytes: bytes.into(),
        }
    }
}

/// After a file was edited in place, its compressed form has the old content.
fn decodes_to(coding: Coding, coded: &[u8], plain: &[u8]) -> bool {
    let same = match coding {
        Coding::Identity => Ok(coded == plain),
        Coding::Gzip => is_all_of(flate2::read::GzDecoder::new(coded), plain),
        Coding::Brotli => is_all_of(
            brotli_decompressor::Decompressor::new(coded, DECODE_BUFFER_BYTES),
            plain,
        ),
    };
    same.unwrap_or(false)
}

/// Reads only to the first difference.
fn is_all_of(mut decoder: impl Read, mut plain: &[u8]) -> io::Result<bool> {
    let mut buffer = [0; DECODE_BUFFER_BYTES];
    loop {
        let count = decoder.read(&mut buffer)?;
        if count == 0 {
            return Ok(plain.is_empty());
        }
        let Some(rest) = plain.strip_prefix(&buffer[..count]) else {
            return Ok(false);
        };
        plain = rest;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    /// RFC 7932, 9.2: one uncompressed block and the end of the stream.
    fn brotli(plain: &[u8]) -> Vec<u8> {
        assert!((1..=65536).contains(&plain.len()));
        let length = u32::try_from(plain.len() - 1).unwrap();
        // WBITS 16, not the last block, four nibbles of length, uncompressed.
        let header = (length << 4) | (1 << 20);
        let mut coded = header.to_le_bytes()[..3].to_vec();
        coded.extend_from_slice(plain);
        coded.push(3);
        coded
    }

    fn check(coded: impl Fn(Coding) -> Option<Vec<u8>>, expect: &[Coding]) {
        let file = PageFile {
            bytes: b"the page".to_vec(),
            content_type: "text/html; charset=utf-8".to_owned(),
        };
        let (resource, left_out) = Resource::new(file, coded);
        let found: Vec<Coding> = Coding::BY_SIZE
            .into_iter()
            .filter(|coding| resource.representation(*coding).is_some())
            .collect();
        assert_eq!(found, expect);
        assert_eq!(resource.varies(), expect.len() > 1);
        let tags: Vec<_> = found
            .iter()
            .map(|coding| &resource.representation(*coding).unwrap().entity_tag)
            .collect();
        for (place, tag) in tags.iter().enumerate() {
            assert!(!tags[..place].contains(tag), "two have the tag {tag:?}");
        }
        drop(left_out);
    }

    #[test]
    fn stale_compressed_form_is_left_out() {
        use Coding::{Brotli, Gzip, Identity};
        let of = |plain: &'static [u8]| {
            move |coding| match coding {
                Gzip => Some(gzip(plain)),
                Brotli => Some(brotli(plain)),
                Identity => None,
            }
        };
        check(of(b"the page"), &[Brotli, Gzip, Identity]);
        for other in [
            b"the pagE".as_slice(),
            b"the page and more",
            b"the pag",
            b"another",
        ] {
            check(of(other), &[Identity]);
        }
        check(|_| None, &[Identity]);
        check(|_| Some(b"no stream of any kind".to_vec()), &[Identity]);
        check(|_| Some(Vec::new()), &[Identity]);
        let cut = |coding| of(b"the page")(coding).map(|coded| coded[..coded.len() - 1].to_vec());
        check(cut, &[Identity]);
    }
}
