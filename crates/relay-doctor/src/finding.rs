//! Finding of one step: a line for people, fields for scripts.

use std::{fmt, time::Duration};

use serde::Serialize;

use crate::fault::{Cause, Fault};

/// The steps in their order.
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
    /// A relayed packet between two allocations, in both directions.
    Packet,
    /// A packet from here to a relayed port.
    Ports,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Well,
    /// Works for some users or for a limited time.
    Warning,
    Failed,
    /// Not checked from this computer.
    Skipped,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub step: Step,
    pub outcome: Outcome,
    /// The finding as a sentence.
    pub text: String,
    /// Stable across versions; for a warning or a failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// The flag, firewall rule or action that fixes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

impl Step {
    /// The name at the start of a line.
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

/// One line; the remedy on a second one.
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
