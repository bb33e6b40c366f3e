//! `SNUG_LOG`: the filter of log lines.
//!
//! Invariant: pure. The result means what was written: each level is a level, each name is that of
//! a crate that logs, and everything else stays at `info`.

use std::str::FromStr;

/// The crates of `Cargo.lock` below the relay that log. A test compares them.
const LOGGING_CRATES: [&str; 14] = [
    "async_http_codec",
    "async_web_client",
    "hyper_util",
    "mio",
    "rustls_acme",
    "rustls_platform_verifier",
    "signal_server",
    "stun_proto",
    "stun_types",
    "tokio_tungstenite",
    "tungstenite",
    "turn_client",
    "turn_server",
    "turn_types",
];
const LEVELS: [&str; 6] = ["error", "warn", "info", "debug", "trace", "off"];
const DEFAULT: &str = "info";
/// Names of log targets in other programs.
const OTHER_NAMES: [(&str, &str); 10] = [
    ("err", "error"),
    ("critical", "error"),
    ("fatal", "error"),
    ("warning", "warn"),
    ("information", "info"),
    ("notice", "info"),
    ("verbose", "debug"),
    ("all", "trace"),
    ("none", "off"),
    ("signal-server", "signal_server"),
];

/// For `EnvFilter`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filter(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FilterError {
    #[error(
        "SNUG_LOG: {0:?} is no level. Write error, warn, info, debug, trace or off, or \
         NAME=LEVEL for one part, like signal_server=debug; several are separated by commas.{hint}",
        hint = hint(.0)
    )]
    Level(String),
    #[error(
        "SNUG_LOG: nothing logs by the name {0:?}. Write one of {names}.{hint}",
        names = LOGGING_CRATES.join(", "),
        hint = hint(.0)
    )]
    Name(String),
    #[error("SNUG_LOG is in quotes, which would be part of the value: leave them out.")]
    Quotes,
}

impl Filter {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Filter {
    type Err = FilterError;

