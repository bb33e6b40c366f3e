//! Reads flags and variables, and explains invalid ones.
//!
//! Invariant: a possible secret is never repeated in an error.

use std::{
    borrow::Cow,
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

use super::{
    Args,
    words::{Refusal, collect, named},
};

/// It is no flag, since the log level is needed before flags are read.
const LOG: &str = "SNUG_LOG";
const OURS: &str = "SNUG_";
/// Word processors replace two hyphens by these.
const OTHER_DASHES: [char; 3] = ['\u{2013}', '\u{2014}', '\u{2212}'];
/// The exit code of clap for invalid usage.
const INVALID_USAGE: i32 = 2;

/// The reason why there are no arguments.
#[derive(Debug)]
enum Ending {
    Sentence(String),
    /// An error that clap explains well, or a request for help.
    Clap(clap::Error),
}

impl From<Refusal> for Ending {
    fn from(refusal: Refusal) -> Self {
        Self::Sentence(refusal.to_string())
    }
}

/// Ends the program if the arguments are invalid or only ask for help.
pub(crate) fn read() -> Args {
    match parse(env::args_os(), |name| env::var_os(name)) {
        Ok(args) => args,
        Err(Ending::Clap(error)) => error.exit(),
        Err(Ending::Sentence(sentence)) => {
            // Without a reader, the error cannot be reported.
            let _ = writeln!(io::stderr(), "error: {sentence}");
            process::exit(INVALID_USAGE)
        }
    }
}

fn parse(
    given: impl IntoIterator<Item = OsString>,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<Args, Ending> {
    let command = Args::command();
    let words = collect(&command, given, variable)?;
    let wants_help = words.iter().any(|word| word == "--help" || word == "-h");
    // The variables are among the words already. The help shows variables beside the flags.
    let reading = match wants_help {
        true => command.clone(),
        false => without_variables(command.clone()),
    };
    reading
        .try_get_matches_from(&words)
        .and_then(|matches| Args::from_arg_matches(&matches))
        .map_err(|error| match sentence(&command, &words, &error) {
            Some(sentence) => Ending::Sentence(sentence),
            None => Ending::Clap(error),
        })
}

/// Variables that begin like ours and are unknown: misspelt, or of another version.
pub(crate) fn unknown_variables() -> BTreeSet<String> {
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
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| is_ours(name) && !known.contains(&as_known(name)))
        .collect()
}

/// In any case, and with a character that an editor left in front of it.
fn is_ours(name: &str) -> bool {
    let name = name.trim_start_matches(|letter: char| !letter.is_ascii_alphanumeric());
    let begin = name.get(..OURS.len());
    begin.is_some_and(|begin| begin.eq_ignore_ascii_case(OURS))
}

/// On Windows, variables have no case.
fn as_known(name: &str) -> OsString {
    match cfg!(windows) {
        true => name.to_ascii_uppercase().into(),
        false => name.into(),
    }
}

fn without_variables(command: Command) -> Command {
    command.mut_args(|arg| arg.env(None::<&'static str>))
}

/// For errors that clap does not explain well, or in which it would repeat the value.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the type of another crate, which says the rest well itself"
)]
fn sentence(command: &Command, words: &[OsString], error: &clap::Error) -> Option<String> {
    match error.kind() {
        ErrorKind::ValueValidation => wrong_value(command, words, error),
        ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand | ErrorKind::ArgumentConflict => {
            stray_word(command, words)
        }
        _ => None,
    }
}

fn wrong_value(command: &Command, words: &[OsString], error: &clap::Error) -> Option<String> {
    let (flag, value) = (
        text(error, ContextKind::InvalidArg)?,
        text(error, ContextKind::InvalidValue)?,
    );
    let flag = flag.split(' ').next()?;
    let reason = reason(error.source()?);
    let arg = command
        .get_arguments()
        .find(|arg| arg.get_long() == flag.strip_prefix("--"))?;
    let named = named(arg);
    if !arg.is_hide_env_values_set() {
        return Some(format!(
            "{named} is \"{}\": {reason}",
            without_password(value)
        ));
    }
    // The position in a list, since the value cannot be shown.
    let of_this_flag: Vec<_> = words
        .iter()
        .filter_map(|word| word.to_str()?.strip_prefix(flag)?.strip_prefix('='))
        .collect();
    let place = of_this_flag.iter().position(|given| *given == value);
    Some(match place {
        Some(place) if of_this_flag.len() > 1 => {
            format!(
                "{named}, number {} of {}: {reason}",
                place + 1,
                of_this_flag.len()
            )
        }
        Some(_) | None => format!("{named}: {reason}"),
    })
}

/// An unexpected word may be the rest of a secret, or a secret may follow it.
fn stray_word(command: &Command, words: &[OsString]) -> Option<String> {
    let carriers: Vec<_> = command
        .get_arguments()
        .filter(|arg| arg.is_hide_env_values_set())
        .filter_map(Arg::get_long)
        .map(|long| format!("--{long}"))
        .collect();
    // A subcommand has no secrets.
    let texts: Vec<_> = words
        .iter()
        .skip(1)
        .map(|word| word.to_string_lossy())
        .take_while(|text| command.find_subcommand(text.as_ref()).is_none())
        .collect();
    let begins = |text: &str, carrier: &String| text.starts_with(carrier.as_str());
    let is_stray = |text: &&Cow<'_, str>| {
        let is_value = carriers.iter().any(|carrier| {
            text.strip_prefix(carrier.as_str())
                .is_some_and(|rest| rest.starts_with('='))
        });
        let is_misspelt = carriers.iter().any(|carrier| begins(text, carrier));
        let is_word = !text.starts_with('-') || *text == "--";
        !is_value && (is_misspelt || is_word)
    };
    let stray = texts.iter().find(is_stray)?;
    let carrier = carriers
        .iter()
        .find(|carrier| texts.iter().any(|text| begins(text, carrier)));
    match carrier {
        Some(carrier) => Some(format!(
            "there is a word that belongs to no flag; is it one of {carrier}? Put a value with \
             spaces in quotes, like {carrier}='two words'."
        )),
        None if stray.starts_with(OTHER_DASHES) => Some(format!(
            "{stray:?} is no flag: write two hyphens, as in --listen."
        )),
        // For a misspelt command, clap has the better error.
        None if texts.first() == Some(stray) => None,
        None => Some(
            "there is a word that belongs to no flag. Put a value with spaces in quotes; \
             signal-server --help lists the flags."
                .to_owned(),
        ),
    }
}

/// A URL may contain a password where none is expected.
fn without_password(value: &str) -> String {
    let shown = match (value.split_once(':'), value.rsplit_once('@')) {
        (Some((scheme, _)), Some((credentials, host))) if scheme.len() < credentials.len() => {
            format!("{scheme}:…@{host}")
        }
        (Some(_), _) | (None, _) => value.to_owned(),
    };
    shown.escape_debug().to_string()
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
mod tests;
