//! Holds the crates to their layers: the top modules of a crate do not import each other in a
//! circle, and no runtime comes into the pure crates.
//!
//! Invariant: the judging is pure, texts of files in, a circle or a dependency out.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use super::Course;
use crate::{step, tool, workspace};

const NAME: &str = "layers";
/// Crates whose top modules form no circle.
const ACYCLIC: [&str; 5] = [
    "crates/relay-core/src",
    "crates/turn-client/src",
    "crates/turn-server/src",
    "crates/webview-rtc/src",
    "signal-server/src",
];
/// Crates without a runtime among their dependencies.
const PURE: [&str; 2] = ["gcra-limit", "relay-core"];
const RUNTIMES: [&str; 8] = [
    "async-std",
    "axum",
    "hyper",
    "mio",
    "redis",
    "smol",
    "tokio",
    "tokio-tungstenite",
];

/// For each top module the modules that it imports, each with a file that does so.
type Imports = BTreeMap<String, BTreeMap<String, String>>;

pub(super) fn check(course: &mut Course) {
    for root in ACYCLIC {
        let result = read(root).and_then(|files| judge(root, &files));
        course.take(NAME, result);
    }
    for package in PURE {
        let result = check_dependencies(package);
        course.take(NAME, result);
    }
}

/// The Rust files below a folder: their paths in it, and their texts.
fn read(root: &str) -> Result<Vec<(String, String)>> {
    let top = workspace::top().join(root);
    let mut files = Vec::new();
    let mut folders = vec![top.clone()];
    while let Some(folder) = folders.pop() {
        let entries =
            fs::read_dir(&folder).with_context(|| format!("{} is gone", folder.display()))?;
        for entry in entries {
            let path: PathBuf = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = fs::read_to_string(&path)?;
                files.push((below(&top, &path), text));
            }
        }
    }
    Ok(files)
}

fn below(top: &Path, path: &Path) -> String {
    let path = path.strip_prefix(top).unwrap_or(path);
    path.to_string_lossy().replace('\\', "/")
}

fn judge(root: &str, files: &[(String, String)]) -> Result<()> {
    let imports = imports(files);
    let Some(circle) = circle(&imports) else {
        return Ok(());
    };
    let mut message = format!("{root}: modules import each other in a circle: ");
    for (from, to) in circle.iter().zip(circle.iter().cycle().skip(1)) {
        write!(message, "{from} → {to} ({}), ", imports[from][to])?;
    }
    bail!(
        "{}. Move what both need into a module below them.",
        message.trim_end_matches(", ")
    );
}

fn imports(files: &[(String, String)]) -> Imports {
    let modules: BTreeSet<&str> = files.iter().map(|(path, _)| top_module(path)).collect();
    let root = files.iter().find(|(path, _)| path == "lib.rs");
    let exported = root.map_or_else(BTreeMap::new, |(_, text)| exports(text));
    let mut imports = Imports::new();
    for (path, text) in files {
        let from = top_module(path);
        if ["lib", "main"].contains(&from) || is_test(path) {
            continue;
        }
        for name in crate_names(text) {
            let to = exported.get(&name).unwrap_or(&name);
            if to != from && modules.contains(to.as_str()) {
                let of_module = imports.entry(from.to_owned()).or_default();
                of_module.entry(to.clone()).or_insert_with(|| path.clone());
            }
        }
    }
    imports
}

/// `rooms` of `rooms.rs` and of `rooms/share.rs`.
fn top_module(path: &str) -> &str {
    let first = path.split('/').next().unwrap_or(path);
    first.strip_suffix(".rs").unwrap_or(first)
}

fn is_test(path: &str) -> bool {
    path.split('/')
        .any(|part| part.strip_suffix(".rs").unwrap_or(part) == "tests")
}

/// What `lib.rs` exports, each name with its module.
fn exports(text: &str) -> BTreeMap<String, String> {
    let mut exports = BTreeMap::new();
    for (_, rest) in statements(text, "use ") {
        if let Some((module, names)) = rest.split_once("::") {
            let names = names.trim_matches(['{', '}']).split(',');
            let of_module = names.map(|name| (name.trim().to_owned(), module.trim().to_owned()));
            exports.extend(of_module);
        }
    }
    exports
}

fn statements<'a>(text: &'a str, start: &str) -> impl Iterator<Item = (usize, &'a str)> {
    text.match_indices(start)
        .filter_map(|(at, word)| {
            let rest = &text[at + word.len()..];
            Some((at, &rest[..rest.find(';')?]))
        })
        .collect::<Vec<_>>()
        .into_iter()
}

/// The names that follow `crate::` outside of comments and unit tests.
fn crate_names(text: &str) -> BTreeSet<String> {
    let code: String = text
        .lines()
        .take_while(|line| *line != "mod tests {")
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n");
    let mut names = BTreeSet::new();
    for (at, word) in code.match_indices("crate::") {
        let rest = &code[at + word.len()..];
        match rest.strip_prefix('{') {
            Some(list) => names.extend(listed(list)),
            None => names.extend(first_name(rest)),
        }
    }
    names
}

