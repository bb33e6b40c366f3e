//! Every command of this checkout that a document names, in a block or in a sentence, exists.

use clap::{Parser, error::ErrorKind};
use doc_examples::{block, blocks, code_spans, documents, read};

use crate::Cli;

/// Every line of the documents that begins with this word.
fn commands(word: &str) -> Vec<String> {
    let mut found = Vec::new();
    for document in documents().expect("the documents can be listed") {
        let text = read(document).expect("a document can be read");
        let shown: String = blocks(&text).map(|block| block.text).collect();
        let lines = shown.lines().chain(code_spans(&text));
        let commands = lines.flat_map(|line| line.split("&&")).map(|line| {
            let command = line.split(" #").next().unwrap_or_default();
            command.trim().to_owned()
        });
        let prefix = format!("{word} ");
        found.extend(commands.filter(|command| command.starts_with(&prefix)));
    }
    found
}

/// A placeholder for a value that the reader chooses.
fn is_left_open(word: &str) -> bool {
    word.contains('…') || word.chars().all(|letter| letter.is_ascii_uppercase())
}

#[test]
fn xtask_command_in_a_document_exists() {
    for document in ["README.md", "CONTRIBUTING.md"] {
        let first = block(document, "cargo xtask run").expect("the first commands are shown");
        assert!(first.contains("cargo xtask test"), "{document}: {first}");
    }
    let commands = commands("cargo xtask");
    assert!(commands.len() > 15, "only {commands:?}");
    for command in commands {
        let words = command
            .split_whitespace()
            .skip(2)
            .filter(|word| !is_left_open(word));
        let parsed = Cli::try_parse_from(std::iter::once("cargo xtask").chain(words));
        let refused = parsed
            .err()
            .filter(|error| error.kind() != ErrorKind::DisplayHelp);
        assert!(refused.is_none(), "`{command}`: {}", refused.unwrap());
    }
}

#[test]
fn package_in_a_cargo_command_of_a_document_exists() {
    let lock = read("Cargo.lock").expect("the lock file is there");
    let mut count = 0;
    for command in commands("cargo") {
        let words: Vec<_> = command.split_whitespace().collect();
        for pair in words.windows(2) {
            if matches!(pair[0], "-p" | "--package") && !is_left_open(pair[1]) {
                let name = format!("name = \"{}\"", pair[1]);
                assert!(
                    lock.contains(&name),
                    "`{command}`: there is no package {}",
                    pair[1]
                );
                count += 1;
            }
        }
    }
    assert!(count > 3, "only {count} were found");
}

#[test]
fn npm_script_in_a_document_exists() {
    let mut count = 0;
    for command in commands("npm").into_iter().chain(commands("npx")) {
        let words: Vec<_> = command.split_whitespace().collect();
        let [program, "--prefix", folder, rest @ ..] = &words[..] else {
            continue;
        };
        let package = read(format!("{folder}/package.json")).expect("the folder has a package");
        let there = match (*program, rest) {
            ("npm", ["ci", ..]) => true,
            ("npm", ["run", script, ..] | [script, ..]) => {
                package.contains(&format!("\"{script}\": "))
            }
            ("npx", ["tauri", ..]) => package.contains("\"@tauri-apps/cli\": "),
            _ => false,
        };
        assert!(
            there,
            "`{command}`: {folder}/package.json has no such script"
        );
        count += 1;
    }
    assert!(count > 4, "only {count} were found");
}
