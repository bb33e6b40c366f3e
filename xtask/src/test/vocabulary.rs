//! Checks the vocabulary of the tree: retired words do not come back, and names of Rust tests are
//! short. The words are in `xtask/vocabulary.txt`.
//!
//! Invariant: the judgement is pure: a file's path and text in, findings out.

use std::{fmt::Write, fs};

use anyhow::{Context, Result, bail, ensure};

use super::Course;
use crate::{step, workspace};

const NAME: &str = "vocabulary";
const LIST: &str = include_str!("../../vocabulary.txt");
const MAX_TEST_NAME_CHARS: usize = 60;
/// Files that people write. Generated files and lock files are not read.
const EXTENSIONS: [&str; 9] = ["css", "html", "js", "lua", "md", "rs", "toml", "ts", "tsx"];
/// The number of findings that are shown; the others are counted.
const MAX_SHOWN: usize = 40;

/// A retired word, its replacement, and the paths where it may stay.
#[derive(Debug, PartialEq, Eq)]
struct Retired<'a> {
    word: &'a str,
    instead: &'a str,
    /// Beginnings of paths.
    allowed_in: Vec<&'a str>,
}

pub(super) fn check(course: &mut Course) {
    let result = read_and_check();
    course.take(NAME, result);
}

fn read_and_check() -> Result<()> {
    let retired = parse(LIST)?;
    let mut git = std::process::Command::new("git");
    git.args(["ls-files"]).current_dir(workspace::top());
    let listed = step::run(NAME, &mut git)?;
    let mut findings = Vec::new();
    for path in listed.lines().filter(|path| is_read(path)) {
        // A file whose deletion is not committed yet is still listed.
        let Ok(text) = fs::read_to_string(workspace::top().join(path)) else {
            continue;
        };
        findings.extend(judge(path, &text, &retired));
    }
    if findings.is_empty() {
        return Ok(());
    }
    let mut message = String::new();
    for finding in findings.iter().take(MAX_SHOWN) {
        writeln!(message, "{finding}")?;
    }
    let hidden = findings.len().saturating_sub(MAX_SHOWN);
    if hidden > 0 {
        writeln!(message, "… and {hidden} more.")?;
    }
    bail!("{message}The list, with its exceptions, is xtask/vocabulary.txt.");
}

fn is_read(path: &str) -> bool {
    // The list itself names the words.
    path.rsplit_once('.')
        .is_some_and(|(_, extension)| EXTENSIONS.contains(&extension))
}

/// One entry a line: `word | instead`, or `word | instead | path path …` with its exceptions.
/// `#` begins a comment.
fn parse(list: &str) -> Result<Vec<Retired<'_>>> {
    list.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let mut parts = line.split('|').map(str::trim);
            let word = parts.next().unwrap_or_default();
            let instead = parts.next().context(line.to_owned())?;
            ensure!(!word.is_empty() && !instead.is_empty(), "{line}");
            Ok(Retired {
                word,
                instead,
                allowed_in: parts
                    .next()
                    .unwrap_or_default()
                    .split_whitespace()
                    .collect(),
            })
        })
        .collect()
}

fn judge(path: &str, text: &str, retired: &[Retired<'_>]) -> Vec<String> {
    let mut findings = Vec::new();
    let here: Vec<_> = retired
        .iter()
        .filter(|entry| !entry.allowed_in.iter().any(|start| path.starts_with(start)))
        .collect();
    for (number, line) in (1..).zip(text.lines()) {
        for word in words(line) {
            let found = here
                .iter()
                .find(|entry| word.eq_ignore_ascii_case(entry.word));
            if let Some(entry) = found {
                findings.push(format!(
                    "{path}:{number}: \"{}\" is retired; write {}.",
                    entry.word, entry.instead
                ));
            }
        }
        if path.ends_with(".rs") {
            findings.extend(long_name(line).map(|name| {
                format!("{path}:{number}: {name} has more than {MAX_TEST_NAME_CHARS} characters.")
            }));
        }
    }
    findings
}

/// The words of a line, also those inside of names: `open_road`, `PageRoad`.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|char: char| !char.is_ascii_alphabetic())
        .flat_map(camel_words)
}

fn camel_words(name: &str) -> Vec<&str> {
    let bytes = name.as_bytes();
    let mut words = Vec::new();
    let mut start = 0;
    for end in 1..bytes.len() {
        if bytes[end].is_ascii_uppercase() && bytes[end - 1].is_ascii_lowercase() {
            words.push(&name[start..end]);
            start = end;
        }
    }
    words.push(&name[start..]);
    words
}

fn long_name(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("fn ")?;
    let end = rest.find(|char: char| !char.is_ascii_alphanumeric() && char != '_')?;
    Some(&rest[..end]).filter(|name| name.len() > MAX_TEST_NAME_CHARS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "# a comment\nroad | bridge\nhub | page session | docs/old.md\n";

    fn check(path: &str, text: &str, expect: &[&str]) {
        let retired = parse(LIST).unwrap();
        assert_eq!(judge(path, text, &retired), expect, "{text}");
    }

    #[test]
    fn retired_words_are_found_in_prose_and_names() {
        let found = "a.rs:1: \"road\" is retired; write bridge.";
        check("a.rs", "// The road ahead.", &[found]);
        check("a.rs", "open_road()", &[found]);
        check("a.rs", "struct PageRoad;", &[found]);
        check("a.rs", "let broad = roads;", &[]);
        check("docs/old.md", "the hub", &[]);
        check(
            "docs/new.md",
            "the hub",
            &["docs/new.md:1: \"hub\" is retired; write page session."],
        );
    }

    #[test]
    fn long_function_names_are_found_in_rust() {
        let name = "n".repeat(MAX_TEST_NAME_CHARS + 1);
        let found = format!("a.rs:1: {name} has more than 60 characters.");
        check("a.rs", &format!("    fn {name}() {{"), &[&found]);
        check("a.rs", &format!("    fn {}() {{", &name[1..]), &[]);
    }

    #[test]
    fn entries_without_a_replacement_are_refused() {
        assert!(parse("road").is_err());
        assert!(parse("road |").is_err());
    }

    #[test]
    fn vocabulary_list_is_valid() {
        assert!(!parse(super::LIST).unwrap().is_empty());
    }
}
