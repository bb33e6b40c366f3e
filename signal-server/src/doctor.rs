//! `signal-server doctor`: tests a relay from outside, with output as lines or as JSON.
//!
//! Invariant: exit code 0 means that all steps passed (with or without warnings), 1 that a step
//! failed, 2 wrong usage, as clap has it too.

use std::{
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

use relay_doctor::{Finding, Options, Report, examine};
use signal_protocol::{Invite, RelayAddress};
use signal_server::{CertificateFileError, read_certificate_file};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Test a relay from outside, step by step: its name, port, certificate, proxy, a room, and a
    /// relayed packet in both directions. A failed step prints its remedy. Run it from another
    /// network than the relay's.
    #[command(after_help = EXIT_CODES)]
    Doctor(Args),
}

const EXIT_CODES: &str =
    "Exit code: 0 all is well (there may be warnings), 1 a step failed, 2 wrong usage.";

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The relay as people enter it: meet.example.org, https://meet.example.org, 192.168.1.5:8787,
    /// or an invite link.
    #[arg(value_name = "URL", value_parser = address)]
    address: RelayAddress,
    /// Certificates in PEM of an authority to trust in addition to the system's, for example your
    /// own.
    #[arg(long, value_name = "FILE", value_parser = roots)]
    ca: Option<Roots>,
    /// Print one JSON object at the end instead of lines.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone)]
struct Roots(Vec<Vec<u8>>);

impl Command {
    pub(crate) async fn run(self) -> ExitCode {
        let Self::Doctor(args) = self;
        let options = Options {
            extra_roots: args.ca.map(|roots| roots.0).unwrap_or_default(),
        };
        let (form, tell): (Form, fn(&Finding)) = match args.json {
            true => (Form::Json, keep),
            false => (Form::Lines, print),
        };
        let report = examine(&args.address, options, tell).await;
        // Without a reader there is no report, but still the exit code.
        let _ = print_report(&report, form);
        ExitCode::from(u8::from(!report.well))
    }
}

#[derive(Clone, Copy)]
enum Form {
    Lines,
    Json,
}

fn print_report(report: &Report, form: Form) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match form {
        Form::Json => {
            serde_json::to_writer_pretty(&mut out, report)?;
            writeln!(out)
        }
        Form::Lines => writeln!(out, "\n{report}"),
    }
}

fn print(finding: &Finding) {
    // As above.
    let _ = writeln!(io::stdout().lock(), "{finding}");
}

fn keep(_: &Finding) {}

fn address(text: &str) -> Result<RelayAddress, String> {
    match Invite::parse(text) {
        Ok(invite) => Ok(invite.relay),
        Err(_) => RelayAddress::parse(text).map_err(|error| error.to_string()),
    }
}

fn roots(path: &str) -> Result<Roots, CertificateFileError> {
    read_certificate_file("--ca", Path::new(path)).map(Roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_is_read_in_every_form() {
        for (text, expect) in [
            ("meet.example.org", "https://meet.example.org"),
            ("https://meet.example.org/", "https://meet.example.org"),
            (
                "wss://meet.example.org:8443",
                "https://meet.example.org:8443",
            ),
            ("https://meet.example.org/r/42", "https://meet.example.org"),
            ("snug://192.168.1.5/r/42", "http://192.168.1.5:8787"),
            ("192.168.1.5:8787", "http://192.168.1.5:8787"),
        ] {
            assert_eq!(address(text).unwrap().web_origin(), expect, "{text}");
        }
        for text in ["", "ftp://a.b", "a b"] {
            assert!(address(text).is_err(), "{text}");
        }
    }
}
