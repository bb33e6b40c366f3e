//! `--ice-server` and `--turn-url`: a STUN or TURN server as one URL.
//!
//! Invariant: what comes out of here is something every browser takes; a TURN server without
//! credentials is not.

use signal_protocol::IceServer;
use url::Url;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IceServerError {
    #[error(
        "\"{0}\" is no STUN or TURN server. Write stun:HOST[:PORT] or turn:NAME:PASSWORD@HOST[:PORT]."
    )]
    Malformed(String),
    #[error(
        "A TURN server wants credentials, or browsers refuse it. Write {0}:NAME:PASSWORD@HOST[:PORT]."
    )]
    NoCredentials(&'static str),
    #[error(
        "\"{0}\" is no TURN server. Write turn:HOST[:PORT][?transport=tcp] or turns:HOST[:PORT], \
         without credentials: those are made with --turn-secret."
    )]
    NoTurnServer(String),
}

/// Reads `stun:HOST[:PORT]`, `stuns:…`, `turn:NAME:PASSWORD@HOST[:PORT][?transport=udp|tcp]` or
/// `turns:…` (RFC 7064 and 7065, with the credentials where URLs have them).
///
/// # Errors
/// A sentence that says what to write. It never holds a password.
pub fn parse_ice_server(text: &str) -> Result<IceServer, IceServerError> {
    let (scheme, rest) = text.split_once(':').unwrap_or(("", text));
    let malformed = || IceServerError::Malformed(without_credentials(scheme, rest));
    let turn = match scheme {
        "stun" | "stuns" => None,
        "turn" => Some("turn"),
        "turns" => Some("turns"),
        _ => return Err(malformed()),
    };
    let (credentials, address) = match rest.rsplit_once('@') {
        Some((credentials, address)) => (Some(credentials), address),
        None => (None, rest),
    };
    let (authority, transport) = match address.split_once('?') {
        Some((authority, transport)) => (authority, Some(transport)),
        None => (address, None),
    };
    let known_transport = match transport {
        None => true,
        Some("transport=udp" | "transport=tcp") => turn.is_some(),
        Some(_) => false,
    };
    if !known_transport || !is_authority(authority) {
        return Err(malformed());
    }
    let Some(turn) = turn else {
        return match credentials {
            Some(_) => Err(malformed()),
            None => Ok(server(text.to_owned(), None)),
        };
    };
    let (name, password) = credentials
        .and_then(|credentials| credentials.split_once(':'))
        .filter(|(name, password)| !name.is_empty() && !password.is_empty())
        .ok_or(IceServerError::NoCredentials(turn))?;
    Ok(server(format!("{turn}:{address}"), Some((name, password))))
}

/// Reads `turn:HOST[:PORT][?transport=udp|tcp]` or `turns:…` (RFC 7065), for which credentials are
/// made from a secret.
///
/// # Errors
/// A sentence that says what to write.
pub fn parse_turn_url(text: &str) -> Result<String, IceServerError> {
    let (scheme, rest) = text.split_once(':').unwrap_or(("", text));
    let (authority, transport) = rest.split_once('?').unwrap_or((rest, "transport=udp"));
    let is_turn = matches!(scheme, "turn" | "turns")
        && matches!(transport, "transport=udp" | "transport=tcp")
        && is_authority(authority);
    if !is_turn {
        return Err(IceServerError::NoTurnServer(without_credentials(
            scheme, rest,
        )));
    }
    Ok(text.to_owned())
}

fn server(url: String, credentials: Option<(&str, &str)>) -> IceServer {
    IceServer {
        urls: vec![url],
        username: credentials.map(|(name, _)| name.to_owned()),
        credential: credentials.map(|(_, password)| password.to_owned()),
    }
}

fn is_authority(authority: &str) -> bool {
    !authority.contains(['/', '\\', '#', '@'])
        && Url::parse(&format!("https://{authority}")).is_ok_and(|url| url.port() != Some(0))
}

fn without_credentials(scheme: &str, rest: &str) -> String {
    match rest.rsplit_once('@') {
        Some((_, address)) => format!("{scheme}:…@{address}"),
        None if scheme.is_empty() => rest.to_owned(),
        None => format!("{scheme}:{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Result<(&str, Option<&str>), &str>) {
        let parsed = parse_ice_server(text);
        let shown = parsed
            .as_ref()
            .map(|server| (server.urls[0].as_str(), server.credential.as_deref()))
            .map_err(ToString::to_string);
        assert_eq!(shown, expect.map_err(str::to_owned), "{text}");
    }

    #[test]
    fn ice_servers() {
        check("stun:stun.example.org", Ok(("stun:stun.example.org", None)));
        check("stun:192.0.2.1:3478", Ok(("stun:192.0.2.1:3478", None)));
        check(
            "stuns:[2001:db8::1]:5349",
            Ok(("stuns:[2001:db8::1]:5349", None)),
        );
        check(
            "turn:ann:secret@turn.example.org?transport=tcp",
            Ok(("turn:turn.example.org?transport=tcp", Some("secret"))),
        );
        check(
            "turns:ann:p@ss:word@turn.example.org:443",
            Ok(("turns:turn.example.org:443", Some("p@ss:word"))),
        );
        let no_credentials = "A TURN server wants credentials, or browsers refuse it. Write turn:NAME:PASSWORD@HOST[:PORT].";
        check("turn:turn.example.org", Err(no_credentials));
        check("turn:ann@turn.example.org", Err(no_credentials));
        for (text, shown) in [
            ("", ""),
            ("stun:", "stun:"),
            ("stun.example.org", "stun.example.org"),
            ("https://example.org", "https://example.org"),
            ("stun://example.org", "stun://example.org"),
            ("stun:example.org:0", "stun:example.org:0"),
            (
                "stun:example.org?transport=udp",
                "stun:example.org?transport=udp",
            ),
            ("turn:ann:secret@", "turn:…@"),
            ("stun:ann:secret@example.org", "stun:…@example.org"),
        ] {
            let sentence = format!(
                "\"{shown}\" is no STUN or TURN server. Write stun:HOST[:PORT] or turn:NAME:PASSWORD@HOST[:PORT]."
            );
            check(text, Err(&sentence));
        }
    }

    #[test]
    fn turn_urls() {
        for text in [
            "turn:turn.example.org",
            "turn:192.0.2.1:3478?transport=udp",
            "turn:[2001:db8::1]?transport=tcp",
            "turns:turn.example.org:443",
        ] {
            assert_eq!(parse_turn_url(text), Ok(text.to_owned()));
        }
        for text in [
            "",
            "turn:",
            "turn.example.org",
            "stun:stun.example.org",
            "turn:ann:secret@turn.example.org",
            "turn:turn.example.org?transport=sctp",
            "turn://turn.example.org",
        ] {
            let refused = parse_turn_url(text).unwrap_err().to_string();
            assert!(!refused.contains("secret@"), "{refused}");
        }
    }
}
