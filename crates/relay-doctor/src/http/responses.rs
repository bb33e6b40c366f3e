//! Diagnoses an HTTP response: relay, proxy or another program.
//!
//! Invariant: pure.

use std::time::Duration;

use serde::Deserialize;

use super::{Answer, NoResponse};
use crate::fault::{Cause, Fault};

/// More than network delay and rounding. Credentials expire after an hour.
const MAX_CLOCK_SKEW: Duration = Duration::from_secs(120);
const SERVICE: &str = "snug-signal-server";

#[derive(Deserialize)]
struct Health {
    service: String,
}

/// Checks the response of `/healthz`.
pub(crate) fn health(answer: &Answer) -> Result<(), Fault> {
    if answer.status == 200 {
        return match serde_json::from_slice::<Health>(&answer.body) {
            Ok(health) if health.service == SERVICE => Ok(()),
            Ok(_) | Err(_) => Err(Fault::new(
                Cause::NotARelay,
                "Something answers, but it is no Snug relay",
                "Check the address and the port. If a reverse proxy stands before the relay, let it \
                 pass on every path (nginx: location / { proxy_pass http://127.0.0.1:8787; }).",
            )),
        };
    }
    Err(status(answer, "/healthz"))
}

/// Diagnoses the status of a response that is not the relay's.
pub(crate) fn status(answer: &Answer, path: &str) -> Fault {
    match answer.status {
        404 | 405 => Fault::new(
            Cause::NotPassedOn,
            format!(
                "Something answers, but knows no {path} (HTTP {})",
                answer.status
            ),
            format!(
                "If a reverse proxy stands before the relay, let it pass on every path, {path} too \
                 (nginx: location / {{ proxy_pass http://127.0.0.1:8787; }}). Without one, another \
                 program answers on this port: check the address."
            ),
        ),
        500 | 502..=504 => Fault::new(
            Cause::BehindProxyAway,
            format!(
                "The reverse proxy answers, but does not reach the relay behind it (HTTP {})",
                answer.status
            ),
            "Start the relay, and let the proxy pass on to the address that it listens on: without \
             --listen that is 127.0.0.1:8787, on the proxy's own computer. In a container 127.0.0.1 \
             is the container itself.",
        ),
        301 | 302 | 303 | 307 | 308 => {
            let to = answer.location.as_deref().unwrap_or("another address");
            Fault::new(
                Cause::Redirected,
                format!("{path} is redirected to {to}"),
                "WebSockets follow no redirect. Use the address it is redirected to, or let the \
                 proxy pass on instead of redirecting.",
            )
        }
        401 | 403 | 407 => Fault::new(
            Cause::Forbidden,
            format!(
                "The proxy before the relay wants a login or forbids {path} (HTTP {})",
                answer.status
            ),
            "The app and guests cannot log in there. Let the proxy pass on without one, or put the \
             relay inside a VPN.",
        ),
        421 => host_unknown(),
        other => Fault::new(
            Cause::HttpStatus,
            format!("{path} is answered by HTTP {other}, which is not the relay's answer"),
            "Look at the configuration and the log of the proxy before the relay.",
        ),
    }
}

/// 421 Misdirected Request (RFC 9110, 15.5.20).
pub(crate) fn host_unknown() -> Fault {
    Fault::new(
        Cause::HostUnknown,
        "The relay does not know the name in this address, and refuses it (HTTP 421)",
        "Tell the relay its name: --host with the name in the address, or SNUG_HOST in its \
         configuration. If a proxy stands before it, let that pass on the name that people enter \
         (nginx: proxy_set_header Host $http_host;).",
    )
}

/// Checks the response of `/readyz`.
pub(crate) fn readiness(answer: &Answer) -> Result<(), Fault> {
    if answer.status == 200 {
        return Ok(());
    }
    Err(Fault::new(
        Cause::Stopping,
        "The relay runs but accepts no connections: it is about to stop",
        "Start it again, or wait until its successor runs.",
    ))
}

/// Checks the response of `/`.
pub(crate) fn page(answer: &Answer) -> Result<(), Fault> {
    if answer.status == 200 {
        return Ok(());
    }
    Err(Fault::new(
        Cause::NoPage,
        format!(
            "No page is served for guests (HTTP {}), so only the app can join",
            answer.status
        ),
        "Name the built page by --web-root; a proxy has to pass on / and /r/ROOM too.",
    ))
}

/// Compares the relay's clock with the clock of this computer.
pub(crate) fn clocks(relay_clock: Duration, own_clock: Duration) -> Option<Fault> {
    let (apart, word) = match relay_clock.checked_sub(own_clock) {
        Some(ahead) => (ahead, "ahead of"),
        None => (own_clock - relay_clock, "behind"),
    };
    (apart > MAX_CLOCK_SKEW).then(|| {
        Fault::new(
            Cause::ClocksDiffer,
            format!(
                "The relay's clock is {} s {word} that of this computer",
                apart.as_secs()
            ),
            "Let both get the time from the network (timedatectl set-ntp true): certificates and \
             TURN credentials hold for a time only.",
        )
    })
}

pub(crate) fn no_response(reason: NoResponse) -> Fault {
    let text = match reason {
        NoResponse::Silent => "The port is open, but a request is not answered",
        NoResponse::Closed => {
            "The port is open, but the connection is closed without an answer by HTTP"
        }
        NoResponse::NotHttp => "Something answers there, but not by HTTP",
    };
    Fault::new(
        Cause::NotHttp,
        text,
        "Check address and port. A relay with a certificate speaks TLS only: write https:// before \
         its address. Otherwise another program has this port, or the relay hangs: look at its log.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, body: &str, expect: Option<Cause>) {
        let answer = Answer {
            status,
            body: body.into(),
            ..Answer::default()
        };
        let cause = health(&answer).err().map(|fault| fault.cause);
        assert_eq!(cause, expect, "{status} {body}");
    }

    #[test]
    fn health_response_identifies_the_program() {
        let ours = r#"{"service":"snug-signal-server","protocol":"snug.v1"}"#;
        check(200, ours, None);
        check(200, "<!doctype html>", Some(Cause::NotARelay));
        check(200, r#"{"service":"other"}"#, Some(Cause::NotARelay));
        check(404, "", Some(Cause::NotPassedOn));
        check(502, ours, Some(Cause::BehindProxyAway));
        check(504, "", Some(Cause::BehindProxyAway));
        check(301, "", Some(Cause::Redirected));
        check(401, "", Some(Cause::Forbidden));
        check(421, "", Some(Cause::HostUnknown));
        check(418, "", Some(Cause::HttpStatus));
    }

    #[test]
    fn small_clock_skew_is_no_fault() {
        let at = Duration::from_secs;
        assert_eq!(clocks(at(1000), at(1100)), None);
        assert_eq!(clocks(at(1100), at(1000)), None);
        let behind = clocks(at(1000), at(5000)).unwrap();
        assert!(behind.text.contains("4000 s behind"), "{}", behind.text);
        let ahead = clocks(at(5000), at(1000)).unwrap();
        assert!(ahead.text.contains("4000 s ahead of"), "{}", ahead.text);
    }
}
