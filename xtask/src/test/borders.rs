//! Holds what ARCHITECTURE.md says that a part of the tree never does: crates that it never depends
//! on, and words that its code never uses. And that file names only what is there.
//!
//! Invariant: the judging is pure, texts in, findings out. Comments and tests do not count.

use std::{collections::BTreeSet, fs};

use anyhow::{Result, ensure};

use super::Course;
use crate::{step, tool, workspace};

const NAME: &str = "borders";

/// A package, and what it depends on neither directly nor indirectly.
struct Border {
    package: &'static str,
    never: &'static [&'static str],
}

const SOCKETS: [&str; 6] = [
    "axum",
    "hyper",
    "mio",
    "redis",
    "tokio",
    "tokio-tungstenite",
];
const SNUG: [&str; 6] = [
    "relay-core",
    "relay-doctor",
    "signal-protocol",
    "signal-server",
    "snug",
    "snug-shell",
];
const TEST_CRATES: [&str; 4] = ["doc-examples", "e2e", "page-types", "relay-bench"];

const BORDERS: [Border; 12] = [
    // The wire knows no transport. `layers.rs` holds `relay-core`.
    border("signal-protocol", &SOCKETS),
    border("gcra-limit", &SOCKETS),
    // What others may use knows nothing of Snug.
    border("turn-client", &SNUG),
    border("turn-server", &SNUG),
    border("turn-server", &["axum", "hyper", "redis"]),
    border("screen-capture", &SNUG),
    border("webview-rtc", &SNUG),
    border("tauri-plugin-webrtc", &SNUG),
    border("gcra-limit", &SNUG),
    // No program contains what is for tests.
    border("snug", &TEST_CRATES),
    border("signal-server", &TEST_CRATES),
    // What people run builds before anything else, so no product code is in it.
    border("xtask", &SNUG),
];

/// Words that the code below a folder never uses, except in some of its files.
struct Silence {
    folder: &'static str,
    never: &'static [&'static str],
    except: &'static [&'static str],
}

const SILENCES: [Silence; 13] = [
    silence(
        "crates/relay-core/src",
        &[
            "Mutex",
            "RwLock",
            "std::fs",
            "std::net::Tcp",
            "std::net::Udp",
            "std::thread",
        ],
    ),
    silence(
        "crates/signal-protocol/src",
        &[
            "std::fs",
            "std::io",
            "std::net::Tcp",
            "std::net::Udp",
            "std::thread",
        ],
    ),
    silence("crates/gcra-limit/src", &["Mutex", "RwLock", "std::thread"]),
    silence(
        "crates/webview-rtc/src/audio",
        &["Mutex", "std::fs", "std::net", "std::thread", "tokio"],
    ),
    silence(
        "crates/webview-rtc/src/video",
        &["Mutex", "std::fs", "std::net", "std::thread", "tokio"],
    ),
    silence(
        "crates/webview-rtc/src/network",
        &[
            "crate::audio",
            "crate::connection",
            "crate::page_session",
            "crate::video",
            "str0m",
        ],
    ),
    silence(
        "crates/webview-rtc/src/playback",
        &[
            "crate::bridge",
            "crate::connection",
            "crate::network",
            "crate::page_session",
        ],
    ),
    silence(
        "crates/webview-rtc/src/system_audio",
        &[
            "crate::bridge",
            "crate::connection",
            "crate::network",
            "crate::page_session",
            "crate::playback",
        ],
    ),
    // The page alone reads and writes SDP.
    Silence {
        folder: "crates/webview-rtc/src",
        never: &["sdp", "Sdp"],
        except: &[
            "session/commit.rs",
            "session/ice_candidates.rs",
            "str0m_workarounds/certificate_alert.rs",
            "str0m_workarounds/synthetic_offer.rs",
        ],
    },
    // The caller of `turn-client` resolves names and judges certificates.
    silence(
        "crates/turn-client/src",
        &["lookup_host", "rustls_platform_verifier", "to_socket_addrs"],
    ),
    // The TURN server's rules have no sockets and no tasks.
    silence(
        "crates/turn-server/src/rules",
        &[
            "TaskTracker",
            "TcpListener",
            "TcpStream",
            "UdpSocket",
            "socket2",
            "spawn",
            "tokio::net",
            "tokio::time",
        ],
    ),
    // A file is read at the start and when it changes, never for a request.
    silence("signal-server/src/http", &["File::", "fs::"]),
    // Every queue has a bound; of these two the comment in the file says which.
    Silence {
        folder: "",
        never: &["unbounded_channel"],
        except: &["webview-rtc/src/playback.rs", "test/borders.rs"],
    },
];

