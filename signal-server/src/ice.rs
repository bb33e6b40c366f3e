//! Parses `--ice-server` and `--turn-url`: a STUN or TURN server as one URL (RFC 7064, RFC 7065).
//!
//! Invariant: every browser accepts a parsed server, so a TURN server has credentials. No error
//! repeats the input, because any part of it may be a secret.

mod location;
mod userinfo;

use signal_protocol::IceServer;

pub(crate) use location::host_of;
use location::{Location, LocationError};
use userinfo::{Userinfo, UserinfoError};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IceServerError {
    #[error("that is no STUN or TURN server. Write {FORMS}.")]
    Scheme,
    #[error(
        "there is no // after {0}: in the URL of a STUN or TURN server (RFC 7064, RFC 7065). \
         Write {FORMS}."
    )]
    Slashes(&'static str),
    #[error(
        "A TURN server wants credentials, or browsers refuse it. Write {0}:NAME:PASSWORD@HOST[:PORT]."
    )]
    NoCredentials(&'static str),
    #[error("a STUN server has no name and no password, nor an @. Write stun:HOST[:PORT].")]
    StunCredentials,
    #[error(transparent)]
    Userinfo(#[from] UserinfoError),
    #[error(transparent)]
    Location(#[from] LocationError),
    #[error(
        "that is no TURN server. Write turn:HOST[:PORT][?transport=tcp] or turns:HOST[:PORT], \
         without credentials: those are made with --turn-secret."
    )]
    NoTurnServer,
}

const FORMS: &str = "stun:HOST[:PORT] or turn:NAME:PASSWORD@HOST[:PORT][?transport=tcp]";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Stun,
    Stuns,
    Turn,
    Turns,
}

impl Scheme {
    const ALL: [Self; 4] = [Self::Stun, Self::Stuns, Self::Turn, Self::Turns];

    fn name(self) -> &'static str {
        match self {
            Self::Stun => "stun",
            Self::Stuns => "stuns",
            Self::Turn => "turn",
            Self::Turns => "turns",
        }
    }

    fn is_turn(self) -> bool {
        match self {
            Self::Stun | Self::Stuns => false,
            Self::Turn | Self::Turns => true,
        }
    }

    /// Splits a URL at its first colon. The scheme is case-insensitive (RFC 3986, 3.1).
    fn split(text: &str) -> Result<(Self, &str), IceServerError> {
        let (name, rest) = text.split_once(':').ok_or(IceServerError::Scheme)?;
        let scheme = Self::ALL
            .into_iter()
            .find(|scheme| scheme.name().eq_ignore_ascii_case(name))
            .ok_or(IceServerError::Scheme)?;
        match rest.starts_with("//") {
            true => Err(IceServerError::Slashes(scheme.name())),
            false => Ok((scheme, rest)),
        }
    }
}

/// Parses `stun:HOST[:PORT]`, `stuns:…`, `turn:NAME:PASSWORD@HOST[:PORT][?transport=udp|tcp]` or
/// `turns:…`. This is the syntax of RFC 7064 and RFC 7065, plus credentials in front of the host
/// (RFC 3986, 3.2.1). NAME ends at the first colon, PASSWORD at the last `@`. Both may contain
/// percent-encoded bytes.
///
/// # Errors
/// A sentence that says what to write. It repeats nothing of `text`.
pub fn parse_ice_server(text: &str) -> Result<IceServer, IceServerError> {
    let (scheme, rest) = Scheme::split(text)?;
    let (credentials, location) = match rest.rsplit_once('@') {
        Some((credentials, location)) => (Some(credentials), location),
        None => (None, rest),
    };
    if !scheme.is_turn() {
        if credentials.is_some() {
            return Err(IceServerError::StunCredentials);
        }
        let location = Location::parse(location)?.without_transport()?;
        return Ok(IceServer {
            urls: vec![location.url(scheme.name())],
            username: None,
            credential: None,
        });
    }
    let credentials = credentials.ok_or(IceServerError::NoCredentials(scheme.name()))?;
    let userinfo =
        Userinfo::parse(credentials)?.ok_or(IceServerError::NoCredentials(scheme.name()))?;
    Ok(IceServer {
        urls: vec![Location::parse(location)?.url(scheme.name())],
        username: Some(userinfo.name),
        credential: Some(userinfo.password),
    })
}

