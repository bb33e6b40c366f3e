//! What one step found: a line for people, fields for scripts.

use std::{fmt, time::Duration};

use serde::Serialize;

use crate::fault::{Cause, Fault};

/// In the order in which they are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    Name,
    Tcp,
    Tls,
    Http,
    Page,
    Websocket,
    Join,
    Stun,
    /// An allocation at a TURN server.
    Turn,
    /// A packet relayed there and back.
    Packet,
    /// A packet from here to a relayed port.
    Ports,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Well,
    /// It works, for some or for now.
    Warning,
    Failed,
    /// Could not be looked at from here.
    Skipped,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub step: Step,
    pub outcome: Outcome,
    /// What was found, as a sentence.
    pub text: String,
    /// Stable across versions; for a warning or a failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// The flag, the firewall rule or the act that mends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

impl Step {
    /// As it stands at the head of a line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Http => "http",
            Self::Page => "page",
            Self::Websocket => "websocket",
            Self::Join => "join",
            Self::Stun => "stun",
            Self::Turn => "turn",
            Self::Packet => "packet",
            Self::Ports => "ports",
        }
    }
}

impl Outcome {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Well => "ok",
            Self::Warning => "warn",
            Self::Failed => "FAIL",
            Self::Skipped => "skip",
        }
    }
}

impl Finding {
    pub(crate) fn well(step: Step, text: String) -> Self {
        Self {
            step,
            outcome: Outcome::Well,
            text,
            cause: None,
            remedy: None,
        }
    }

    pub(crate) fn skipped(step: Step, text: String) -> Self {
        Self {
            outcome: Outcome::Skipped,
            ..Self::well(step, text)
        }
    }

    pub(crate) fn failed(step: Step, fault: Fault) -> Self {
        Self {
            step,
            outcome: Outcome::Failed,
            text: fault.text,
            cause: Some(fault.cause),
            remedy: Some(fault.remedy),
        }
    }

    pub(crate) fn warning(step: Step, fault: Fault) -> Self {
        Self {
            outcome: Outcome::Warning,
            ..Self::failed(step, fault)
        }
    }
}

/// One line; what mends it on a second one.
impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            step,
            outcome,
            text,
            cause: _,
            remedy,
        } = self;
        let (outcome, step) = (outcome.as_str(), step.as_str());
        write!(formatter, "{outcome:<4}  {step:<9}  {text}")?;
        match remedy {
            Some(remedy) => write!(formatter, "\n                 → {remedy}"),
            None => Ok(()),
        }
    }
}

/// `12 ms`.
pub(crate) fn milliseconds(took: Duration) -> String {
    format!("{} ms", took.as_millis())
}