const fn border(package: &'static str, never: &'static [&'static str]) -> Border {
    Border { package, never }
}

const fn silence(folder: &'static str, never: &'static [&'static str]) -> Silence {
    Silence {
        folder,
        never,
        except: &[],
    }
}

pub(super) fn check(course: &mut Course) {
    let result = dependencies()
        .and_then(|()| words(&rust_files()?))
        .and_then(|()| map());
    course.take(NAME, result);
}

fn rust_files() -> Result<Vec<String>> {
    let mut git = std::process::Command::new("git");
    git.args(["ls-files", "*.rs"]).current_dir(workspace::top());
    let listed = step::run(NAME, &mut git)?;
    Ok(listed.lines().map(str::to_owned).collect())
}

fn dependencies() -> Result<()> {
    for Border { package, never } in BORDERS {
        let tree = step::capture(&mut tool::dependencies(package))?;
        ensure!(tree.success, "{}", tree.output);
        let found: Vec<_> = crossing(&tree.output, package, never).collect();
        ensure!(
            found.is_empty(),
            "{package} depends on {}. ARCHITECTURE.md says that it never does.",
            found.join(", ")
        );
    }
    Ok(())
}

/// The refused packages among the lines of `cargo tree`.
fn crossing<'a>(
    tree: &'a str,
    package: &'a str,
    never: &'a [&str],
) -> impl Iterator<Item = &'a str> {
    tree.lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(move |name| *name != package && never.contains(name))
}

fn words(files: &[String]) -> Result<()> {
    let mut findings = Vec::new();
    for silence in &SILENCES {
        let below = files.iter().filter(|path| silence.is_about(path));
        let mut count = 0;
        for path in below.filter(|path| !is_test(path)) {
            count += 1;
            // A file that is deleted and not yet committed is listed all the same.
            let Ok(text) = fs::read_to_string(workspace::top().join(path)) else {
                continue;
            };
            findings.extend(used(&text, silence.never).map(|word| format!("{path}: {word}")));
        }
        ensure!(count > 0, "{} has no code any more.", silence.folder);
    }
    ensure!(
        findings.is_empty(),
        "ARCHITECTURE.md says that these words are never used there:\n{}",
        findings.join("\n")
    );
    Ok(())
}

impl Silence {
    fn is_about(&self, path: &str) -> bool {
        path.starts_with(self.folder) && !self.except.iter().any(|end| path.ends_with(end))
    }
}

fn is_test(path: &str) -> bool {
    let names = ["benches", "fuzzing", "fuzzing.rs", "tests", "tests.rs"];
    path.split('/').any(|part| names.contains(&part))
}

/// The refused words in the code of a file, without its comments and its unit tests.
fn used<'a>(text: &str, never: &'a [&str]) -> impl Iterator<Item = &'a str> {
    let code: Vec<_> = text
        .lines()
        .take_while(|line| !line.starts_with("mod tests {"))
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect();
    never
        .iter()
        .copied()
        .filter(move |word| code.iter().any(|line| line.contains(word)))
}

