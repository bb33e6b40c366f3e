//! Pages that may open a socket.
//!
//! Invariant: a browser names the page in the `Origin` header (RFC 6455, 10.2), and no page can
//! change it. A client without that header is no browser. Other programs can send any origin, so
//! this keeps out pages only.

use url::Url;

/// Origins of the desktop app's webview.
const APP: [&str; 3] = [
    "tauri://localhost",
    "http://tauri.localhost",
    "https://tauri.localhost",
];

/// The accepted pages, in addition to the relay's own and the app's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum AllowedOrigins {
    #[default]
    OwnOnly,
    /// Each as a browser writes it.
    These(Vec<String>),
    Any,
}

/// The form of an origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("write the page's scheme and host, like https://example.org, or * for any page")]
pub struct OriginError;

impl AllowedOrigins {
    /// Parses the words of `--allow-origin`.
    ///
    /// # Errors
    /// A word that is no origin.
    pub fn parse(words: &[impl AsRef<str>]) -> Result<Self, OriginError> {
        let words = words.iter().map(AsRef::as_ref);
        if words.clone().any(|word| word == "*") {
            return Ok(Self::Any);
        }
        let these: Vec<String> = words.map(parse_origin).collect::<Result<_, _>>()?;
        match these.is_empty() {
            true => Ok(Self::OwnOnly),
            false => Ok(Self::These(these)),
        }
    }

    /// `host` is the relay's name in the request.
    pub(crate) fn judge(&self, origin: Option<&str>, host: Option<&str>) -> Whose {
        let Some(origin) = origin else {
            return Whose::OfNoPage;
        };
        let allowed = match self {
            Self::OwnOnly => false,
            Self::These(these) => these.iter().any(|known| known == origin),
            Self::Any => true,
        };
        if allowed || APP.contains(&origin) {
            Whose::Allowed
        } else if host.is_some_and(|host| is_of(origin, host)) {
            Whose::Own
        } else {
            Whose::Foreign
        }
    }

    /// The hosts of allowed pages.
    pub(crate) fn hosts(&self) -> impl Iterator<Item = &str> {
        let these = match self {
            Self::OwnOnly | Self::Any => &[],
            Self::These(these) => these.as_slice(),
        };
        these.iter().filter_map(|origin| {
            let (_, authority) = origin.split_once("://")?;
            Some(authority.split(':').next().unwrap_or(authority))
        })
    }
}

/// The sender of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// A program that is no browser: browsers name the page.
    OfNoPage,
    /// The app, or an allowed page.
    Allowed,
    /// A page at the host of the request. It is the relay's own only if the relay may have that
    /// name.
    Own,
    Foreign,
}

/// As a browser writes it: no path, no default port.
fn parse_origin(word: &str) -> Result<String, OriginError> {
    let url = Url::parse(word).map_err(|_| OriginError)?;
    let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    let origin = url.origin();
    // No page is at https://*.example.org, and no origin contains a user.
    let plain = !word.contains('@') && !url.host_str().is_some_and(|host| host.contains('*'));
    (bare && plain && origin.is_tuple())
        .then(|| origin.ascii_serialization())
        .ok_or(OriginError)
}

/// Whether the page is at this host. Schemes are not compared, since a proxy may end the TLS.
fn is_of(origin: &str, host: &str) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else {
        return false;
    };
    let default_port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return false,
    };
    let host = host.strip_suffix(default_port).unwrap_or(host);
    authority.eq_ignore_ascii_case(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(allowed: &[&str], origin: Option<&str>, host: &str, expect: bool) {
        let allowed = AllowedOrigins::parse(allowed).unwrap();
        assert_eq!(
            allowed.judge(origin, Some(host)) != Whose::Foreign,
            expect,
            "{origin:?} at {host}, allowed: {allowed:?}"
        );
    }

    #[test]
    fn own_page_app_and_programs_are_accepted() {
        check(&[], None, "meet.example.org", true);
        check(
            &[],
            Some("https://meet.example.org"),
            "meet.example.org",
            true,
        );
        check(
            &[],
            Some("https://meet.example.org"),
            "Meet.Example.org:443",
            true,
        );
        check(&[], Some("http://192.0.2.1:8787"), "192.0.2.1:8787", true);
        check(&[], Some("http://[::1]:8787"), "[::1]:8787", true);
        check(&[], Some("tauri://localhost"), "meet.example.org", true);
        check(
            &[],
            Some("http://tauri.localhost"),
            "meet.example.org",
            true,
        );
    }

    #[test]
    fn other_origins_are_refused() {
        check(&[], Some("https://evil.example"), "meet.example.org", false);
        check(
            &[],
            Some("https://meet.example.org:444"),
            "meet.example.org",
            false,
        );
        check(
            &[],
            Some("https://meet.example.org.evil.example"),
            "meet.example.org",
            false,
        );
        check(&[], Some("null"), "meet.example.org", false);
        check(&[], Some("file://"), "", false);
        check(&[], Some(""), "", false);
    }

    #[test]
    fn allowed_origins_are_accepted() {
        let two = ["https://example.org/", "http://localhost:1420"];
        check(&two, Some("https://example.org"), "meet.example.org", true);
        check(
            &two,
            Some("http://localhost:1420"),
            "meet.example.org",
            true,
        );
        check(&two, Some("http://example.org"), "meet.example.org", false);
        check(&["*"], Some("null"), "meet.example.org", true);
    }

    #[test]
    fn invalid_origin_is_refused() {
        for word in [
            "",
            "example.org",
            "https://",
            "https://example.org/page",
            "mailto:a@b.c",
            "https://*.example.org",
            "https://*",
            "https://ann@example.org",
            "https://ann:secret@example.org",
            "tauri://localhost",
            "null",
        ] {
            assert_eq!(AllowedOrigins::parse(&[word]), Err(OriginError), "{word}");
        }
    }
}
