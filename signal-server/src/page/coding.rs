//! Chooses the content coding of a file for a client, by `Accept-Encoding` (RFC 9110, 12.5.3).
//!
//! Invariant: pure. A coding that the client excludes is never chosen.

use axum::http::{HeaderMap, header};

/// RFC 9110, 8.4.1; `br` is RFC 7932.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Identity,
    Gzip,
    Brotli,
}

impl Coding {
    /// The smallest result first.
    pub(super) const BY_SIZE: [Self; 3] = [Self::Brotli, Self::Gzip, Self::Identity];

    /// As in `Content-Encoding`, which omits `identity`.
    pub(super) fn token(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
        }
    }

    /// The suffix of the file's name.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            Self::Identity => "",
            Self::Gzip => ".gz",
            Self::Brotli => ".br",
        }
    }

    fn is_named(self, token: &str) -> bool {
        let names: &[&str] = match self {
            Self::Identity => &["identity"],
            // RFC 9110, 8.4.1.3: an old name of the same coding.
            Self::Gzip => &["gzip", "x-gzip"],
            Self::Brotli => &["br"],
        };
        names.iter().any(|name| name.eq_ignore_ascii_case(token))
    }
}

/// The available coding with the client's highest weight, then the smallest one. `None` if the
/// client excludes all of them.
pub(super) fn choose(headers: &HeaderMap, available: impl Fn(Coding) -> bool) -> Option<Coding> {
    let accepted = Accepted::of(headers);
    let mut best: Option<(Coding, u16)> = None;
    for coding in Coding::BY_SIZE {
        let weight = accepted.weight(coding);
        let is_better = best.is_none_or(|(_, highest)| weight > highest);
        if available(coding) && weight > 0 && is_better {
            best = Some((coding, weight));
        }
    }
    best.map(|(coding, _)| coding)
}

/// The elements of the header, in thousandths.
struct Accepted<'a>(Option<Vec<(&'a str, u16)>>);

impl<'a> Accepted<'a> {
    fn of(headers: &'a HeaderMap) -> Self {
        let mut lines = headers.get_all(header::ACCEPT_ENCODING).iter().peekable();
        if lines.peek().is_none() {
            return Self(None);
        }
        let elements = lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(','))
            .filter_map(element);
        Self(Some(elements.collect()))
    }

    fn weight(&self, coding: Coding) -> u16 {
        let Some(elements) = &self.0 else {
            // Without the header every coding is acceptable, but such a client may know none.
            return u16::from(coding == Coding::Identity);
        };
        let of = |matches: &dyn Fn(&str) -> bool| {
            let found = elements.iter().find(|(token, _)| matches(token));
            found.map(|(_, weight)| *weight)
        };
        of(&|token| coding.is_named(token))
            .or_else(|| of(&|token| token == "*"))
            // Acceptable unless it is excluded, and chosen last.
            .unwrap_or(u16::from(coding == Coding::Identity))
    }
}

/// `gzip`, `gzip;q=0.5`. An invalid element is ignored.
fn element(text: &str) -> Option<(&str, u16)> {
    let (token, parameter) = match text.split_once(';') {
        Some((token, parameter)) => (token.trim(), Some(parameter.trim())),
        None => (text.trim(), None),
    };
    let weight = match parameter {
        None => 1000,
        Some(parameter) => {
            let (name, value) = parameter.split_once('=')?;
            name.trim().eq_ignore_ascii_case("q").then_some(())?;
            thousandths(value.trim())?
        }
    };
    (!token.is_empty()).then_some((token, weight))
}

/// RFC 9110, 12.4.2: 0 to 1 with at most three decimals.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let are_digits = decimals.bytes().all(|byte| byte.is_ascii_digit());
    if decimals.len() > 3 || !are_digits {
        return None;
    }
    let part: u16 = format!("{decimals:0<3}").parse().ok()?;
    match (whole, part) {
        ("0", part) => Some(part),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lines: &[&str], available: &[Coding], expect: Option<Coding>) {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::ACCEPT_ENCODING, line.parse().unwrap());
        }
        let chosen = choose(&headers, |coding| available.contains(&coding));
        assert_eq!(chosen, expect, "{lines:?} of {available:?}");
    }

    const ALL: &[Coding] = &Coding::BY_SIZE;
    const PLAIN: &[Coding] = &[Coding::Identity];

    #[test]
    fn coding_is_chosen_by_weight_then_size() {
        use Coding::{Brotli, Gzip, Identity};
        for (lines, expect) in [
            (&[] as &[&str], Some(Identity)),
            (&[""], Some(Identity)),
            (&["gzip, deflate, br, zstd"], Some(Brotli)),
            (&["gzip, deflate"], Some(Gzip)),
            (&["x-gzip"], Some(Gzip)),
            (&["GZIP;Q=1"], Some(Gzip)),
            (&["br;q=0.5, gzip;q=0.8"], Some(Gzip)),
            (&["br;q=0.5", "gzip ; q=0.8"], Some(Gzip)),
            (&["br;q=0.001, gzip;q=0"], Some(Brotli)),
            (&["*"], Some(Brotli)),
            (&["*;q=0.1, identity"], Some(Identity)),
            (&["br;q=0, *"], Some(Gzip)),
            (&["identity;q=0"], None),
            (&["*;q=0"], None),
            (&["*;q=0, gzip"], Some(Gzip)),
            (&["*;q=0, identity;q=0.2"], Some(Identity)),
            (&["identity;q=0, br"], Some(Brotli)),
            (&["deflate, zstd"], Some(Identity)),
            (&["br;q=0.2, identity;q=0.9"], Some(Identity)),
            // Invalid elements are ignored.
            (&["br;q=2, gzip;q=x, deflate"], Some(Identity)),
            (&["br;q=0.0001, gzip;q=0.1"], Some(Gzip)),
            (&["br;q, gzip;level=9"], Some(Identity)),
            (&[";q=1, ,"], Some(Identity)),
            (&["brotli"], Some(Identity)),
        ] {
            check(lines, ALL, expect);
        }
    }

    #[test]
    fn unavailable_coding_is_not_chosen() {
        check(&["br, gzip"], PLAIN, Some(Coding::Identity));
        check(
            &["br"],
            &[Coding::Identity, Coding::Gzip],
            Some(Coding::Identity),
        );
        check(&["br, identity;q=0"], PLAIN, None);
    }
}
