//! The command line: `snug [LINK] [--relay URL] [--data-dir DIR] [--mock-devices]`.
//!
//! Invariant: what has been parsed is usable; nonsense ends with a sentence and exit code 2.

use std::path::PathBuf;

use clap::Parser;
use signal_protocol::{Invite, RelayAddress};

/// Video rooms you host yourself.
#[derive(Debug, Clone, PartialEq, Eq, Parser)]
#[command(name = "snug", version)]
pub(crate) struct Arguments {
    /// An invite link: the lobby opens with its room filled in
    #[arg(value_name = "LINK", value_parser = Invite::parse)]
    pub(crate) link: Option<Invite>,

    /// Use this relay in this run, whatever the settings say
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from([&["snug"], arguments].concat())
    }

    #[test]
    fn links_and_relays_are_understood() {
        let arguments =
            parse(&["snug://relay.example.org/r/42", "--relay", "127.0.0.1:9"]).unwrap();
        assert_eq!(arguments.link.unwrap().room.as_str(), "42");
        assert_eq!(arguments.relay.unwrap().port(), 9);
        assert!(parse(&[]).unwrap().link.is_none());
    }

    #[test]
    fn nonsense_ends_with_a_sentence_and_exit_code_2() {
        let check = |arguments: &[&str], sentence: &str| {
            let error = parse(arguments).unwrap_err();
            assert_eq!(error.exit_code(), 2);
            let text = error.to_string();
            assert!(text.contains(sentence), "{text}");
        };
        check(&["hello"], "This is not an invite link.");
        check(&["https://relay.example.org/"], "names no room");
        check(&["--relay", "ftp://x"], "Start with https://");
        check(&["--relay", ""], "Enter the relay's address");
        check(&["--volume"], "unexpected argument");
    }
}
