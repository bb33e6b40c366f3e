//! Opens the WebSocket as the page does, and diagnoses a refusal.
//!
//! Invariant: the request has the origin of the page, as in a browser, so a proxy that changes the
//! `Host` header is detected.

use std::time::Duration;

use signal_protocol::{ErrorCode, ErrorMessage, RelayAddress, SUBPROTOCOL, ServerMessage, limits};
use tokio::time::timeout;
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        Error,
        client::IntoClientRequest,
        error::{ProtocolError, SubProtocolError},
        http::{
            HeaderValue, Response,
            header::{CONTENT_TYPE, LOCATION, ORIGIN, SEC_WEBSOCKET_PROTOCOL},
        },
        protocol::WebSocketConfig,
    },
};
use turn_client::Io;

use crate::{
    fault::{Cause, Fault},
    http::{Answer, NoResponse, host_unknown, no_response, status},
};

const TIMEOUT: Duration = Duration::from_secs(5);

pub(crate) type Socket = WebSocketStream<Box<dyn Io>>;

pub(crate) async fn open(address: &RelayAddress, stream: Box<dyn Io>) -> Result<Socket, Fault> {
    let broken = |error: &dyn std::fmt::Display| {
        let text = format!("The WebSocket does not open: {error}");
        Fault::new(Cause::HttpStatus, text, "Check the address.")
    };
    let request = address.websocket_url().into_client_request();
    let mut request = request.map_err(|error| broken(&error))?;
    let origin = HeaderValue::try_from(address.web_origin()).map_err(|error| broken(&error))?;
    let headers = request.headers_mut();
    headers.insert(ORIGIN, origin);
    headers.insert(
        SEC_WEBSOCKET_PROTOCOL,
        HeaderValue::from_static(SUBPROTOCOL),
    );
    let config = WebSocketConfig::default()
        .max_message_size(Some(limits::RELAY_FRAME_BYTES))
        .max_frame_size(Some(limits::RELAY_FRAME_BYTES));
    let opening = Box::pin(client_async_with_config(request, stream, Some(config)));
    match timeout(TIMEOUT, opening).await {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(error)) => Err(diagnose(&error)),
        Err(_) => Err(no_response(NoResponse::Silent)),
    }
}

fn diagnose(error: &Error) -> Fault {
    if let Error::Http(response) = error {
        return refused(response);
    }
    if let Error::Protocol(ProtocolError::SecWebSocketSubProtocolError(
        SubProtocolError::NoSubProtocol,
    )) = error
    {
        return Fault::new(
            Cause::SubprotocolDropped,
            "The WebSocket opens, but without the subprotocol snug.v1",
            "Let the proxy pass on the header Sec-WebSocket-Protocol, in both directions.",
        );
    }
    no_response(NoResponse::Closed)
}

fn refused(response: &Response<Option<Vec<u8>>>) -> Fault {
    let body = response.body().as_deref().unwrap_or_default();
    let relay_error = std::str::from_utf8(body).ok().and_then(error_of);
    let location = response.headers().get(LOCATION);
    let answer = Answer {
        status: response.status().as_u16(),
        location: location.and_then(|to| to.to_str().ok()).map(str::to_owned),
        ..Answer::default()
    };
    match relay_error {
        Some(error) => relay_refusal(&answer, &error),
        // The body may be missing. The head identifies the relay too.
        None if answer.status == 403 && is_json(response) => origin_refused(),
        None if answer.status == 429 => too_many_sockets(),
        None => proxy_refusal(&answer),
    }
}

fn is_json(response: &Response<Option<Vec<u8>>>) -> bool {
    let content = response.headers().get(CONTENT_TYPE);
    content.is_some_and(|content| content.as_bytes().starts_with(b"application/json"))
}

fn origin_refused() -> Fault {
    Fault::new(
        Cause::OriginRefused,
        "The relay refuses its own page: the name it was asked for is not the one in the address",
        "The proxy before the relay changes the Host header. Let it pass that on (nginx: \
         proxy_set_header Host $http_host;), or name the page's address by --allow-origin.",
    )
}

