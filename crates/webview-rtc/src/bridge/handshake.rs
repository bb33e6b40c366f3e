//! Lets a socket in, or answers 403 before it is a WebSocket.

use std::net::SocketAddr;

use tokio_tungstenite::tungstenite::{
    handshake::server::{ErrorResponse, Request, Response},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
};

use super::{SUBPROTOCOL, admissions::Refusal};

/// What a socket shows of itself.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shown<'a> {
    pub(super) origin: &'a str,
    pub(super) token: &'a str,
}

/// Reads what decides about a socket. `own` is the address it came to: a name that resolves to
/// this machine is somebody else's trick.
///
/// # Errors
/// What is missing or wrong.
pub(super) fn read(request: &Request, own: SocketAddr) -> Result<Shown<'_>, Refusal> {
    let headers = request.headers();
    let host = one(headers, &header::HOST).ok_or(Refusal::ForeignHost)?;
    if host.parse() != Ok(own) {
        return Err(Refusal::ForeignHost);
    }
    let origin = one(headers, &header::ORIGIN).ok_or(Refusal::NoOrigin)?;
    let protocols = one(headers, &header::SEC_WEBSOCKET_PROTOCOL).unwrap_or_default();
    let mut protocols = protocols.split(',').map(str::trim);
    if protocols.next() != Some(SUBPROTOCOL) {
        return Err(Refusal::ForeignSubprotocol);
    }
    let token = protocols.next().ok_or(Refusal::NoToken)?;
    Ok(Shown { origin, token })
}

pub(super) fn accept(mut response: Response) -> Response {
    response.headers_mut().insert(
        header::SEC_WEBSOCKET_PROTOCOL,
        HeaderValue::from_static(SUBPROTOCOL),
    );
    response
}

/// Says nothing of why.
pub(super) fn refuse() -> ErrorResponse {
    let mut response = ErrorResponse::new(None);
    *response.status_mut() = StatusCode::FORBIDDEN;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
    response
}

/// The value of a header that stands there once.
fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "127.0.0.1:4321";

    fn check(headers: &[(&str, &str)], expect: &Result<Shown<'_>, Refusal>) {
        let mut request = Request::new(());
        for (name, value) in headers {
            request.headers_mut().append(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        let shown = read(&request, OWN.parse().unwrap());
        assert_eq!(shown, *expect, "{headers:?}");
    }

    #[test]
    fn the_page_shows_its_origin_and_the_token() {
        check(
            &[
                ("host", OWN),
                ("origin", "tauri://localhost"),
                ("sec-websocket-protocol", "webrtc-bridge, abc"),
            ],
            &Ok(Shown {
                origin: "tauri://localhost",
                token: "abc",
            }),
        );
    }

    #[test]
    fn what_lacks_something_is_refused() {
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
