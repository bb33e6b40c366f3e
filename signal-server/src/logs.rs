//! What the program writes to standard error: lines for people, or JSON for a collector.
//!
//! Invariant: at the default level no line holds an email, a room's name, a member's address, a
//! token or anything a member sent.

use std::io::{self, IsTerminal};

use anyhow::Context;
use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// # Errors
/// `SNUG_LOG` cannot be understood.
pub(crate) fn start(format: LogFormat) -> anyhow::Result<()> {
    let filter = EnvFilter::builder()
        .with_env_var("SNUG_LOG")
        .with_default_directive(tracing::Level::INFO.into())
        .from_env()
        .context("SNUG_LOG is no filter; write one like info or signal_server=debug")?
        // It warns of every malformed message, and strangers can send as many as they like.
        .add_directive("stun_types=error".parse()?);
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    match format {
        LogFormat::Text => lines.with_ansi(io::stderr().is_terminal()).init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
    Ok(())
}
