//! The command line: `snug [--relay URL] [--data-dir DIR] [--mock-devices] [LINK]`.
//!
//! Invariant: a link is one argument and the last one. The author of a link controls its text and,
//! on systems with bad quoting, the text behind it, so nothing behind a link is read. Invalid
//! options end the app with a sentence and exit code 2; a link never does.

use std::{ffi::OsString, path::PathBuf};

use clap::Parser;
use signal_protocol::{Invite, RelayAddress};

use crate::platform;

/// Video rooms that you host yourself.
#[derive(Debug, Clone, PartialEq, Eq, Parser)]
#[command(name = "snug", version, override_usage = "snug [OPTIONS] [LINK]")]
pub(crate) struct Arguments {
    /// An invite link. The lobby opens with its room. Arguments after it are ignored
    #[arg(value_name = "LINK", trailing_var_arg = true)]
    link_and_rest: Vec<OsString>,

    /// The link is on standard input, and not on the command line, which every user of the
    /// computer can read
    #[arg(long, hide = true)]
    link_on_stdin: bool,

    /// What was before the link.
    #[arg(skip)]
    before_link: Vec<OsString>,

    /// Names of options that a system added and that were removed. For the log
    #[arg(skip)]
    pub(crate) added_by_system: Vec<String>,

    /// Use this relay for this run instead of the saved one
    #[arg(long, value_name = "URL", value_parser = RelayAddress::parse)]
    pub(crate) relay: Option<RelayAddress>,

    /// Keep settings and web data in this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    /// Use the web engine's own synthetic camera and microphone (Linux)
    #[cfg(target_os = "linux")]
    #[arg(long)]
    pub(crate) mock_devices: bool,
}

/// Options that systems add to a command line, with their number of values. Names and values are
/// those of GTK, X session managers, macOS and Windows.
const ADDED_BY_SYSTEMS: [(&str, usize); 17] = [
    ("--display", 1),
    ("--screen", 1),
    ("--class", 1),
    ("--name", 1),
    ("--sync", 0),
    ("--gapplication-service", 0),
    ("--gtk-module", 1),
    ("--g-fatal-warnings", 0),
    ("--gdk-debug", 1),
    ("--gtk-debug", 1),
    ("--sm-client-id", 1),
    ("--sm-client-state-file", 1),
    ("--sm-client-disable", 0),
    ("-session", 1),
    ("-Embedding", 0),
    ("-ToastActivated", 0),
    ("/prefetch:", 0),
];
/// macOS adds `-psn_0_12345` (a process number), `-NSName VALUE` and `-AppleName VALUE`.
const ADDED_PREFIXES: [(&str, usize); 3] = [("-psn_", 0), ("-NS", 1), ("-Apple", 1)];

impl Arguments {
    /// Ends the process after an invalid option or `--help`.
    pub(crate) fn of_process() -> Self {
        let mut arguments = Self::read(std::env::args_os()).unwrap_or_else(|error| error.exit());
        if arguments.link_on_stdin {
            let link = platform::link_from_stdin();
            arguments.link_and_rest = link.into_iter().map(OsString::from).collect();
        } else if let Some(link) = arguments.private_link() {
            platform::restart_with_link_on_stdin(&link, &arguments.before_link);
        }
        arguments
    }

    /// The link of a private room, with its secret.
    fn private_link(&self) -> Option<String> {
        let link = self.link()?;
        let invite = Invite::parse(&link).ok()?;
        invite.secret.is_some().then_some(link)
    }

    fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let (arguments, added_by_system) = without_added(arguments);
        let parsed = Self::try_parse_from(&arguments)?;
        let before = arguments.len() - parsed.link_and_rest.len();
        Ok(Self {
            added_by_system,
            before_link: arguments[1..before].to_vec(),
            ..parsed
        })
    }

    /// The argument at the place of a link, valid or not.
    pub(crate) fn link(&self) -> Option<String> {
        let first = self.link_and_rest.first()?.to_string_lossy();
        // Some systems add an empty argument.
        (!first.trim().is_empty()).then(|| first.into_owned())
    }

    /// For the log, which starts after the arguments are read. Values may be secrets, so this is a
    /// count.
    pub(crate) const fn arguments_behind_link(&self) -> usize {
        self.link_and_rest.len().saturating_sub(1)
    }
}

/// The arguments of the person, and the names of removed ones.
fn without_added(arguments: impl IntoIterator<Item = OsString>) -> (Vec<OsString>, Vec<String>) {
    let mut arguments = arguments.into_iter();
    let mut kept: Vec<OsString> = arguments.by_ref().take(1).collect();
    let mut added = Vec::new();
    while let Some(argument) = arguments.next() {
        let text = argument.to_string_lossy();
        match values_of_added(&text) {
            Some(values) => {
                added.push(text.split('=').next().unwrap_or_default().to_owned());
                // An option at the end has no value.
                arguments.by_ref().take(values).for_each(drop);
            }
            None => kept.push(argument),
        }
    }
    (kept, added)
}

