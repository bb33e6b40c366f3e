//! The name under which a received file is stored. The page has the same function
//! (`ui/src/engine/files/file-name.ts`); both are held to `file-names.json`.
//!
//! Invariant: the result is one component of a path on every system: never empty, hidden, reserved,
//! longer than [`MAX_BYTES`], and without separators, control and bidirectional characters.

/// Room for ` (99)` and `.part.blocks` within the 255 bytes that file systems allow.
const MAX_BYTES: usize = 230;
const MAX_EXTENSION_BYTES: usize = 20;
const RESERVED_NAMES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

pub(super) fn safe_file_name(name: &str) -> String {
    let base = name
        .rsplit(['/', '\\'])
        .find(|part| !part.is_empty())
        .unwrap_or_default();
    let mut shown = String::new();
    for character in base.chars() {
        if is_space(character) {
            if !shown.ends_with(' ') {
                shown.push(' ');
            }
        } else if is_reserved_character(character) {
            shown.push('_');
        } else if is_hidden(character) {
            shown.push_str(&format!("[U+{:04X}]", u32::from(character)));
        } else {
            shown.push(character);
        }
    }
    bounded(unreserved(trimmed(&shown)))
}

const fn is_space(character: char) -> bool {
    matches!(
        character,
        '\t'..='\r'
            | ' '
            | '\u{85}'
            | '\u{a0}'
            | '\u{1680}'
            | '\u{2000}'..='\u{200a}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{202f}'
            | '\u{205f}'
            | '\u{3000}'
    )
}

/// Control, bidirectional and invisible characters, except the joiners that scripts need.
const fn is_hidden(character: char) -> bool {
    matches!(
        character,
        '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Windows allows none of these.
const fn is_reserved_character(character: char) -> bool {
    matches!(character, '<' | '>' | ':' | '"' | '|' | '?' | '*')
}

/// Windows drops dots and spaces at the end, and a dot in front hides a file elsewhere.
fn trimmed(name: &str) -> String {
    let bare = name.trim_start_matches(' ').trim_end_matches(['.', ' ']);
    bare.strip_prefix('.')
        .map_or_else(|| bare.to_owned(), |rest| format!("_{rest}"))
}

fn unreserved(name: String) -> String {
    if name.is_empty() {
        return "file".to_owned();
    }
    let stem = name.split('.').next().unwrap_or_default();
    if is_reserved_name(stem.trim_end_matches(' ')) {
        return format!("_{name}");
    }
    name
}

fn is_reserved_name(stem: &str) -> bool {
    let stem = stem.to_lowercase();
    if RESERVED_NAMES.contains(&stem.as_str()) {
        return true;
    }
    let port = stem.strip_prefix("com").or(stem.strip_prefix("lpt"));
    let mut rest = port.unwrap_or_default().chars();
    matches!(
        (rest.next(), rest.next()),
        (Some('0'..='9' | '\u{b9}' | '\u{b2}' | '\u{b3}'), None)
    )
}

/// The extension stays.
fn bounded(name: String) -> String {
    if name.len() <= MAX_BYTES {
        return name;
    }
    let extension = name
        .rfind('.')
        .filter(|&dot| dot > 0 && name.len() - dot <= MAX_EXTENSION_BYTES)
        .map_or("", |dot| &name[dot..]);
    let mut end = MAX_BYTES - extension.len();
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{extension}", name[..end].trim_end_matches(['.', ' ']))
}

#[cfg(test)]
mod tests {
    use std::path::{Component, Path};

    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Cases {
        written: Vec<Case>,
        generated: Vec<Case>,
    }

    #[derive(Deserialize)]
    struct Case {
        name: String,
        safe: String,
    }

    #[test]
    fn a_thousand_nasty_names_land_inside_the_folder() {
        let cases: Cases = serde_json::from_str(include_str!(
            "../../../crates/signal-protocol/testdata/file-names.json"
        ))
        .unwrap();
        assert!(cases.written.len() >= 60 && cases.generated.len() >= 940);
        for Case { name, safe } in cases.written.into_iter().chain(cases.generated) {
            let made = safe_file_name(&name);
            assert_eq!(made, safe, "{name:?}");
            assert_eq!(safe_file_name(&made), made, "{name:?}");
            assert!(made.len() <= MAX_BYTES);
            let components: Vec<_> = Path::new(&made).components().collect();
            assert_eq!(
                components,
                [Component::Normal(made.as_ref())],
                "{name:?} becomes {made:?}"
            );
        }
    }
}
