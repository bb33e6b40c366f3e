//! `SNUG_LOG`: the log filter of the app.
//!
//! Invariant: a value that is not understood is ignored with a warning, and the app starts.

use std::str::FromStr;

use tracing_subscriber::{EnvFilter, filter::LevelFilter};

pub(crate) const VARIABLE: &str = "SNUG_LOG";
const DEFAULT: &str = "info";

/// The filter, and a warning if the value is ignored.
pub(crate) fn read(value: Option<&str>) -> (EnvFilter, Option<String>) {
    let parts: Vec<&str> = value
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    if parts.is_empty() {
        return (DEFAULT.into(), None);
    }
    // An unknown word would count as the name of a part, and nothing else would be logged.
    let misread = parts
        .iter()
        .find(|part| !part.contains('=') && LevelFilter::from_str(part).is_err());
    let filter = match misread {
        Some(_) => None,
        None => EnvFilter::try_new(parts.join(",")).ok(),
    };
    match filter {
        Some(filter) => (filter, None),
        None => (
            DEFAULT.into(),
            Some(sentence(misread.copied().unwrap_or(&parts.join(",")))),
        ),
    }
}

fn sentence(misread: &str) -> String {
    format!(
        "{VARIABLE}: {misread:?} is not understood, so {DEFAULT} is used. Write error, warn, info, \
         debug, trace or off, or NAME=LEVEL for one part; several are separated by commas."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &str, filter: &str, is_said: bool) {
        let (read, said) = read(Some(value));
        assert_eq!(read.to_string(), filter, "{value:?}");
        assert_eq!(said.is_some(), is_said, "{value:?}: {said:?}");
    }

    #[test]
    fn misspelt_log_level_is_reported_and_ignored() {
        for misspelt in [
            "warning",
            "verbose",
            "inof",
            "\"debug\"",
            "info;debug",
            "snug_shell",
        ] {
            check(misspelt, "info", true);
            check(&format!("info,{misspelt}"), "info", true);
        }
        check("snug_shell=loud", "info", true);
    }

    #[test]
    fn levels_and_parts_are_accepted() {
        check("", "info", false);
        check(" , ", "info", false);
        check("debug", "debug", false);
        check(" DEBUG\r\n", "debug", false);
        check("off", "off", false);
        check("snug_shell=debug, warn", "snug_shell=debug,warn", false);
    }
}