/// The first name of each entry of a list in braces.
fn listed(list: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut depth = 0;
    let mut start = 0;
    for (at, char) in list.char_indices() {
        match char {
            '{' => depth += 1,
            '}' if depth == 0 => {
                names.extend(first_name(&list[start..at]));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.extend(first_name(&list[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    names
}

fn first_name(text: &str) -> Option<String> {
    let text = text.trim_start();
    let end = text
        .find(|char: char| !char.is_ascii_alphanumeric() && char != '_')
        .unwrap_or(text.len());
    Some(text[..end].to_owned()).filter(|name| !name.is_empty())
}

/// The modules of one circle, in the order in which they import each other.
fn circle(imports: &Imports) -> Option<Vec<String>> {
    let mut done = BTreeSet::new();
    imports
        .keys()
        .find_map(|module| visit(module, imports, &mut Vec::new(), &mut done))
}

fn visit(
    module: &str,
    imports: &Imports,
    path: &mut Vec<String>,
    done: &mut BTreeSet<String>,
) -> Option<Vec<String>> {
    if let Some(start) = path.iter().position(|before| before == module) {
        return Some(path[start..].to_vec());
    }
    if done.contains(module) {
        return None;
    }
    path.push(module.to_owned());
    let mut imported = imports.get(module).into_iter().flat_map(BTreeMap::keys);
    let found = imported.find_map(|next| visit(next, imports, path, done));
    path.pop();
    done.insert(module.to_owned());
    found
}

fn check_dependencies(package: &str) -> Result<()> {
    let tree = step::run(
        &format!("{package} is pure"),
        &mut tool::cargo(&[
            "tree",
            "--locked",
            "--package",
            package,
            "--edges",
            "normal,build",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ]),
    )?;
    match runtime_in(&tree) {
        None => Ok(()),
        Some(runtime) => bail!(
            "{package} depends on {runtime}. It is pure: what needs a runtime belongs into the \
             shell around it. `cargo tree -p {package} -i {runtime}` shows the way."
        ),
    }
}

/// Of the lines that `cargo tree` prints, one package each.
fn runtime_in(tree: &str) -> Option<&str> {
    tree.lines()
        .filter_map(|line| line.split_whitespace().next())
        .find(|name| RUNTIMES.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(files: &[(&str, &str)], expect: Option<&str>) {
        let files: Vec<(String, String)> = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect();
        let found = judge("src", &files).err().map(|error| error.to_string());
        let expect = expect.map(|circle| {
            format!(
                "src: modules import each other in a circle: {circle}. Move what both need into a \
                 module below them."
            )
        });
        assert_eq!(found, expect, "{files:?}");
    }

    #[test]
    fn circle_of_modules_is_spelled_out() {
        check(
            &[
                ("a.rs", "use crate::b::B;"),
                ("b/x.rs", "use crate::{\n    d,\n    c::{C, a},\n};"),
                ("c.rs", "fn c() { crate::a::a() }"),
                ("d.rs", ""),
            ],
            Some("a → b (a.rs), b → c (b/x.rs), c → a (c.rs)"),
        );
    }

    #[test]
    fn exported_name_counts_as_its_module() {
        let root = "mod a;\nmod b;\npub use a::{A, Other};\npub use b::B;";
        check(
            &[
                ("lib.rs", root),
                ("a.rs", "use crate::B;"),
                ("b.rs", "use crate::{Other, c};"),
                ("c.rs", ""),
            ],
            Some("a → b (a.rs), b → a (b.rs)"),
        );
    }

    #[test]
    fn layers_comments_and_tests_are_no_circle() {
        check(
            &[
                ("lib.rs", "mod a;\nmod b;\nfn run() { crate::a::run() }"),
                ("a.rs", "use crate::b;\nuse crate::a::x;"),
                (
                    "b.rs",
                    "// crate::a\n#[cfg(test)]\nmod tests {\n    use crate::a;\n}",
                ),
                ("b/tests.rs", "use crate::a;"),
            ],
            None,
        );
    }

    #[test]
    fn modules_of_this_tree_form_no_circle() {
        for root in ACYCLIC {
            let files = read(root).unwrap();
            assert!(files.iter().any(|(path, _)| path == "lib.rs"), "{root}");
            judge(root, &files).unwrap();
        }
    }

    #[test]
    fn runtime_among_dependencies_is_named() {
        let pure = "relay-core v0.1.0 (/relay)\nserde v1.0.0 (*)\ntokio-like v1.0.0";
        assert_eq!(runtime_in(pure), None);
        let tree = format!("{pure}\ntokio v1.54.0\nmio v1.0.0");
        assert_eq!(runtime_in(&tree), Some("tokio"));
    }
}
