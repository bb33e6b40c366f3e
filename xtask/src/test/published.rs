//! The crates and the npm package that others install are ready to publish: they pack together,
//! say what registries show, and hold both licences, a README and none of the tests.
//!
//! Invariant: nothing is published; what is packed stays in the target folder. The judging is pure:
//! names of files in, findings out.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};

use super::Course;
use crate::{
    step, tool,
    workspace::{self, PLUGIN},
};

const NAME: &str = "packages to publish";

struct Crate {
    name: &'static str,
    /// All its files together, before they are compressed.
    max_bytes: u64,
}

const CRATES: [Crate; 6] = [
    Crate {
        name: "gcra-limit",
        max_bytes: 100_000,
    },
    Crate {
        name: "screen-capture",
        max_bytes: 200_000,
    },
    Crate {
        name: "turn-client",
        max_bytes: 100_000,
    },
    Crate {
        name: "turn-server",
        max_bytes: 250_000,
    },
    Crate {
        name: "webview-rtc",
        max_bytes: 1_000_000,
    },
    Crate {
        name: "tauri-plugin-webrtc",
        max_bytes: 250_000,
    },
];
const MAX_NPM_BYTES: u64 = 500_000;
const LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];
/// What registries show and search.
const CARGO_KEYS: [&str; 6] = [
    "categories",
    "description",
    "documentation",
    "keywords",
    "readme",
    "repository",
];
const NPM_KEYS: [&str; 5] = ["description", "keywords", "license", "repository", "types"];
/// Folders and files that are of no use without the repository.
const TEST_PARTS: [&str; 9] = [
    "benches",
    "conformance",
    "corpus",
    "examples",
    "fuzz",
    "testdata",
    "testing",
    "tests",
    "tests.rs",
];

pub(super) fn check(course: &mut Course) {
    let result = crates().and_then(|()| npm());
    course.take(NAME, result);
}

fn crates() -> Result<()> {
    let mut pack = tool::cargo(&["package", "--locked", "--allow-dirty", "--no-verify"]);
    for Crate { name, .. } in CRATES {
        pack.args(["--package", name]);
    }
    step::run("crates: pack", &mut pack)?;
    for Crate { name, max_bytes } in CRATES {
        let mut list = tool::cargo(&["package", "--list", "--quiet", "--locked", "--allow-dirty"]);
        let listed = step::capture(list.args(["--package", name]))?;
        ensure!(listed.success, "{}", listed.output);
        let folder = workspace::top().join("crates").join(name);
        let files: Vec<_> = listed.output.lines().collect();
        let size = files.iter().map(|file| size_of(&folder.join(file))).sum();
        let manifest = read(&folder.join("Cargo.toml"))?;
        let mut findings = judge(&files, size, max_bytes);
        findings.extend(missing(&CARGO_KEYS, |key| has_toml_key(&manifest, key)));
        conclude(name, &findings)?;
        same_licences(&folder)?;
    }
    Ok(())
}

fn npm() -> Result<()> {
    let mut pack = tool::npm(PLUGIN, &["pack", "--dry-run", "--json", "--silent"]);
    let packed = step::run("npm package: pack", &mut pack)?;
    let files: Vec<_> = packed
        .lines()
        .filter_map(|line| field(line, "path"))
        .collect();
    let size = packed
        .lines()
        .find_map(|line| field(line, "unpackedSize"))
        .and_then(|size| size.parse().ok())
        .context("npm told no unpackedSize")?;
    let manifest = read(&PLUGIN.folder().join("package.json"))?;
    let mut findings = judge(&files, size, MAX_NPM_BYTES);
    findings.extend(missing(&NPM_KEYS, |key| has_json_key(&manifest, key)));
    let repository = workspace_repository()?;
    if !manifest.contains(&repository) {
        findings.push(format!(
            "package.json names another repository than {repository}"
        ));
    }
    conclude("tauri-plugin-webrtc-api", &findings)
}

fn conclude(name: &str, findings: &[String]) -> Result<()> {
    ensure!(findings.is_empty(), "{name}: {}.", findings.join("; "));
    Ok(())
}

