//! The table names every block and every packaged file once, with tests that read them.

use std::{fs, path::Path};

use doc_examples::{Check, EXAMPLES, FILES, blocks, documents, read, top};

#[test]
fn block_in_a_document_without_a_check_is_refused() {
    let mut count = 0;
    for document in documents().expect("the documents can be listed") {
        let text = read(&document).expect("a document can be read");
        for block in blocks(&text) {
            let entries = EXAMPLES
                .iter()
                .filter(|entry| entry.document == document && block.text.starts_with(entry.begins));
            assert_eq!(
                entries.count(),
                1,
                "{document}:{}: EXAMPLES needs one entry for the block that begins with {:?}",
                block.line,
                block.text.lines().next()
            );
            count += 1;
        }
    }
    assert_eq!(count, EXAMPLES.len(), "EXAMPLES names blocks that are gone");
}

#[test]
fn packaged_file_without_a_check_is_refused() {
    let mut there = Vec::new();
    for folder in fs::read_dir(top().join("packaging")).expect("packaging is there") {
        for file in fs::read_dir(folder.expect("it can be read").path()).expect("it is a folder") {
            let path = file.expect("it can be read").path();
            let path = path.strip_prefix(top()).expect("it lies in the checkout");
            there.push(path.to_string_lossy().replace('\\', "/"));
        }
    }
    there.sort();
    let named: Vec<_> = FILES.iter().map(|file| file.path).collect();
    assert_eq!(named, there);
}

/// The test's source must contain the example's start as in the table, or the file's name.
#[test]
fn check_that_does_not_read_its_example_is_refused() {
    let examples = EXAMPLES
        .iter()
        .map(|entry| (entry.begins.escape_debug().to_string(), entry.check));
    let files = FILES.iter().map(|entry| {
        let name = entry.path.rsplit('/').next().unwrap_or_default();
        (name.to_owned(), entry.check)
    });
    for (subject, check) in examples.chain(files) {
        match check {
            Check::Run(source) => {
                let text = read(Path::new(source)).expect("the test is there");
                assert!(
                    text.contains(&subject),
                    "{source} does not read {subject:?}"
                );
            }
            Check::Drawing | Check::Doctest => {}
            Check::NotRun(reason) => assert!(reason.ends_with('.'), "{subject}: {reason}"),
        }
    }
}

#[test]
fn readme_that_the_crate_does_not_include_is_refused() {
    for entry in EXAMPLES {
        match entry.check {
            Check::Doctest => {}
            Check::Run(_) | Check::Drawing | Check::NotRun(_) => continue,
        }
        let folder = entry.document.trim_end_matches("README.md");
        let source = format!("{folder}src/lib.rs");
        let text = read(&source).expect("the document lies beside a crate's source");
        assert!(
            text.contains("doc = include_str!(\"../README.md\")"),
            "{source} does not include {} as documentation",
            entry.document
        );
    }
}
