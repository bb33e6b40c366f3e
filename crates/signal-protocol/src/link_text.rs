//! Finds invite links in a text and splits them: a link alone, without its scheme, in brackets, or
//! inside a sentence.
//!
//! Invariant: only characters that no link means literally are decoded: invisible characters, wide
//! ASCII, backslashes.

use crate::typed_room::is_invisible;

/// With the slash, since `snug:8787` is a host and its port.
const SCHEMES: [&str; 5] = ["snug:/", "https:/", "http:/", "wss:/", "ws:/"];
/// Characters that end a link anywhere.
const ENDS: [char; 12] = ['"', '<', '>', '`', '{', '}', '|', '^', '“', '”', '«', '»'];

/// The parts of a link. `scheme` is empty if the link has none.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct LinkParts<'a> {
    pub(crate) scheme: &'a str,
    pub(crate) authority: &'a str,
    pub(crate) path: &'a str,
    pub(crate) fragment: Option<&'a str>,
}

/// The text as [`links`] needs it.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .filter(|&letter| !is_invisible(letter))
        .map(|letter| match letter {
            '\\' | '＼' => '/',
            // Wide forms, as East Asian keyboards produce them.
            '！'..='～' => {
                char::from_u32(u32::from(letter) - 0xff01 + u32::from('!')).unwrap_or(letter)
            }
            _ => letter,
        })
        .collect()
}

/// The candidates for links in a plain text, in order.
pub(crate) fn links(plain: &str) -> impl Iterator<Item = LinkParts<'_>> {
    let words = || {
        plain
            .split(|letter: char| letter.is_whitespace() || letter.is_control())
            .filter(|word| !word.is_empty())
    };
    let is_alone = words().count() == 1;
    words().filter_map(move |word| link_in(word, is_alone))
}

/// Whether a path is a room's, in any spelling: `/r/42`, `/r/42/`, `//r/42`, `/R/42`, `/r`.
#[must_use]
pub fn is_room_path(path: &str) -> bool {
    let first = path.split('/').find(|segment| !segment.is_empty());
    first.is_some_and(|segment| segment.eq_ignore_ascii_case("r"))
}

fn link_in(word: &str, is_alone: bool) -> Option<LinkParts<'_>> {
    if let Some(start) = scheme_start(word) {
        return Some(apart(upto_end(&word[start..])));
    }
    let word = upto_end(without_opening(word));
    let link = apart(word);
    if word.contains("://") {
        return Some(link);
    }
    let is_host = is_alone
        || link.authority.contains(['.', ':'])
        || link.authority.eq_ignore_ascii_case("localhost");
    (is_host && !link.authority.is_empty() && is_room_path(link.path)).then_some(link)
}

/// The start of a known scheme: at the start of the word, or after a character that is no letter.
fn scheme_start(word: &str) -> Option<usize> {
    let lower = word.to_ascii_lowercase();
    let starts = SCHEMES.iter().flat_map(|scheme| {
        lower.match_indices(scheme).filter_map(|(start, _)| {
            let before = lower[..start].chars().next_back();
            before
                .is_none_or(|letter| !letter.is_alphanumeric())
                .then_some(start)
        })
    });
    starts.min()
}

fn without_opening(word: &str) -> &str {
    let is_ipv6 = |text: &str| {
        let inside = text.strip_prefix('[').and_then(|text| text.split_once(']'));
        inside.is_some_and(|(address, _)| address.parse::<std::net::Ipv6Addr>().is_ok())
    };
    let start = word
        .char_indices()
        .find(|&(at, letter)| letter.is_alphanumeric() || is_ipv6(&word[at..]));
    start.map_or("", |(at, _)| &word[at..])
}

fn upto_end(link: &str) -> &str {
    // `[text](link)`, where the text is the link too.
    let link = link.split("](").next().unwrap_or(link);
    link.split(ENDS).next().unwrap_or(link)
}

fn apart(link: &str) -> LinkParts<'_> {
    let (rest, fragment) = match link.split_once('#') {
        Some((rest, fragment)) => (rest, Some(fragment)),
        None => (link, None),
    };
    let rest = rest.split('?').next().unwrap_or(rest);
    let (scheme, rest) = match rest.split_once(':') {
        Some((scheme, behind)) if is_scheme(scheme, behind) => (scheme, without_slashes(behind)),
        Some(_) | None => ("", rest),
    };
    let (authority, path) = match rest.find('/') {
        Some(slash) => rest.split_at(slash),
        None => (rest, ""),
    };
    LinkParts {
        scheme,
        authority,
        path,
        fragment,
    }
}

fn is_scheme(scheme: &str, behind: &str) -> bool {
    let is_ours = SCHEMES
        .iter()
        .any(|known| known.trim_end_matches(":/").eq_ignore_ascii_case(scheme));
    behind.starts_with("//") || (is_ours && behind.starts_with('/'))
}

/// `//` belongs to the scheme. A third slash begins a path, and then there is no host.
fn without_slashes(behind: &str) -> &str {
    let behind = behind.strip_prefix('/').unwrap_or(behind);
    behind.strip_prefix('/').unwrap_or(behind)
}
