//! The headers that ask for a WebSocket, as lists (RFC 9110, 5.3 and 5.6.1).
//!
//! Invariant: a list is the same whether it comes in one line or in several, and its elements count
//! as whole words in any case. axum looks at the first line alone, so it is given one.

use axum::{
    extract::{Request, ws::rejection::WebSocketUpgradeRejection},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

const UPGRADE: HeaderValue = HeaderValue::from_static("upgrade");
const WEBSOCKET: HeaderValue = HeaderValue::from_static("websocket");
/// RFC 6455, 4.4.
const VERSION: HeaderValue = HeaderValue::from_static("13");

/// In front of the extractor.
pub(crate) async fn normalize(mut request: Request) -> Request {
    let headers = request.headers_mut();
    keep_one(headers, &header::CONNECTION, UPGRADE);
    keep_one(headers, &header::UPGRADE, WEBSOCKET);
    request
}

/// Leaves the one element that matters here, or nothing.
fn keep_one(headers: &mut HeaderMap, name: &HeaderName, wanted: HeaderValue) {
    let is_wanted = |element: &[u8]| element.trim_ascii().eq_ignore_ascii_case(wanted.as_bytes());
    let found = headers
        .get_all(name)
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .any(is_wanted);
    if found {
        headers.insert(name, wanted);
    } else {
        headers.remove(name);
    }
}

/// As axum answers; RFC 6455, 4.2.2: who speaks another version is told which one is spoken.
pub(crate) fn refused(rejection: WebSocketUpgradeRejection) -> Response {
    let is_version = matches!(
        rejection,
        WebSocketUpgradeRejection::InvalidWebSocketVersionHeader(_)
    );
    let mut response = rejection.into_response();
    if is_version {
        *response.status_mut() = StatusCode::UPGRADE_REQUIRED;
        let headers = response.headers_mut();
        headers.insert(header::SEC_WEBSOCKET_VERSION, VERSION);
        headers.insert(header::UPGRADE, WEBSOCKET);
        headers.insert(header::CONNECTION, UPGRADE);
    }
    response
}