/// What is wrong with a package of these files.
fn judge(files: &[&str], size: u64, max_size: u64) -> Vec<String> {
    let mut findings: Vec<_> = LICENCES
        .into_iter()
        .chain(["README.md"])
        .filter(|needed| !files.contains(needed))
        .map(|needed| format!("{needed} is missing"))
        .collect();
    findings.extend(
        files
            .iter()
            .filter(|file| is_of_tests(file))
            .map(|file| format!("{file} belongs to the tests")),
    );
    if size > max_size {
        findings.push(format!("it has {size} bytes, more than {max_size}"));
    }
    findings
}

fn is_of_tests(file: &str) -> bool {
    file.split('/').any(|part| TEST_PARTS.contains(&part)) || file.contains(".test.")
}

fn missing(keys: &[&str], has: impl Fn(&str) -> bool) -> Vec<String> {
    keys.iter()
        .filter(|key| !has(key))
        .map(|key| format!("its manifest has no {key}"))
        .collect()
}

/// `key = …` or `key.workspace = true` at the beginning of a line.
fn has_toml_key(manifest: &str, key: &str) -> bool {
    manifest.lines().any(|line| {
        line.strip_prefix(key)
            .is_some_and(|rest| rest.starts_with([' ', '.']))
    })
}

fn has_json_key(manifest: &str, key: &str) -> bool {
    manifest.contains(&format!("\n  \"{key}\":"))
}

/// The value of a field that stands alone on its line, as npm prints JSON.
fn field<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let rest = line.trim().strip_prefix('"')?.strip_prefix(name)?;
    let value = rest.strip_prefix("\": ")?.trim_end_matches(',');
    Some(value.trim_matches('"'))
}

/// Each package has the licences as they stand at the top.
fn same_licences(folder: &Path) -> Result<()> {
    for licence in LICENCES {
        let copy = folder.join(licence);
        ensure!(
            read(&copy)? == read(&workspace::top().join(licence))?,
            "{} differs from the one at the top. Copy that one.",
            copy.display()
        );
    }
    Ok(())
}

fn workspace_repository() -> Result<String> {
    let manifest = read(&workspace::top().join("Cargo.toml"))?;
    let value = manifest
        .lines()
        .find_map(|line| line.strip_prefix("repository = \""))
        .context("Cargo.toml names no repository")?;
    Ok(value.trim_end_matches('"').to_owned())
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("{} could not be read", path.display()))
}

/// Zero for the files that cargo writes while it packs.
fn size_of(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |found| found.len())
}

#[cfg(test)]
mod tests {
    use super::{field, has_json_key, has_toml_key, judge};

    const WELL: [&str; 4] = ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "src/lib.rs"];

    fn check(more: &[&str], size: u64, expect: &[&str]) {
        let files: Vec<_> = WELL.iter().chain(more).copied().collect();
        assert_eq!(judge(&files, size, 100), expect, "{more:?}");
    }

    #[test]
    fn package_without_tests_within_its_size_is_well() {
        check(&["src/latest.rs", "dist-js/protests.js"], 100, &[]);
    }

    #[test]
    fn package_with_tests_is_refused() {
        for file in [
            "tests/relay/main.rs",
            "src/wire/tests.rs",
            "a.test.ts",
            "testdata/b",
        ] {
            check(&[file], 1, &[&format!("{file} belongs to the tests")]);
        }
    }

    #[test]
    fn package_above_its_size_is_refused() {
        check(&[], 101, &["it has 101 bytes, more than 100"]);
    }

    #[test]
    fn package_without_licence_or_readme_is_refused() {
        assert_eq!(
            judge(&["LICENSE-MIT"], 1, 100),
            ["LICENSE-APACHE is missing", "README.md is missing"]
        );
    }

    #[test]
    fn manifest_keys_are_found_at_the_beginning_of_lines() {
        assert!(has_toml_key("readme = \"a\"", "readme"));
        assert!(has_toml_key("repository.workspace = true", "repository"));
        assert!(!has_toml_key("# readme = 1\nreadmes = 2", "readme"));
        assert!(has_json_key("{\n  \"types\": 1\n}", "types"));
        assert!(!has_json_key(
            "{\n  \"a\": {\n    \"types\": 1\n}}",
            "types"
        ));
    }

    #[test]
    fn fields_of_npm_are_read_from_their_lines() {
        assert_eq!(
            field("        \"path\": \"a/b.js\",", "path"),
            Some("a/b.js")
        );
        assert_eq!(
            field("    \"unpackedSize\": 354003,", "unpackedSize"),
            Some("354003")
        );
        assert_eq!(field("    \"paths\": 1", "path"), None);
    }
}
