//! Blocks of a document, with the few words changed that a test cannot use as they are.

use std::process::{Command, Stdio};

/// The page for hosts.
pub(crate) const PAGE: &str = "docs/self-hosting.md";

/// The block of [`PAGE`] that begins with this.
pub(crate) fn block(begins: &str) -> String {
    doc_examples::block(PAGE, begins).unwrap()
}

/// Replaces each of these words. The text must contain it as often as the change says.
pub(crate) fn with(text: &str, changes: &[(&str, usize, &str)]) -> String {
    let mut text = text.to_owned();
    for (word, count, instead) in changes {
        assert_eq!(text.matches(word).count(), *count, "{word:?} in {text}");
        text = text.replace(word, instead);
    }
    text
}

/// This command line as a shell runs it, with this build's relay as `signal-server`. The shell
/// becomes the program.
pub(crate) fn shell(line: &str) -> Command {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_signal-server"));
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&folders);
    let path = std::env::join_paths(program.parent().map(Into::into).into_iter().chain(folders));
    let mut command = Command::new("bash");
    command
        .arg("-c")
        .arg(format!("exec {line}"))
        .env("PATH", path.unwrap())
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}

/// Whether this program of the system can be started. Prints a message if not.
pub(crate) fn is_there(program: &str, package: &str) -> bool {
    let found = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
        .chain(["/usr/sbin".into()])
        .any(|folder| folder.join(program).is_file());
    if !found {
        println!("skipped: {program} is not here; install it with `apt-get install {package}`");
    }
    found
}
