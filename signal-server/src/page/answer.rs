//! Answers a request for a file of the page.
//!
//! Invariant: pure, except for the bytes, which are shared. Caches never store that a file is
//! missing.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    body::SharedBody,
    coding::choose,
    resource::{Representation, Resource},
};

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const BY_CODING: HeaderValue = HeaderValue::from_static("accept-encoding");

/// How long a cache may keep a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caching {
    /// Its name has a hash of its content.
    Forever,
    /// Kept, but requested each time, which costs a 304 only.
    Revalidated,
}

impl Caching {
    /// The build puts a hash of the content into the name of every asset.
    pub(crate) fn of(name: &str) -> Self {
        match name.starts_with("assets/") {
            true => Self::Forever,
            false => Self::Revalidated,
        }
    }

    fn value(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Forever => "public, max-age=31536000, immutable",
            Self::Revalidated => "no-cache",
        })
    }
}

pub(crate) fn answer(resource: &Resource, caching: Caching, request: &HeaderMap) -> Response {
    let coding = choose(request, |coding| resource.representation(coding).is_some());
    let found = coding.and_then(|coding| resource.representation(coding));
    let mut response = match found {
        None => refuse(
            StatusCode::NOT_ACCEPTABLE,
            "This file is there uncompressed, by gzip or by Brotli, and Accept-Encoding excludes \
             what there is.\n",
        ),
        Some(found) if is_known(request, found) => unchanged(found, caching),
        Some(found) => whole(resource, found, caching),
    };
    if resource.varies() {
        response.headers_mut().insert(header::VARY, BY_CODING);
    }
    response
}

pub(crate) fn not_found(sentence: &'static str) -> Response {
    refuse(StatusCode::NOT_FOUND, sentence)
}

fn refuse(status: StatusCode, sentence: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, TEXT),
        (header::CACHE_CONTROL, NO_STORE),
    ];
    (status, headers, sentence).into_response()
}

fn whole(resource: &Resource, found: &Representation, caching: Caching) -> Response {
    let mut response = Response::new(Body::new(SharedBody(found.bytes.clone())));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, resource.content_type.clone());
    headers.insert(header::CACHE_CONTROL, caching.value());
    headers.insert(header::ETAG, found.entity_tag.clone());
    if let Some(token) = found.coding.token() {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(token));
    }
    response
}

/// RFC 9110, 15.4.5: the headers of the 200 that a cache needs. The length is that of the 200 too
/// (8.6).
fn unchanged(found: &Representation, caching: Caching) -> Response {
    let headers = [
        (header::CACHE_CONTROL, caching.value()),
        (header::ETAG, found.entity_tag.clone()),
        (header::CONTENT_LENGTH, found.bytes.len().into()),
    ];
    (StatusCode::NOT_MODIFIED, headers).into_response()
}

/// Whether the client has the file, by `If-None-Match` (RFC 9110, 13.1.2). The comparison is weak,
/// since a proxy that compresses makes tags weak.
fn is_known(request: &HeaderMap, found: &Representation) -> bool {
    let tag = found.entity_tag.as_bytes();
    request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii)
        .any(|known| known == b"*" || known.strip_prefix(b"W/").unwrap_or(known) == tag)
}
