//! Checks the upgrade request of a WebSocket handshake (RFC 6455, 4.2).
//!
//! Invariant: a refused socket gets 403 and never becomes a WebSocket.

use std::net::SocketAddr;

use tokio_tungstenite::tungstenite::{
    handshake::server::{ErrorResponse, Request, Response},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
};

use super::{SUBPROTOCOL, admissions::Refusal};

/// Origin and token of an upgrade request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Credentials<'a> {
    pub(super) origin: &'a str,
    pub(super) token: &'a str,
}

/// Reads origin and token. `own` is the listening address. The `Host` header must equal it: a name
/// that resolves to 127.0.0.1 is a DNS rebinding attack.
///
/// # Errors
/// Which header is missing or wrong.
pub(super) fn read_credentials(
    request: &Request,
    own: SocketAddr,
) -> Result<Credentials<'_>, Refusal> {
    let headers = request.headers();
    let host = single(headers, &header::HOST).ok_or(Refusal::ForeignHost)?;
    if host.parse() != Ok(own) {
        return Err(Refusal::ForeignHost);
    }
    let origin = single(headers, &header::ORIGIN).ok_or(Refusal::NoOrigin)?;
    let protocols = single(headers, &header::SEC_WEBSOCKET_PROTOCOL).unwrap_or_default();
    let mut protocols = protocols.split(',').map(str::trim);
    if protocols.next() != Some(SUBPROTOCOL) {
        return Err(Refusal::ForeignSubprotocol);
    }
    let token = protocols.next().ok_or(Refusal::NoToken)?;
    Ok(Credentials { origin, token })
}

pub(super) fn accept(mut response: Response) -> Response {
    response.headers_mut().insert(
        header::SEC_WEBSOCKET_PROTOCOL,
        HeaderValue::from_static(SUBPROTOCOL),
    );
    response
}

/// 403 without a reason, so that a foreign page learns nothing.
pub(super) fn refuse() -> ErrorResponse {
    let mut response = ErrorResponse::new(None);
    *response.status_mut() = StatusCode::FORBIDDEN;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
    response
}

/// The value of a header, where it occurs exactly once.
fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "127.0.0.1:4321";

    fn check(headers: &[(&str, &str)], expect: &Result<Credentials<'_>, Refusal>) {
        let mut request = Request::new(());
        for (name, value) in headers {
            request.headers_mut().append(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        let credentials = read_credentials(&request, OWN.parse().unwrap());
        assert_eq!(credentials, *expect, "{headers:?}");
    }

    #[test]
    fn upgrade_request_has_origin_and_token() {
        check(
            &[
                ("host", OWN),
                ("origin", "tauri://localhost"),
                ("sec-websocket-protocol", "webrtc-bridge, abc"),
            ],
            &Ok(Credentials {
                origin: "tauri://localhost",
                token: "abc",
            }),
        );
    }

    #[test]
    fn incomplete_upgrade_request_is_refused() {
        let host = ("host", OWN);
        let origin = ("origin", "tauri://localhost");
        check(&[], &Err(Refusal::ForeignHost));
        check(
            &[("host", "evil.example:4321"), origin],
            &Err(Refusal::ForeignHost),
        );
        check(&[("host", "localhost:4321")], &Err(Refusal::ForeignHost));
        check(&[host], &Err(Refusal::NoOrigin));
        check(&[host, origin, origin], &Err(Refusal::NoOrigin));
        check(&[host, origin], &Err(Refusal::ForeignSubprotocol));
        check(
            &[host, origin, ("sec-websocket-protocol", "chat, abc")],
            &Err(Refusal::ForeignSubprotocol),
        );
        check(
            &[host, origin, ("sec-websocket-protocol", SUBPROTOCOL)],
            &Err(Refusal::NoToken),
        );
    }
}
