//! Faults that make a certificate unusable.
//!
//! Invariant: each sentence names the flag, its file and the remedy.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::tls::{DAY, pem::PemError};

#[derive(Debug, thiserror::Error)]
pub(crate) enum CertificateError {
    #[error("{flag}: cannot read {}: {error}.{}", path.display(), hint(error))]
    Unreadable {
        flag: &'static str,
        path: PathBuf,
        error: io::Error,
    },
    #[error("{flag}: cannot read {} as PEM: {error}.", path.display())]
    Pem {
        flag: &'static str,
        path: PathBuf,
        error: PemError,
    },
    #[error("{flag}: there is no certificate in PEM in {}{instead}", path.display())]
    NoCertificate {
        flag: &'static str,
        path: PathBuf,
        instead: String,
    },
    #[error("{flag}: certificate {number} in {} is damaged: write the file again.", path.display())]
    Damaged {
        flag: &'static str,
        path: PathBuf,
        number: usize,
    },
    #[error("--tls-key: there is no private key in PEM in {}{instead}", path.display())]
    NoKey { path: PathBuf, instead: String },
    #[error(
        "--tls-key: the key in {} wants a passphrase, for which nobody can be asked: write it \
         without one, by openssl pkey -in {} -out NEW.pem, and let only the relay's user read it.",
        path.display(), path.display()
    )]
    Encrypted { path: PathBuf },
    #[error(
        "--tls-key: {} holds {kind}, with which no TLS is spoken here: make a key and its \
         certificate again with P-256, P-384 or RSA of 2048 to 4096 bits.",
        path.display()
    )]
    KeyType { path: PathBuf, kind: &'static str },
    #[error(
        "--tls-key: the key in {} is damaged: write the file again, by openssl pkey -in OLD.pem \
         -out NEW.pem say.",
        path.display()
    )]
    DamagedKey { path: PathBuf },
    #[error(
        "--tls-key does not belong to --tls-cert: give the key with which the certificate was \
         made. No certificate in {} is for a key in {}.",
        certificate.display(), key.display()
    )]
    KeyOfAnother { certificate: PathBuf, key: PathBuf },
    #[error("--tls-cert: the certificate cannot be used: {reason} ({}).", path.display())]
    Unusable { path: PathBuf, reason: String },
    #[error("--tls-cert: {which} expired {} ago: {} ({}).", days(.ago), which.renewal(), path.display())]
    Expired {
        path: PathBuf,
        which: Which,
        ago: Duration,
    },
    #[error(
        "--tls-cert: {which} is valid in {} only; is this computer's clock right? ({})",
        days(.left), path.display()
    )]
    NotYetValid {
        path: PathBuf,
        which: Which,
        left: Duration,
    },
    #[error(
        "--tls-cert: {which} did not sign the certificate before it, though it has its name: give \
         the one with which the authority signed ({}).",
        path.display()
    )]
    NotSigned { path: PathBuf, which: Which },
    #[error("--acme-dir: cannot use {}: {error}.{}", path.display(), hint(error))]
    Folder { path: PathBuf, error: io::Error },
}

/// One certificate of the chain, as a person finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Which {
    Own,
    /// Its number in the file, and its subject.
    Other {
        number: usize,
        subject: String,
    },
}

impl Which {
    fn renewal(&self) -> &'static str {
        match self {
            Self::Own => "renew it",
            Self::Other { .. } => {
                "get the chain again from the authority, or take that certificate out of the file"
            }
        }
    }
}

impl std::fmt::Display for Which {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Own => formatter.write_str("the certificate"),
            Self::Other { number, subject } => {
                write!(formatter, "certificate {number} of the file ({subject})")
            }
        }
    }
}

impl CertificateError {
    pub(crate) fn unreadable(
        flag: &'static str,
        path: &Path,
    ) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |error| Self::Unreadable { flag, path, error }
    }
}

fn hint(error: &io::Error) -> &'static str {
    if error.kind() == io::ErrorKind::PermissionDenied {
        return " Let the user that the relay runs as have it.";
    }
    ""
}

fn days(time: &Duration) -> String {
    match time.as_secs() / DAY {
        0 => "less than a day".to_owned(),
        1 => "a day".to_owned(),
        days => format!("{days} days"),
    }
}
