//! The headers that request a WebSocket, as lists (RFC 9110, 5.3 and 5.6.1).
//!
//! Invariant: a list in one line equals the same list in several lines, and its elements count as
//! whole words in any case. axum reads only the first line, so it gets one line.

use axum::{
    extract::{Request, ws::rejection::WebSocketUpgradeRejection},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

const UPGRADE: HeaderValue = HeaderValue::from_static("upgrade");
const WEBSOCKET: HeaderValue = HeaderValue::from_static("websocket");
/// RFC 6455, 4.4.
const VERSION: HeaderValue = HeaderValue::from_static("13");

/// Runs before the extractor.
pub(crate) async fn normalize(mut request: Request) -> Request {
    let headers = request.headers_mut();
    keep_one(headers, &header::CONNECTION, UPGRADE);
    keep_one(headers, &header::UPGRADE, WEBSOCKET);
    request
}

/// Keeps only the needed element, or none.
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

/// axum's answer. RFC 6455, 4.2.2: a client with another version gets the supported one.
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