/// Parses `turn:HOST[:PORT][?transport=udp|tcp]` or `turns:…` (RFC 7065). The relay makes the
/// credentials from a secret.
///
/// # Errors
/// A sentence that says what to write. It repeats nothing of `text`.
pub fn parse_turn_url(text: &str) -> Result<String, IceServerError> {
    let (scheme, rest) = Scheme::split(text)?;
    if !scheme.is_turn() || rest.contains('@') {
        return Err(IceServerError::NoTurnServer);
    }
    Ok(Location::parse(rest)?.url(scheme.name()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Parses `text`; expects the URL, and the name and password that a browser gets.
    fn check(text: &str, url: &str, credentials: Option<(&str, &str)>) {
        let server = parse_ice_server(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(server.urls, [url], "{text}");
        let found = server.username.as_deref().zip(server.credential.as_deref());
        assert_eq!(found, credentials, "{text}");
    }

    fn check_refused(text: &str, expect: &str) {
        let sentence = parse_ice_server(text).unwrap_err().to_string();
        assert!(
            sentence.contains(expect),
            "{text}: no {expect:?} in {sentence}"
        );
    }

    #[test]
    fn ice_server_url_is_parsed() {
        check("stun:stun.example.org", "stun:stun.example.org", None);
        check("stun:192.0.2.1:3478", "stun:192.0.2.1:3478", None);
        check("stuns:[2001:db8::1]:5349", "stuns:[2001:db8::1]:5349", None);
        check("STUN:Stun.Example.ORG", "stun:stun.example.org", None);
        check("stun:bücher.example", "stun:xn--bcher-kva.example", None);
        check(
            "turn:ann:secret@turn.example.org?transport=tcp",
            "turn:turn.example.org?transport=tcp",
            Some(("ann", "secret")),
        );
        check(
            "turns:ann:p@ss:word@turn.example.org:443",
            "turns:turn.example.org:443",
            Some(("ann", "p@ss:word")),
        );
        check(
            "Turn:ann:secret@turn.example.org:3478?transport=TCP",
            "turn:turn.example.org:3478?transport=tcp",
            Some(("ann", "secret")),
        );
    }

    #[test]
    fn turn_credentials_with_any_character_reach_the_member() {
        for (written, name, password) in [
            ("ann:Top,x", "ann", "Top,x"),
            ("ann%40example.org:pw", "ann@example.org", "pw"),
            ("ann@example.org:pw", "ann@example.org", "pw"),
            ("1700000000%3Aann:pw", "1700000000:ann", "pw"),
            ("a%3ab:c%3Ad%2Ce%25f%2Fg", "a:b", "c:d,e%f/g"),
            ("ann:p?a#s/s\\w", "ann", "p?a#s/s\\w"),
            ("ann:a b", "ann", "a b"),
            ("gr%C3%BCn:grün", "grün", "grün"),
            ("ann:AbC+/=", "ann", "AbC+/="),
        ] {
            check(
                &format!("turn:{written}@turn.example.org"),
                "turn:turn.example.org",
                Some((name, password)),
            );
        }
    }

    #[test]
    fn invalid_ice_server_is_refused_with_a_correction() {
        for (text, expect) in [
            ("", "no STUN or TURN server"),
            ("stun.example.org", "no STUN or TURN server"),
            ("https://example.org", "no STUN or TURN server"),
            ("ann:secret@turn.example.org", "no STUN or TURN server"),
            ("stun:", "no usable host"),
            ("stun://example.org", "no // after stun:"),
            ("turn://ann:pw@turn.example.org", "no // after turn:"),
            ("turns://turn.example.org", "no // after turns:"),
            ("stun:example.org?transport=udp", "?transport="),
            ("stun:ann:secret@example.org", "no name and no password"),
            ("stun:@example.org", "no name and no password"),
            ("turn:turn.example.org", "wants credentials"),
            ("turn:ann@turn.example.org", "wants credentials"),
            ("turn:ann:@turn.example.org", "wants credentials"),
            ("turn::secret@turn.example.org", "wants credentials"),
            ("turn:@turn.example.org", "wants credentials"),
            (
                "turns:ann@turn.example.org",
                "Write turns:NAME:PASSWORD@HOST",
            ),
            ("turn:ann:secret@", "no usable host"),
            ("turn:ann:50%@turn.example.org", "%25"),
            ("turn:ann:%zz@turn.example.org", "%25"),
            ("turn:ann:%+1@turn.example.org", "%25"),
            ("turn:ann:%ff@turn.example.org", "UTF-8"),
            ("turn:ann:a%0Ab@turn.example.org", "control character"),
            ("turn:1700000000:ann:pw@turn.example.org", "%3A"),
            (
                &format!("turn:{}:pw@turn.example.org", "a".repeat(509)),
                "508 bytes",
            ),
        ] {
            check_refused(text, expect);
        }
    }

    #[test]
    fn turn_url_is_parsed_or_refused() {
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

    const MARK: &str = "Xk7q";

    proptest! {
        /// The secret may be anywhere in the input.
        #[test]
        fn ice_server_error_repeats_nothing(before in "[ -~]{0,20}", after in "[ -~]{0,20}") {
            for form in [
                format!("{before}{MARK}{after}"),
                format!("stun:{before}{MARK}{after}"),
                format!("turn:{before}{MARK}{after}"),
                format!("turn:ann:{before}{MARK}{after}@host"),
                format!("turns:{before}:{MARK}@{after}"),
                format!("turn:ann:pw@{before}{MARK}{after}"),
                format!("turn:ann:pw@host?{before}{MARK}{after}"),
            ] {
                for sentence in [
                    parse_ice_server(&form).err().map(|error| format!("{error} {error:?}")),
                    parse_turn_url(&form).err().map(|error| format!("{error} {error:?}")),
                ] {
                    prop_assert!(sentence.is_none_or(|sentence| !sentence.contains(MARK)), "{}", form);
                }
            }
        }

        #[test]
        fn turn_credentials_are_read_back(name in ".{1,40}", password in ".{1,40}") {
            let encoded = |text: &str| -> String {
                text.bytes().map(|byte| format!("%{byte:02X}")).collect()
            };
            let text = format!("turn:{}:{}@turn.example.org", encoded(&name), encoded(&password));
            let holds_control = |text: &str| text.chars().any(char::is_control);
            match parse_ice_server(&text) {
                Ok(server) => {
                    prop_assert_eq!(server.username, Some(name));
                    prop_assert_eq!(server.credential, Some(password));
                }
                Err(_) => prop_assert!(holds_control(&name) || holds_control(&password)),
            }
        }
    }
}