fn too_many_sockets() -> Fault {
    Fault::new(
        Cause::TooManySockets,
        "The relay takes no more sockets from this address",
        "Behind a proxy everybody counts as the proxy until the relay is told whom to believe: \
         --trusted-proxy with the proxy's address. Otherwise raise --sockets-per-address.",
    )
}

fn error_of(body: &str) -> Option<ErrorMessage> {
    match ServerMessage::decode(body) {
        Ok(ServerMessage::Error(error)) => Some(error),
        Ok(_) | Err(_) => None,
    }
}

fn relay_refusal(answer: &Answer, error: &ErrorMessage) -> Fault {
    match (answer.status, error.code) {
        (403, _) => origin_refused(),
        (421, _) => host_unknown(),
        (_, ErrorCode::RateLimited) => too_many_sockets(),
        (_, ErrorCode::ServerFull) => Fault::new(
            Cause::RelayFull,
            "The relay is full",
            "Raise --sockets, or try again later.",
        ),
        (_, ErrorCode::ShuttingDown) => Fault::new(
            Cause::Stopping,
            "The relay is about to stop",
            "Start it again, or wait until its successor runs.",
        ),
        (status, _) => Fault::new(
            Cause::HttpStatus,
            format!(
                "The relay refuses the WebSocket (HTTP {status}): {}",
                error.message
            ),
            "Use a relay and a doctor of the same version.",
        ),
    }
}

fn proxy_refusal(answer: &Answer) -> Fault {
    match answer.status {
        400 | 426 => Fault::new(
            Cause::UpgradeDropped,
            format!(
                "The request for a WebSocket arrives without its Upgrade header (HTTP {})",
                answer.status
            ),
            "Let the proxy pass it on. nginx: proxy_http_version 1.1; proxy_set_header Upgrade \
             $http_upgrade; proxy_set_header Connection \"upgrade\"; Apache: mod_proxy_wstunnel; a \
             CDN: turn WebSockets on.",
        ),
        200 => Fault::new(
            Cause::NotPassedOn,
            "/ws is answered by a page instead of a WebSocket",
            "The proxy answers itself instead of passing on: let /ws go to the relay (nginx: \
             location / { proxy_pass http://127.0.0.1:8787; }).",
        ),
        _ => status(answer, "/ws"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, body: &str, expect: Cause) {
        let response = Response::builder().status(status);
        let response = response.body(Some(body.as_bytes().to_vec())).unwrap();
        assert_eq!(refused(&response).cause, expect, "{status} {body}");
    }

    #[test]
    fn refusal_identifies_the_relay_or_a_proxy() {
        let relay_error = |code| {
            let error = ErrorMessage::new(code, "words");
            ServerMessage::Error(error).encode()
        };
        check(400, "Connection header", Cause::UpgradeDropped);
        check(426, "", Cause::UpgradeDropped);
        check(404, "", Cause::NotPassedOn);
        check(200, "<html>", Cause::NotPassedOn);
        check(502, "<html>", Cause::BehindProxyAway);
        check(503, "<html>", Cause::BehindProxyAway);
        check(503, &relay_error(ErrorCode::ServerFull), Cause::RelayFull);
        check(503, &relay_error(ErrorCode::ShuttingDown), Cause::Stopping);
        check(
            429,
            &relay_error(ErrorCode::RateLimited),
            Cause::TooManySockets,
        );
        check(
            403,
            &relay_error(ErrorCode::BadMessage),
            Cause::OriginRefused,
        );
        check(403, "<html>", Cause::Forbidden);
        check(421, &relay_error(ErrorCode::BadMessage), Cause::HostUnknown);
        check(421, "", Cause::HostUnknown);
        check(400, &relay_error(ErrorCode::BadMessage), Cause::HttpStatus);
        check(301, "", Cause::Redirected);
    }
}
