//! A request for a file of the page, and what it is answered with.
//!
//! Invariant: pure but for the bytes, which are shared. What is not there is never kept by a cache.

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

/// How long a file may be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caching {
    /// Its name has a hash of its content.
    Forever,
    /// Kept, but asked for each time, which costs no more than a 304.
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

/// RFC 9110, 15.4.5: the headers that the 200 would have had and a cache needs. The length is that
/// of the 200 too (8.6).
fn unchanged(found: &Representation, caching: Caching) -> Response {
    let headers = [
        (header::CACHE_CONTROL, caching.value()),
        (header::ETAG, found.entity_tag.clone()),
        (header::CONTENT_LENGTH, found.bytes.len().into()),
    ];
    (StatusCode::NOT_MODIFIED, headers).into_response()
}

/// Whether the client has it, by `If-None-Match` (RFC 9110, 13.1.2), which compares weakly: a
/// proxy that compresses by itself makes tags weak.
fn is_known(request: &HeaderMap, found: &Representation) -> bool {
    let tag = found.entity_tag.as_bytes();
    request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii)
        .any(|known| known == b"*" || known.strip_prefix(b"W/").unwrap_or(known) == tag)
}
