//! How flags and variables are read, and what is said of one that makes no sense.
//!
//! Invariant: a variable that is set to nothing counts as not set, since that is how files of
//! variables leave one out. What may hold a secret is never repeated.

use std::{
    collections::BTreeSet,
    env,
    error::Error,
    ffi::OsString,
    io::{self, Write},
    net::AddrParseError,
    num::{IntErrorKind, ParseIntError},
    process,
};

use clap::{
    Arg, Command, CommandFactory, FromArgMatches,
    error::{ContextKind, ContextValue, ErrorKind},
};

use super::Args;

/// It is no flag, since what it says is wanted before flags are read.
const LOG: &str = "SNUG_LOG";
const OURS: &str = "SNUG_";

/// Ends the program where they make no sense, or only ask for help.
pub(crate) fn read() -> Args {
    let is_empty = |name: &str| env::var_os(name).is_some_and(|value| value.is_empty());
    let command = without_variables(Args::command(), is_empty);
    let read = command
        .clone()
        .try_get_matches()
        .and_then(|matches| Args::from_arg_matches(&matches));
    match read {
        Ok(args) => args,
        Err(error) => {
            let Some(sentence) = sentence(&command, &error) else {
                error.exit()
            };
            // Where nobody reads it, nobody can be told.
            let _ = writeln!(io::stderr(), "error: {sentence}");
            process::exit(error.exit_code())
        }
    }
}

/// Variables that look like ours and are none: misspelt, or of another version.
pub(crate) fn strange_variables() -> BTreeSet<String> {
    let mut known = BTreeSet::from([OsString::from(LOG)]);
    let command = Args::command();
    for command in std::iter::once(&command).chain(command.get_subcommands()) {
        known.extend(
            command
                .get_arguments()
                .filter_map(Arg::get_env)
                .map(OsString::from),
        );
    }
    env::vars_os()
        .filter(|(name, _)| !known.contains(name))
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| name.starts_with(OURS))
        .collect()
}

fn without_variables(command: Command, leave_out: impl Fn(&str) -> bool) -> Command {
    command.mut_args(|arg| {
        let name = arg.get_env().and_then(|name| name.to_str());
        if name.is_some_and(&leave_out) {
            arg.env(None::<&'static str>)
        } else {
            arg
        }
    })
}

/// For a value that makes no sense; of everything else clap speaks well itself.
fn sentence(command: &Command, error: &clap::Error) -> Option<String> {
    if error.kind() != ErrorKind::ValueValidation {
        return None;
    }
    let (flag, value) = (
        text(error, ContextKind::InvalidArg)?,
        text(error, ContextKind::InvalidValue)?,
    );
    let flag = flag.split(' ').next()?;
    let reason = reason(error.source()?);
    let arg = command
        .get_arguments()
        .find(|arg| arg.get_long() == flag.strip_prefix("--"))?;
    let variable = arg
        .get_env()
        .map(|name| format!(" (or {})", name.to_string_lossy()))
        .unwrap_or_default();
    Some(if arg.is_hide_env_values_set() {
        format!("{flag}{variable}: {reason}")
    } else {
        format!("{flag}{variable} is \"{value}\": {reason}")
    })
}

fn text(error: &clap::Error, kind: ContextKind) -> Option<&str> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text),
        Some(_) | None => None,
    }
}

fn reason(error: &(dyn Error + 'static)) -> String {
    if let Some(number) = error.downcast_ref::<ParseIntError>() {
        return if *number.kind() == IntErrorKind::PosOverflow {
            "that is too large."
        } else {
            "write a whole number, like 12."
        }
        .to_owned();
    }
    let said = error.to_string();
    if error.is::<AddrParseError>() {
        return if said.contains("socket") {
            "write an address and a port, like 0.0.0.0:8787 or [::]:8787; a name is not enough."
        } else {
            "write an address, like 203.0.113.5 or 2001:db8::5."
        }
        .to_owned();
    }
    let end = if said.ends_with('.') { "" } else { "." };
    format!("{said}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(words: &[&str], expect: &str) {
        let command = without_variables(Args::command(), |_| true);
        let words = std::iter::once("signal-server").chain(words.iter().copied());
        let error = command.clone().try_get_matches_from(words).unwrap_err();
        let sentence = sentence(&command, &error).unwrap_or_default();
        assert_eq!(sentence, expect);
    }

    #[test]
    fn a_value_that_makes_no_sense_is_told_with_what_to_write() {
        check(
            &["--room-size", "many"],
            "--room-size is \"many\": write a whole number, like 12.",
        );
        check(
            &["--sockets", "99999999999999999999"],
            "--sockets is \"99999999999999999999\": that is too large.",
        );
        check(
            &["--listen", "localhost:8787"],
            "--listen is \"localhost:8787\": write an address and a port, like 0.0.0.0:8787 or \
             [::]:8787; a name is not enough.",
        );
        check(
            &["--public-ip", "here"],
            "--public-ip is \"here\": write an address, like 203.0.113.5 or 2001:db8::5.",
        );
        check(
            &["--grace", "soon"],
            "--grace is \"soon\": write seconds, like 30 or 500ms.",
        );
        check(&["--no-such-flag"], "");
    }

    #[test]
    fn the_variable_is_named_too() {
        let command = Args::command();
        let error = command
            .clone()
            .try_get_matches_from(["signal-server", "--room-size", "many"])
            .unwrap_err();
        let sentence = sentence(&command, &error).unwrap();
        assert!(
            sentence.starts_with("--room-size (or SNUG_ROOM_SIZE) is \"many\""),
            "{sentence}"
        );
    }

    #[test]
    fn a_password_is_not_repeated() {
        check(
            &["--ice-server", "turn:ann:north wind@a b"],
            "--ice-server: \"turn:…@a b\" is no STUN or TURN server. Write stun:HOST[:PORT] or \
             turn:NAME:PASSWORD@HOST[:PORT].",
        );
    }
}