/// The number of values of an option that a system added. `None` for any other argument.
fn values_of_added(text: &str) -> Option<usize> {
    let by_prefix = ADDED_PREFIXES
        .iter()
        .find(|(prefix, _)| text.starts_with(prefix));
    if let Some((_, values)) = by_prefix {
        return Some(*values);
    }
    let (name, value) = match text.split_once('=') {
        Some((name, _)) => (name, true),
        None => (text, false),
    };
    let added = ADDED_BY_SYSTEMS
        .iter()
        .find(|(known, _)| name == *known || (known.ends_with(':') && text.starts_with(known)));
    added.map(|(_, values)| if value { 0 } else { *values })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Arguments, clap::Error> {
        let arguments = [&["snug"], arguments].concat();
        Arguments::read(arguments.into_iter().map(OsString::from))
    }

    #[test]
    fn options_stand_before_the_link() {
        let arguments = parse(&[
            "--relay",
            "127.0.0.1:9",
            "--data-dir",
            "d",
            "snug://relay.example.org/r/42",
        ])
        .unwrap();
        assert_eq!(
            arguments.link().as_deref(),
            Some("snug://relay.example.org/r/42")
        );
        assert_eq!(arguments.relay.unwrap().port(), 9);
        assert_eq!(arguments.data_dir, Some(PathBuf::from("d")));
        assert_eq!(parse(&[]).unwrap().link(), None);
    }

    /// Windows starts `"snug.exe" "%1"`, and a quotation mark in the link ends its argument.
    #[test]
    fn option_behind_a_link_is_not_read() {
        let none = parse(&[]).unwrap();
        let check = |link: &str, behind: &[&str]| {
            let arguments = parse(&[&[link], behind].concat()).unwrap();
            assert_eq!(arguments.link().as_deref(), Some(link));
            assert_eq!(arguments.arguments_behind_link(), behind.len());
            assert_eq!(arguments.relay, none.relay);
            assert_eq!(arguments.data_dir, none.data_dir);
        };
        for link in ["snug://h/r/1", "SNUG:", "https://h/r/1", "h/r/1", "hello"] {
            check(link, &["--relay", "evil.example"]);
            check(
                link,
                &["--relay=evil.example", "--data-dir=\\\\evil\\share"],
            );
            check(link, &["--data-dir", "/tmp", "snug://evil/r/1"]);
            check(link, &["--help"]);
            check(link, &["--version"]);
            check(link, &["--volume"]);
            check(link, &["--", "--relay", "evil.example"]);
            check(
                link,
                &["--gpu-launcher=calc.exe", "--renderer-cmd-prefix=calc.exe"],
            );
            check(link, &["-"]);
        }
    }

    #[test]
    fn link_of_a_private_room_leaves_the_command_line() {
        let check = |arguments: &[&str], private: Option<&str>, before: &[&str]| {
            let arguments = parse(arguments).unwrap();
            assert_eq!(arguments.private_link().as_deref(), private);
            assert_eq!(arguments.before_link, before);
        };
        let link = "snug://h/r/42#1.abc";
        check(&[link], Some(link), &[]);
        let relay = ["--relay", "127.0.0.1:9"];
        check(
            &[&relay[..], &["--display", ":1", link, "--help"]].concat(),
            Some(link),
            &relay,
        );
        check(&[&relay[..], &["snug://h/r/42"]].concat(), None, &relay);
        check(&["--link-on-stdin"], None, &["--link-on-stdin"]);
    }

    #[test]
    fn argument_added_by_a_system_is_ignored() {
        let check = |added: &[&str]| {
            let before = [added, &["--relay", "127.0.0.1:9", "snug://h/r/1"]].concat();
            let between = [&["--relay", "127.0.0.1:9"], added, &["snug://h/r/1"]].concat();
            for arguments in [before, between] {
                let parsed = parse(&arguments).unwrap();
                assert_eq!(parsed.relay.as_ref().map(RelayAddress::port), Some(9));
                assert_eq!(parsed.link().as_deref(), Some("snug://h/r/1"));
            }
            let alone = parse(added).unwrap();
            assert_eq!(alone.link(), None);
            assert!(added[0].starts_with(&alone.added_by_system[0]));
        };
        check(&["-psn_0_1692061"]);
        check(&["-NSDocumentRevisionsDebugMode", "YES"]);
        check(&["-AppleLanguages", "(de)"]);
        check(&["-ApplePersistenceIgnoreState", "YES"]);
        check(&["--display", ":1"]);
        check(&["--display=:1"]);
        check(&["--class=Snug", "--name", "snug"]);
        check(&["--gapplication-service"]);
        check(&["--sync", "--g-fatal-warnings"]);
        check(&["--sm-client-id", "10d2"]);
        check(&["-session", "10d2_1_2"]);
        check(&["-Embedding"]);
        check(&["/prefetch:1"]);
    }

    #[test]
    fn added_argument_without_its_value_is_ignored() {
        assert_eq!(parse(&["--display"]).unwrap().link(), None);
    }

    #[test]
    fn invalid_option_ends_with_a_sentence() {
        let check = |arguments: &[&str], sentence: &str| {
            let error = parse(arguments).unwrap_err();
            assert_eq!(error.exit_code(), 2);
            let text = error.to_string();
            assert!(text.contains(sentence), "{text}");
        };
        check(&["--relay", "ftp://x"], "Start with https://");
        check(&["--relay", ""], "Enter the relay's address");
        check(&["--volume"], "unexpected argument");
        check(&["--volume", "snug://h/r/1"], "unexpected argument");
    }

    /// The lobby explains a text that is no link.
    #[test]
    fn unreadable_link_does_not_end_the_app() {
        for text in [
            "hello",
            "snug://h/r/%FF",
            "https://relay.example.org/",
            "h//r/",
        ] {
            assert_eq!(parse(&[text]).unwrap().link().as_deref(), Some(text));
        }
        for nothing in ["", " "] {
            assert_eq!(parse(&[nothing]).unwrap().link(), None);
        }
    }

    #[cfg(unix)]
    #[test]
    fn link_in_invalid_utf_8_does_not_end_the_app() {
        use std::os::unix::ffi::OsStringExt;
        let link = OsString::from_vec(b"snug://h/r/\xff".to_vec());
        let arguments = Arguments::read([OsString::from("snug"), link]).unwrap();
        assert_eq!(arguments.link().as_deref(), Some("snug://h/r/\u{fffd}"));
    }
}
