//! Flags and variables as one list of words: one rule for all text that people write.
//!
//! Invariant: pure. White space around a value is ignored. A list is split at its commas, each part
//! by the same rule. An empty variable counts as not set, and a variable does not count if its flag
//! is given. Invisible characters inside a value are refused, since nobody can correct what they
//! cannot see. No error repeats a possible secret.

use std::{
    collections::BTreeSet,
    ffi::{OsStr, OsString},
};

use clap::{Arg, ArgAction, Command, builder::ValueParser};

/// RFC 7064 and RFC 7065.
const SERVER_SCHEMES: [&str; 4] = ["stun:", "stuns:", "turn:", "turns:"];

/// A sentence that names the flag.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct Refusal(String);

/// The words for clap: `given`, with each flag's value cleaned, and the variables as flags before
/// it. From a subcommand on, words stay as they are, and no variable counts.
pub(super) fn collect(
    command: &Command,
    given: impl IntoIterator<Item = OsString>,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<Vec<OsString>, Refusal> {
    let mut given = given.into_iter().peekable();
    let mut words: Vec<OsString> = given.next().into_iter().collect();
    let mut flags = Vec::new();
    let mut seen = BTreeSet::new();
    let mut rest = Vec::new();
    while let Some(word) = given.next() {
        let Some((arg, value)) = flag(command, &word) else {
            let is_flag = word
                .to_str()
                .is_some_and(|word| word.starts_with('-') && word != "--");
            rest.push(word);
            if is_flag {
                continue;
            }
            rest.extend(given);
            break;
        };
        let value = match value {
            Some(value) => value,
            // Another flag is no value, and neither is a word that clap reads as one.
            None => given
                .next_if(|next| !next.to_string_lossy().starts_with('-'))
                .ok_or_else(|| {
                    Refusal(format!("--{0} has no value; write --{0}=VALUE.", long(arg)))
                })?,
        };
        let values = clean(arg, &value)?;
        if values.is_empty() {
            return Err(Refusal(format!(
                "--{} is empty: give it a value, or leave it out.",
                long(arg)
            )));
        }
        seen.insert(arg.get_id().clone());
        flags.extend(values.iter().map(|value| as_word(arg, value)));
    }
    let has_subcommand = rest
        .iter()
        .filter_map(|word| word.to_str())
        .any(|word| command.find_subcommand(word).is_some());
    if !has_subcommand {
        for arg in command.get_arguments() {
            let name = arg.get_env().and_then(OsStr::to_str);
            let value = name
                .filter(|_| !seen.contains(arg.get_id()))
                .and_then(&variable);
            if let Some(value) = value {
                words.extend(clean(arg, &value)?.iter().map(|value| as_word(arg, value)));
            }
        }
    }
    words.extend(flags);
    words.extend(rest);
    Ok(words)
}

/// Parses a word like `--flag` or `--flag=VALUE`, if the flag has values.
fn flag<'a>(command: &'a Command, word: &OsStr) -> Option<(&'a Arg, Option<OsString>)> {
    let word = word.to_str()?.strip_prefix("--")?;
    let (name, value) = match word.split_once('=') {
        Some((name, value)) => (name, Some(value.into())),
        None => (word, None),
    };
    let arg = command
        .get_arguments()
        .find(|arg| arg.get_long() == Some(name) && arg.get_action().takes_values())?;
    Some((arg, value))
}

fn as_word(arg: &Arg, value: &OsStr) -> OsString {
    let mut word = OsString::from(format!("--{}=", long(arg)));
    word.push(value);
    word
}

/// `None` if there is only white space and commas.
fn clean(arg: &Arg, value: &OsStr) -> Result<Vec<OsString>, Refusal> {
    let Some(text) = value.to_str() else {
        return match is_path(arg) {
            true => Ok(vec![value.to_owned()]),
            false => Err(refuse(
                arg,
                value,
                "that is no text in UTF-8: write it again.",
            )),
        };
    };
    let text = text.trim();
    if ['"', '\'']
        .iter()
        .any(|quote| text.starts_with(*quote) && text.ends_with(*quote))
    {
        return Err(Refusal(format!(
            "{} is in quotes, which would be part of the value: leave them out.",
            named(arg)
        )));
    }
    let parts = match matches!(arg.get_action(), ArgAction::Append) {
        true => split(arg, text),
        false => vec![text],
    };
    let parts: Vec<_> = parts
        .into_iter()
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    let hidden = parts.iter().any(|part| {
        part.chars()
            .any(|letter| letter.is_control() || (!is_path(arg) && is_invisible(letter)))
    });
    if hidden {
        return Err(refuse(
            arg,
            value,
            "there is a line break or another character in it that cannot be seen: write it again.",
        ));
    }
    Ok(parts.into_iter().map(OsString::from).collect())
}

/// Splits at commas. If a password may contain one, splits only at commas before another server.
fn split<'a>(arg: &Arg, list: &'a str) -> Vec<&'a str> {
    if !arg.is_hide_env_values_set() {
        return list.split(',').collect();
    }
    let mut parts = Vec::new();
    let mut start = 0;
    for (comma, _) in list.match_indices(',') {
        let behind = list[comma + 1..].trim_start();
        let begins_another = SERVER_SCHEMES.iter().any(|scheme| {
            let begin = behind.get(..scheme.len());
            begin.is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
        });
        if begins_another || behind.is_empty() {
            parts.push(&list[start..comma]);
            start = comma + 1;
        }
    }
    parts.push(&list[start..]);
    parts
}

/// Characters without width, and those that reverse text. A no-break space looks like another
/// space.
fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{a0}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202f}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fffe}'..='\u{ffff}'
    )
}

fn is_path(arg: &Arg) -> bool {
    arg.get_value_parser().type_id() == ValueParser::path_buf().type_id()
}

fn refuse(arg: &Arg, value: &OsStr, sentence: &str) -> Refusal {
    let named = named(arg);
    Refusal(match arg.is_hide_env_values_set() {
        true => format!("{named}: {sentence}"),
        // In Rust's notation, with an escape for each invisible character.
        false => format!("{named} is {value:?}: {sentence}"),
    })
}

/// `--room-size (or SNUG_ROOM_SIZE)`
pub(super) fn named(arg: &Arg) -> String {
    let variable = arg
        .get_env()
        .map(|name| format!(" (or {})", name.to_string_lossy()))
        .unwrap_or_default();
    format!("--{}{variable}", long(arg))
}

fn long(arg: &Arg) -> &str {
    arg.get_long().unwrap_or_default()
}
