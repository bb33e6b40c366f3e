//! The commands and files that the documents show, read from the documents, for the tests that run
//! them. [`EXAMPLES`] names the test of each one.
//!
//! Invariant: this crate's tests fail for a block in a document, or a file in `packaging/`, that
//! [`EXAMPLES`] or [`FILES`] does not name.

mod markdown;
mod table;

use std::{fs, io, path::Path};

pub use markdown::{Block, blocks, code_spans};
pub use table::{Check, EXAMPLES, Example, FILES, PackagedFile};

/// Folders with documents for people, from the top of the checkout.
const FOLDERS: [&str; 9] = [
    "",
    "docs/",
    "docs/concepts/",
    "docs/decisions/",
    "docs/experiments/",
    "crates/tauri-plugin-webrtc/",
    "crates/turn-client/",
    "crates/turn-server/",
    "crates/webview-rtc/",
];

/// The top of the checkout.
#[must_use]
pub fn top() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}

/// Every document for people, as a path from the top of the checkout with `/`, sorted by name.
///
/// # Errors
/// A folder cannot be read.
pub fn documents() -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for folder in FOLDERS {
        for entry in fs::read_dir(top().join(folder))? {
            let name = entry?.file_name();
            if Path::new(&name).extension().is_some_and(|end| end == "md") {
                found.push(format!("{folder}{}", name.to_string_lossy()));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The text of a document, or of another file of the checkout.
///
/// # Errors
/// It cannot be read; the sentence names it.
pub fn read(path: impl AsRef<Path>) -> Result<String, String> {
    let path = path.as_ref();
    fs::read_to_string(top().join(path))
        .map_err(|error| format!("{} cannot be read: {error}", path.display()))
}

/// The block of a document that begins with these words.
///
/// # Errors
/// There is no such block, or there are several; the sentence says which.
pub fn block(document: &str, begins: &str) -> Result<String, String> {
    let text = read(document)?;
    let mut matching = blocks(&text).filter(|block| block.text.starts_with(begins));
    let Some(found) = matching.next() else {
        return Err(format!(
            "{document} shows no block that begins with {begins:?}"
        ));
    };
    if matching.next().is_some() {
        return Err(format!(
            "{document} shows several blocks that begin with {begins:?}"
        ));
    }
    Ok(found.text)
}
