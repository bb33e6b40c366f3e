//! Output to standard error: lines for people, or JSON for a collector.
//!
//! Invariant: at the default level no line contains an email, a room's name, a member's address, a
//! token or content of members' messages. At no level does one contain a secret.

mod filter;

use std::{
    env,
    io::{self, IsTerminal},
};

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

use filter::Filter;
pub(crate) use filter::FilterError;

/// Always at this level: crates that log data of strangers without a limit, or whole frames with
/// their credentials.
const QUIET: [&str; 3] = [
    "stun_types=error",
    "tungstenite=warn",
    "tokio_tungstenite=warn",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// # Errors
/// `SNUG_LOG` is invalid.
pub(crate) fn start(format: LogFormat) -> anyhow::Result<()> {
    // Invalid UTF-8 is no level, and is shown as such.
    let wanted = env::var_os("SNUG_LOG").unwrap_or_default();
    let wanted = wanted.to_string_lossy();
    let parsed: Filter = wanted.parse()?;
    let mut filter =
        EnvFilter::try_new(parsed.as_str()).map_err(|_| FilterError::Level(wanted.into_owned()))?;
    for directive in QUIET {
        filter = filter.add_directive(directive.parse()?);
    }
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    match format {
        LogFormat::Text => lines.with_ansi(io::stderr().is_terminal()).init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
    Ok(())
}
