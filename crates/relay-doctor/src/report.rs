//! Report of all findings and the overall result.

use std::fmt;

use serde::Serialize;

use crate::finding::{Finding, Outcome};

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The origin of the relay, as in a browser.
    pub relay: String,
    /// True without failures. Warnings do not count.
    pub well: bool,
    /// In the order of the checks.
    pub findings: Vec<Finding>,
}

impl Report {
    pub(crate) fn new(relay: String, findings: Vec<Finding>) -> Self {
        let failed = |finding: &Finding| finding.outcome == Outcome::Failed;
        Self {
            relay,
            well: !findings.iter().any(failed),
            findings,
        }
    }

    fn count(&self, outcome: Outcome) -> usize {
        let findings = self.findings.iter();
        findings
            .filter(|finding| finding.outcome == outcome)
            .count()
    }
}

/// The summary line.
impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (failed, warnings) = (self.count(Outcome::Failed), self.count(Outcome::Warning));
        let relay = &self.relay;
        match (failed, warnings) {
            (0, 0) => write!(formatter, "{relay}: all is well."),
            (0, 1) => write!(formatter, "{relay}: works, with one warning."),
            (0, _) => write!(formatter, "{relay}: works, with {warnings} warnings."),
            (1, _) => write!(
                formatter,
                "{relay}: one step failed. Mend it and run this again."
            ),
            (_, _) => write!(
                formatter,
                "{relay}: {failed} steps failed. Mend the first one and run this again."
            ),
        }
    }
}
