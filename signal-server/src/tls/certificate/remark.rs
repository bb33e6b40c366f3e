//! Remarks about a usable certificate that has a problem.
//!
//! Invariant: each part of the files that is not used has a remark.

use std::{fmt, path::PathBuf};

use tracing::{info, warn};

use super::Which;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Remark {
    /// Blocks of other kinds.
    Skipped {
        flag: &'static str,
        path: PathBuf,
        labels: Vec<String>,
    },
    OtherText {
        flag: &'static str,
        path: PathBuf,
        bytes: usize,
    },
    Reordered {
        path: PathBuf,
    },
    LeftOut {
        path: PathBuf,
        which: Which,
    },
    NoIntermediate {
        path: PathBuf,
    },
    NoNames {
        path: PathBuf,
    },
    OfAnAuthority {
        path: PathBuf,
    },
    Ed25519 {
        path: PathBuf,
    },
}

impl Remark {
    pub(crate) fn log(&self) {
        match self {
            Self::Skipped { .. } | Self::OtherText { .. } => info!("{self}"),
            Self::Reordered { .. }
            | Self::LeftOut { .. }
            | Self::NoIntermediate { .. }
            | Self::NoNames { .. }
            | Self::OfAnAuthority { .. }
            | Self::Ed25519 { .. } => warn!("{self}"),
        }
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Skipped { flag, path, labels } => write!(
                f,
                "{flag}: skipped in {}: {}",
                path.display(),
                labels.join(", ")
            ),
            Self::OtherText { flag, path, bytes } => write!(
                f,
                "{flag}: skipped in {}: {bytes} bytes of text that belong to no PEM block",
                path.display()
            ),
            Self::Reordered { path } => write!(
                f,
                "--tls-cert: the certificates in {} are not in order and are sent in order: the \
                 relay's own first, then each that signed the one before it",
                path.display()
            ),
            Self::LeftOut { path, which } => write!(
                f,
                "--tls-cert: {which} signed none before it and is not sent ({})",
                path.display()
            ),
            Self::NoIntermediate { path } => write!(
                f,
                "--tls-cert: {} holds the relay's own certificate alone, and most programs want \
                 those of the authority too: give the full chain (certbot: fullchain.pem)",
                path.display()
            ),
            Self::NoNames { path } => write!(
                f,
                "--tls-cert: the certificate names no host (subjectAltName), so browsers refuse \
                 it: make one that does ({})",
                path.display()
            ),
            Self::OfAnAuthority { path } => write!(
                f,
                "--tls-cert: the certificate is an authority's own (CA:TRUE), and the Snug app and \
                 others refuse it for a server: make one with basicConstraints CA:FALSE ({})",
                path.display()
            ),
            Self::Ed25519 { path } => write!(
                f,
                "--tls-cert: the certificate is for an Ed25519 key, which browsers do not take: \
                 make one for P-256 ({})",
                path.display()
            ),
        }
    }
}
