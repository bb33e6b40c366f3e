//! Every variable and flag in files and pages for hosts exists.

use std::{collections::BTreeSet, fs, path::Path, process::Stdio};

use crate::relay::Program;

/// It is read before flags are, so it has none.
const LOG: &str = "SNUG_LOG";
const PAGES: [&str; 5] = [
    "README.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "docs/self-hosting.md",
    "docs/protocol.md",
];
const FOLDERS: [&str; 2] = ["packaging/debian", "packaging/compose"];

/// Of the program and of its command.
fn help() -> String {
    let help = |words: &[&str]| {
        let mut command = Program::command();
        let output = command.args(words).stdout(Stdio::piped()).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    help(&["--help"]) + &help(&["doctor", "--help"])
}

/// The words that begin with `begin`, as far as these letters go.
fn words<'a>(text: &'a str, begin: &str, letters: impl Fn(char) -> bool) -> BTreeSet<&'a str> {
    text.match_indices(begin)
        .map(|(at, _)| {
            let word = &text[at..];
            let end = word[begin.len()..]
                .find(|letter| !letters(letter))
                .map_or(word.len(), |end| begin.len() + end);
            word[..end].trim_end_matches(['_', '-'])
        })
        .filter(|word| word.len() > begin.len())
        .collect()
}

fn variables(text: &str) -> BTreeSet<&str> {
    words(text, "SNUG_", |letter| {
        letter.is_ascii_uppercase() || letter == '_'
    })
}

fn texts() -> Vec<(String, String)> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let files = FOLDERS.iter().flat_map(|folder| {
        fs::read_dir(top.join(folder))
            .unwrap()
            .map(|entry| entry.unwrap().path())
    });
    let pages = PAGES.iter().map(|page| top.join(page));
    pages
        .chain(files)
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            (path.display().to_string(), text)
        })
        .collect()
}

#[test]
fn every_documented_variable_exists() {
    let help = help();
    let mut known = variables(&help);
    known.insert(LOG);
    let mut count = 0;
    for (path, text) in texts() {
        for variable in variables(&text) {
            assert!(known.contains(variable), "{path}: no {variable} in --help");
            count += 1;
        }
    }
    assert!(count > 20, "only {count} were found");
}

#[test]
fn every_documented_flag_exists() {
    let help = help();
    let is_flag = |letter: char| letter.is_ascii_lowercase() || letter == '-';
    let known = words(&help, "--", is_flag);
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let page = fs::read_to_string(top.join("docs/self-hosting.md")).unwrap();
    let page = page.replace("\\\n", " ");
    let code = page.split('`').skip(1).step_by(2).flat_map(str::lines);
    // A line that starts the relay, or a flag alone in a sentence.
    let relays = code
        .filter(|line| line.contains("signal-server") || line.starts_with("--"))
        .filter(|line| !line.contains("cargo"));
    let mut count = 0;
    for line in relays {
        for flag in words(line, "--", is_flag) {
            assert!(known.contains(flag), "no {flag} in --help: {line}");
            count += 1;
        }
    }
    assert!(count > 10, "only {count} were found");
}