/// Each path in the tables of ARCHITECTURE.md that begins with a folder at the top is there.
fn map() -> Result<()> {
    let text = fs::read_to_string(workspace::top().join("ARCHITECTURE.md"))?;
    let spans = text
        .lines()
        .filter(|line| line.starts_with('|'))
        .flat_map(|line| line.split('`').skip(1).step_by(2));
    let missing: Vec<_> = spans
        .filter(|span| span.contains('/') && !span.contains(['*', ' ']))
        .flat_map(expand)
        .filter(|path| is_of_the_tree(path) && !exists(path))
        .collect();
    ensure!(
        missing.is_empty(),
        "ARCHITECTURE.md names what is not there: {}.",
        missing.join(", ")
    );
    let doubled = doubled(&text);
    ensure!(
        doubled.is_empty(),
        "ARCHITECTURE.md has two of these: {}.",
        doubled.join(", ")
    );
    Ok(())
}

/// Headings and first cells of rows that occur more than once, as after a merge that kept both sides.
fn doubled(text: &str) -> Vec<&str> {
    let mut seen = BTreeSet::new();
    text.lines()
        .filter_map(|line| {
            let row = line
                .strip_prefix("| ")
                .and_then(|row| row.split(" |").next());
            row.or_else(|| line.strip_prefix("## "))
        })
        .filter(|key| *key != "what" && !seen.insert(*key))
        .collect()
}

/// `a/{b,c}.rs` is `a/b.rs` and `a/c.rs`.
fn expand(span: &str) -> Vec<String> {
    let Some((before, rest)) = span.split_once('{') else {
        return vec![span.to_owned()];
    };
    let Some((names, after)) = rest.split_once('}') else {
        return vec![span.to_owned()];
    };
    names
        .split(',')
        .flat_map(|name| expand(&format!("{before}{name}{after}")))
        .collect()
}

fn is_of_the_tree(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or_default();
    workspace::top().join(first).is_dir()
}

/// A module may be a file, a folder or both.
fn exists(path: &str) -> bool {
    let path = workspace::top().join(path);
    path.exists()
        || ["rs", "ts"]
            .iter()
            .any(|end| path.with_extension(end).exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_dependency_is_found() {
        let tree = "relay-core v0.1.0 (/snug)\nserde v1.0.2\ntokio v1.54.0 (*)";
        let check = |package, never: &[&str], expect: &[&str]| {
            let found: Vec<_> = crossing(tree, package, never).collect();
            assert_eq!(found, expect);
        };
        check("relay-core", &SOCKETS, &["tokio"]);
        check("relay-core", &SNUG, &[]);
        check("snug", &SNUG, &["relay-core"]);
        check("relay-core", &["tok"], &[]);
    }

    #[test]
    fn refused_word_counts_in_code_alone() {
        let check = |text: &str, expect: &[&str]| {
            let found: Vec<_> = used(text, &["tokio", "Mutex"]).collect();
            assert_eq!(found, expect, "{text}");
        };
        check("use tokio::net;\nlet a: Mutex<u8>;", &["tokio", "Mutex"]);
        check("// tokio\nlet a = 1; // Mutex", &[]);
        check("let a = 1;\nmod tests {\n    use tokio::net;\n}", &[]);
    }

    #[test]
    fn braces_of_a_path_are_expanded() {
        let check = |span, expect: &[&str]| assert_eq!(expand(span), expect);
        check("crates/a", &["crates/a"]);
        check("a/{b,c}.rs", &["a/b.rs", "a/c.rs"]);
        check("a/{b,c}/{d,e}", &["a/b/d", "a/b/e", "a/c/d", "a/c/e"]);
    }

    #[test]
    fn rows_and_headings_that_occur_twice_are_found() {
        let text = "## Map\n| a | b |\n|---|---|\n| c | d |\n|---|---|\n| c | e |\n## Map\n";
        assert_eq!(doubled(text), ["c", "Map"]);
    }

    #[test]
    fn module_of_the_map_may_be_a_file_or_a_folder() {
        assert!(exists("xtask/src/test") && exists("xtask/src/test/borders"));
        assert!(!exists("xtask/src/nowhere"));
    }
}
