//! Generates the page's types from Rust's: `cargo xtask types` writes the files, and the tests that
//! call [`check`] fail if a committed one is stale.
//!
//! Invariant: a dev-dependency that no program links. Its failures are failures of a test.

use std::{env, fmt::Debug, fmt::Display, fs, path::Path};

/// If it is set, [`check`] writes the file instead of failing.
pub const WRITE: &str = "SNUG_WRITE_TYPES";

/// The file's first line.
#[must_use]
pub fn heading(source: &str) -> String {
    format!("// Generated from {source} by `cargo xtask types`. Do not edit.\n")
}

/// Each `type … = …`, exported.
#[must_use]
pub fn exports(declarations: impl IntoIterator<Item = String>) -> String {
    let exports = declarations
        .into_iter()
        .map(|declaration| format!("\nexport {declaration}\n"));
    exports.collect()
}

/// The members of a plain enum with their numbers, as one constant object.
#[must_use]
pub fn numbers<M: Debug, N: Display>(
    name: &str,
    members: impl IntoIterator<Item = (M, N)>,
) -> String {
    let lines = members.into_iter().map(|(member, number)| {
        let member = format!("{member:?}");
        let (first, rest) = member.split_at(1);
        format!("  {}{rest}: {number},\n", first.to_lowercase())
    });
    let lines: String = lines.collect();
    format!("export const {name} = {{\n{lines}}} as const;\n")
}

/// # Panics
/// The file at `path` differs from `expected`.
pub fn check(path: &Path, expected: &str) {
    if env::var_os(WRITE).is_some() {
        let written = path
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(path, expected));
        assert!(
            written.is_ok(),
            "{} cannot be written: {written:?}",
            path.display()
        );
    }
    assert!(
        says(path, expected),
        "{} is stale: run `cargo xtask types`",
        path.display()
    );
}

fn says(path: &Path, expected: &str) -> bool {
    fs::read_to_string(path).is_ok_and(|committed| committed == expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    enum Code {
        GoneAway,
        Full,
    }

    #[test]
    fn type_declarations_are_written() {
        let declarations = ["type A = number;", "type B = string;"].map(str::to_owned);
        assert_eq!(
            exports(declarations),
            "\nexport type A = number;\n\nexport type B = string;\n"
        );
        assert_eq!(
            numbers("CODE", [(Code::GoneAway, 1), (Code::Full, 2)]),
            "export const CODE = {\n  goneAway: 1,\n  full: 2,\n} as const;\n"
        );
    }

    #[test]
    fn stale_or_missing_file_is_found() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let manifest = folder.join("Cargo.toml");
        assert!(says(&manifest, include_str!("../Cargo.toml")));
        assert!(!says(&manifest, "something else"));
        assert!(!says(&folder.join("none.ts"), ""));
    }
}