    /// White space around a part is ignored, and so are empty parts.
    fn from_str(text: &str) -> Result<Self, FilterError> {
        let text = text.trim();
        if ['"', '\'']
            .iter()
            .any(|quote| text.starts_with(*quote) && text.ends_with(*quote))
        {
            return Err(FilterError::Quotes);
        }
        let mut parts = text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(check)
            .collect::<Result<Vec<_>, _>>()?;
        if !parts.iter().any(|part| is_level(part)) {
            parts.push(DEFAULT.to_owned());
        }
        Ok(Self(parts.join(",")))
    }
}

/// One part: `LEVEL`, `NAME`, `NAME=LEVEL`, or with `[SPAN{FIELD=VALUE}]` after the name.
fn check(part: &str) -> Result<String, FilterError> {
    let end_of_span = part.rfind(']').map_or(0, |end| end + 1);
    let (name, level) = match part[end_of_span..].split_once('=') {
        Some((rest, level)) => (&part[..end_of_span + rest.len()], Some(level)),
        None => (part, None),
    };
    let (name, level) = (name.trim(), level.map(str::trim));
    match level {
        None if is_level(name) => return Ok(name.to_owned()),
        Some(level) if !is_level(level) => return Err(FilterError::Level(level.to_owned())),
        None | Some(_) => {}
    }
    let (target, span) = match name.split_once('[') {
        Some((target, span)) if span.ends_with(']') => (target, span.len() > 1),
        Some(_) => return Err(FilterError::Level(part.to_owned())),
        None => (name, false),
    };
    let crate_name = target.split("::").next().unwrap_or_default();
    let is_known = LOGGING_CRATES.contains(&crate_name) || (target.is_empty() && span);
    if !is_known {
        return Err(match level {
            Some(_) => FilterError::Name(target.to_owned()),
            None => FilterError::Level(part.to_owned()),
        });
    }
    Ok(match level {
        Some(level) => format!("{name}={level}"),
        None => name.to_owned(),
    })
}

/// `EnvFilter` accepts the numbers too.
fn is_level(word: &str) -> bool {
    let is_number = matches!(word.as_bytes(), [b'0'..=b'5']);
    is_number || LEVELS.iter().any(|level| level.eq_ignore_ascii_case(word))
}

fn hint(word: &str) -> String {
    OTHER_NAMES
        .iter()
        .find(|(other, _)| other.eq_ignore_ascii_case(word))
        .map(|(_, ours)| format!(" Did you mean {ours}?"))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use tracing_subscriber::{EnvFilter, filter::LevelFilter};

    use super::*;

    #[test]
    fn log_filter_is_parsed() {
        for (text, expect) in [
            ("", "info"),
            (" ", "info"),
            ("warn", "warn"),
            ("WARN", "WARN"),
            ("off", "off"),
            ("3", "3"),
            (" debug\r\n", "debug"),
            ("debug,", "debug"),
            ("signal_server=debug", "signal_server=debug,info"),
            ("warn, signal_server = trace", "warn,signal_server=trace"),
            ("signal_server::turn", "signal_server::turn,info"),
            (
                "off,hyper_util::client=trace",
                "off,hyper_util::client=trace",
            ),
            ("[socket{id=1}]=debug,warn", "[socket{id=1}]=debug,warn"),
            (
                "signal_server[socket]=debug",
                "signal_server[socket]=debug,info",
            ),
        ] {
            let filter: Filter = text.parse().unwrap();
            assert_eq!(filter.as_str(), expect, "{text:?}");
            EnvFilter::try_new(filter.as_str()).unwrap();
        }
        for (text, expect) in [
            ("", LevelFilter::INFO),
            ("warn", LevelFilter::WARN),
            ("off", LevelFilter::OFF),
            ("trace", LevelFilter::TRACE),
            ("signal_server=error", LevelFilter::INFO),
        ] {
            let filter: Filter = text.parse().unwrap();
            let most = EnvFilter::try_new(filter.as_str())
                .unwrap()
                .max_level_hint();
            assert_eq!(most, Some(expect), "{text:?}");
        }
    }

    /// `EnvFilter` accepts each of these, and then logs nothing or something else.
    #[test]
    fn log_filter_with_a_typo_is_refused() {
        for (text, expect) in [
            ("warning", "Did you mean warn?"),
            ("Warning", "Did you mean warn?"),
            ("err", "Did you mean error?"),
            ("verbose", "Did you mean debug?"),
            ("inof", "\"inof\" is no level"),
            ("6", "\"6\" is no level"),
            ("signal-server", "Did you mean signal_server?"),
            ("signal-server=debug", "Did you mean signal_server?"),
            (
                "signalserver=debug",
                "nothing logs by the name \"signalserver\"",
            ),
            ("hyper=debug", "nothing logs by the name \"hyper\""),
            ("signal_server=warning", "\"warning\" is no level"),
            ("signal_server=", "\"\" is no level"),
            ("=debug", "nothing logs by the name \"\""),
            ("signal_server:debug", "\"signal_server:debug\" is no level"),
            (
                "info;signal_server=debug",
                "nothing logs by the name \"info;signal_server\"",
            ),
            ("info debug", "\"info debug\" is no level"),
            (
                "info signal_server=debug",
                "nothing logs by the name \"info signal_server\"",
            ),
            ("[socket=debug", "is no level"),
            ("[]", "is no level"),
            ("\"warn\"", "leave them out"),
            ("'warn'", "leave them out"),
            ("warn\u{200b}", "\"warn\\u{200b}\" is no level"),
            ("in\rfo", "\"in\\rfo\" is no level"),
        ] {
            let sentence = match text.parse::<Filter>() {
                Ok(filter) => panic!("{text:?} was taken as {filter:?}"),
                Err(error) => error.to_string(),
            };
            assert!(
                sentence.contains(expect),
                "{text:?}: no {expect:?} in {sentence}"
            );
        }
    }

    /// A dependency may start or stop logging.
    #[test]
    fn log_filter_names_match_the_crates_that_log() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock");
        let lock = std::fs::read_to_string(path).unwrap();
        let mut dependencies: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for package in lock.split("[[package]]").skip(1) {
            let mut words = package.split('"').skip(1).step_by(2);
            let name = words.next().unwrap();
            let list = package.split("dependencies = [").nth(1).unwrap_or_default();
            let of_it = list.split('"').skip(1).step_by(2);
            let names = of_it.map(|name| name.split(' ').next().unwrap());
            dependencies.entry(name).or_default().extend(names);
        }
        let (mut below, mut next) = (BTreeSet::new(), vec!["signal-server"]);
        while let Some(name) = next.pop() {
            if below.insert(name) {
                next.extend(&dependencies[name]);
            }
        }
        // The logging crates themselves, crates of other systems, build tools, and what logs only by
        // a feature that the app's crates ask for.
        let silent = [
            "iana-time-zone",
            "jni",
            "tokio",
            "tracing",
            "tracing-log",
            "tracing-serde",
            "tracing-subscriber",
        ];
        let found: BTreeSet<_> = below
            .into_iter()
            .filter(|name| !silent.contains(name))
            .filter(|name| {
                ["tracing", "log"]
                    .iter()
                    .any(|log| dependencies[name].contains(log))
            })
            .map(|name| name.replace('-', "_"))
            .collect();
        assert_eq!(found, LOGGING_CRATES.map(str::to_owned).into());
    }
}
