//! Which pages may open a socket.
//!
//! Invariant: a browser names the page by the `Origin` header (RFC 6455, 10.2) and no page can
//! change that; what sends none is no browser, and whoever writes a client can send any, so this
//! keeps out pages only.

use url::Url;

/// Where the webview of the desktop app is at home.
const APP: [&str; 3] = [
    "tauri://localhost",
    "http://tauri.localhost",
    "https://tauri.localhost",
];

/// The pages that are let in beside the relay's own and the app's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum AllowedOrigins {
    #[default]
    OwnOnly,
    /// Each as a browser writes it.
    These(Vec<String>),
    Any,
}

/// What an origin has to look like.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("write the page's scheme and host, like https://example.org, or * for any page")]
pub struct OriginError;

impl AllowedOrigins {
    /// Of the words of `--allow-origin`.
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

    /// `host` is what the request names the relay.
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

    /// Of the pages that are let in.
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

/// Whose request it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Of a program that is no browser: those name the page.
    OfNoPage,
    /// Of the app, or of a page that was named.
    Allowed,
    /// Of a page that lies where the request says that the relay is. That is the relay's own only
    /// if it may be reached by that name.
    Own,
    Foreign,
}

/// As a browser writes it: no path, no default port.
fn parse_origin(word: &str) -> Result<String, OriginError> {
    let url = Url::parse(word).map_err(|_| OriginError)?;
    let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    let origin = url.origin();
    // No page is at https://*.example.org, and none names a user.
    let plain = !word.contains('@') && !url.host_str().is_some_and(|host| host.contains('*'));
    (bare && plain && origin.is_tuple())
        .then(|| origin.ascii_serialization())
        .ok_or(OriginError)
}

/// Whether the page lies on this host. Its scheme says nothing: a proxy may have ended the TLS.
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
    fn the_own_page_the_app_and_who_is_no_browser_come_in() {
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
    fn other_pages_stay_out() {
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
    fn what_was_allowed_comes_in_too() {
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
    fn what_is_no_origin_is_refused() {
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
