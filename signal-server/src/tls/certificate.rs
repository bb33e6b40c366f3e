//! One certificate with its key, and whether it is fit to be shown.
//!
//! Invariant: a `Certificate` fits its key and was valid when it was read.

use std::{path::PathBuf, sync::Arc, time::Duration};

use tokio_rustls::rustls::{
    Error, InconsistentKeys,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    sign::CertifiedKey,
};
use x509_parser::parse_x509_certificate;

pub(super) const DAY: u64 = 24 * 3600;

#[derive(Debug, Clone)]
pub(super) struct Certificate {
    pub(super) shown: Arc<CertifiedKey>,
    /// Seconds since 1970.
    pub(super) not_after: u64,
}

/// Each sentence names the flag.
#[derive(Debug, thiserror::Error)]
pub(super) enum CertificateError {
    #[error("{flag}: cannot read {}: {error}.{}", path.display(), hint(error))]
    Unreadable {
        flag: &'static str,
        path: PathBuf,
        error: std::io::Error,
    },
    #[error("--tls-cert: there is no certificate in PEM in that file.")]
    NoCertificate,
    #[error("--tls-key: there is no private key in PEM in that file.")]
    NoKey,
    #[error(
        "--tls-key does not belong to --tls-cert: give the key with which the certificate was made."
    )]
    KeyOfAnother,
    #[error("--tls-cert: the certificate cannot be used: {0}.")]
    Unusable(String),
    #[error("--tls-cert: the certificate expired {} ago: renew it.", days(.0))]
    Expired(Duration),
    #[error(
        "--tls-cert: the certificate is valid in {} only; is this computer's clock right?",
        days(.0)
    )]
    NotYetValid(Duration),
    #[error("--acme-dir: cannot use {}: {error}.{}", path.display(), hint(error))]
    Folder {
        path: PathBuf,
        error: std::io::Error,
    },
    #[error("--acme-ca: there is no certificate in PEM in that file.")]
    NoAuthority,
}

impl Certificate {
    /// `now` is seconds since 1970.
    pub(super) fn read(
        chain: &[u8],
        key: &[u8],
        provider: &CryptoProvider,
        now: u64,
    ) -> Result<Self, CertificateError> {
        let chain: Vec<_> = CertificateDer::pem_slice_iter(chain)
            .collect::<Result<_, _>>()
            .map_err(|_| CertificateError::NoCertificate)?;
        let own = chain.first().ok_or(CertificateError::NoCertificate)?;
        let not_after = check_validity(own, now)?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| CertificateError::NoKey)?;
        let shown = CertifiedKey::from_der(chain, key, provider).map_err(unusable)?;
        Ok(Self {
            shown: Arc::new(shown),
            not_after,
        })
    }

    pub(super) fn days_left(&self, now: u64) -> u64 {
        self.not_after.saturating_sub(now) / DAY
    }
}

/// Of the first certificate in PEM, if there is one; seconds since 1970.
pub(super) fn not_after(pem: &[u8]) -> Option<u64> {
    let own = CertificateDer::from_pem_slice(pem).ok()?;
    let (_, parsed) = parse_x509_certificate(&own).ok()?;
    parsed.validity().not_after.timestamp().try_into().ok()
}

/// Answers until when it is valid.
fn check_validity(own: &CertificateDer<'_>, now: u64) -> Result<u64, CertificateError> {
    let (_, parsed) = parse_x509_certificate(own)
        .map_err(|error| CertificateError::Unusable(error.to_string()))?;
    // A date before 1970 is long past.
    let seconds = |time: i64| u64::try_from(time).unwrap_or(0);
    let not_before = seconds(parsed.validity().not_before.timestamp());
    let not_after = seconds(parsed.validity().not_after.timestamp());
    if now > not_after {
        return Err(CertificateError::Expired(Duration::from_secs(
            now - not_after,
        )));
    }
    if now < not_before {
        return Err(CertificateError::NotYetValid(Duration::from_secs(
            not_before - now,
        )));
    }
    Ok(not_after)
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the error type of another crate; it says the rest in its own words"
)]
fn unusable(error: Error) -> CertificateError {
    match error {
        Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => CertificateError::KeyOfAnother,
        other => CertificateError::Unusable(other.to_string()),
    }
}

fn hint(error: &std::io::Error) -> &'static str {
    if error.kind() == std::io::ErrorKind::PermissionDenied {
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

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};
    use tokio_rustls::rustls::crypto::ring;

    use super::*;

    /// 2026-01-01 and 2027-01-01.
    const FROM: u64 = 1_767_225_600;
    const UNTIL: u64 = 1_798_761_600;

    fn pems(key: &KeyPair) -> (String, String) {
        let mut params = CertificateParams::new(vec!["meet.example.org".to_owned()]).unwrap();
        params.not_before = date_time_ymd(2026, 1, 1);
        params.not_after = date_time_ymd(2027, 1, 1);
        (params.self_signed(key).unwrap().pem(), key.serialize_pem())
    }

    fn check(chain: &str, key: &str, now: u64, expect: &str) {
        let read = Certificate::read(
            chain.as_bytes(),
            key.as_bytes(),
            &ring::default_provider(),
            now,
        );
        let sentence = read
            .err()
            .map_or_else(String::new, |error| error.to_string());
        assert!(
            sentence.starts_with(expect) && sentence.is_empty() == expect.is_empty(),
            "{expect:?}: {sentence}"
        );
    }

    #[test]
    fn what_cannot_be_shown_is_refused_with_the_flag_to_change() {
        let (chain, key) = pems(&KeyPair::generate().unwrap());
        let (_, another) = pems(&KeyPair::generate().unwrap());
        check(&chain, &key, FROM, "");
        check(&chain, &key, UNTIL, "");
        check("", &key, FROM, "--tls-cert: there is no certificate");
        check(&key, &key, FROM, "--tls-cert: there is no certificate");
        check(&chain, "", FROM, "--tls-key: there is no private key");
        check(&chain, &chain, FROM, "--tls-key: there is no private key");
        check(
            &chain,
            &another,
            FROM,
            "--tls-key does not belong to --tls-cert",
        );
        check(
            &chain,
            &key,
            UNTIL + 3 * DAY,
            "--tls-cert: the certificate expired 3 days ago",
        );
        check(
            &chain,
            &key,
            FROM - 1,
            "--tls-cert: the certificate is valid in less than a day only",
        );
    }

    #[test]
    fn days_are_counted_to_the_end() {
        let (chain, key) = pems(&KeyPair::generate().unwrap());
        let provider = ring::default_provider();
        let read = Certificate::read(chain.as_bytes(), key.as_bytes(), &provider, FROM).unwrap();
        assert_eq!(read.days_left(FROM), 365);
        assert_eq!(read.days_left(UNTIL - 1), 0);
        assert_eq!(read.days_left(UNTIL + DAY), 0);
    }
}
