//! Reads a server certificate and diagnoses its faults.
//!
//! Invariant: pure. The current date is an argument.

use std::time::Duration;

use tokio_rustls::rustls::{CertificateError, Error};
use x509_parser::{extensions::GeneralName, parse_x509_certificate};

use crate::fault::{Cause, Fault};

const DAY: u64 = 24 * 3600;
/// A renewal starts a month before the expiry. A certificate with fewer days is not being renewed.
const EXPIRY_WARNING_DAYS: i64 = 14;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Certificate {
    pub(crate) names: Vec<String>,
    pub(crate) issuer: String,
    /// Negative after the expiry.
    pub(crate) days_left: i64,
    self_signed: bool,
    /// Number of certificates after the leaf.
    chain: usize,
}

impl Certificate {
    /// `shown` is the chain in DER, the leaf first.
    pub(crate) fn read(shown: &[Vec<u8>], today: Duration) -> Option<Self> {
        let (own, chain) = shown.split_first()?;
        let (_, parsed) = parse_x509_certificate(own).ok()?;
        let names = match parsed.subject_alternative_name() {
            Ok(Some(names)) => names.value.general_names.iter().filter_map(name).collect(),
            Ok(None) | Err(_) => Vec::new(),
        };
        let end = parsed.validity().not_after.timestamp();
        let today = i64::try_from(today.as_secs()).unwrap_or(i64::MAX);
        Some(Self {
            names,
            issuer: common_name(parsed.issuer()),
            days_left: end.saturating_sub(today).div_euclid(DAY.cast_signed()),
            self_signed: parsed.issuer() == parsed.subject(),
            chain: chain.len(),
        })
    }

    /// `a certificate by "R11", 61 days left`
    pub(crate) fn describe(&self) -> String {
        let days = match self.days_left {
            1 => "1 day left".to_owned(),
            days => format!("{days} days left"),
        };
        format!("a certificate by \"{}\", {days}", self.issuer)
    }

    pub(crate) fn expires_soon(&self) -> Option<Fault> {
        (self.days_left < EXPIRY_WARNING_DAYS).then(|| {
            Fault::new(
                Cause::CertificateEndsSoon,
                format!(
                    "The certificate ends in {} days and was not renewed",
                    self.days_left
                ),
                RENEW,
            )
        })
    }
}

const RENEW: &str = "With --acme the relay renews it by itself, if port 443 is reached from the \
    internet: its log says what hinders it. With --tls-cert, renew the file (certbot renew); the \
    relay takes it up without a restart. Behind a proxy, renew the proxy's.";

/// The fault for an error of the verifier. `None` if the error is not about the certificate.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library's enum grows, and what is left is rare and told in its own words"
)]
pub(crate) fn diagnose(error: &Error, shown: Option<&Certificate>, asked: &str) -> Option<Fault> {
    let Error::InvalidCertificate(error) = error else {
        return None;
    };
    Some(match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => Fault::new(
            Cause::CertificateExpired,
            format!("The certificate has expired{}", ago(shown)),
            RENEW,
        ),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Fault::new(
            Cause::CertificateNotYetValid,
            "The certificate is not valid yet",
            "Set the clock of this computer, or that of the one which made the certificate.",
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            of_other_name(shown, asked)
        }
        // A trusted authority may have the same name and another key.
        CertificateError::UnknownIssuer
        | CertificateError::BadSignature
        | CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            unknown_issuer(shown)
        }
        other => Fault::new(
            Cause::CertificateRefused,
            format!("The certificate is refused: {other:?}"),
            "Get another certificate: by --acme, or from your authority for --tls-cert.",
        ),
    })
}

fn of_other_name(shown: Option<&Certificate>, asked: &str) -> Fault {
    let names = shown.map_or(&[][..], |shown| &shown.names);
    let names = match names.is_empty() {
        true => "no name at all".to_owned(),
        false => names.join(", "),
    };
    Fault::new(
        Cause::CertificateOfOtherName,
        format!("The certificate is not for {asked} but for {names}"),
        format!(
            "Give the relay a certificate for {asked} (--acme {asked}, or --tls-cert with that \
             name in it), or use the name it has. If the certificate is a stranger's, {asked} leads \
             to another computer, or the proxy there does not know the name."
        ),
    )
}

fn unknown_issuer(shown: Option<&Certificate>) -> Fault {
    const OWN_AUTHORITY: &str = "If the authority is your own, install its certificate on every \
        computer that is to connect, and name it here with --ca. Browsers of guests will refuse it \
        otherwise; --acme gets the relay one that everybody accepts.";
    match shown {
        Some(shown) if shown.self_signed => Fault::new(
            Cause::CertificateSelfSigned,
            "The certificate is self-signed, so no authority confirms it",
            OWN_AUTHORITY,
        ),
        Some(shown) if shown.chain == 0 => Fault::new(
            Cause::CertificateChainIncomplete,
            format!(
                "No trusted authority confirms the certificate, and the one of its issuer (\"{}\") \
                 was not sent along",
                shown.issuer
            ),
            format!(
                "Name the whole chain with --tls-cert: certbot's fullchain.pem, not cert.pem. \
                 {OWN_AUTHORITY}"
            ),
        ),
        Some(_) | None => Fault::new(
            Cause::CertificateUnknownIssuer,
            format!(
                "The certificate is by \"{}\", an authority that this computer does not know",
                shown.map_or("nobody", |shown| &shown.issuer)
            ),
            OWN_AUTHORITY,
        ),
    }
}

fn ago(shown: Option<&Certificate>) -> String {
    match shown.map(|shown| -shown.days_left) {
        Some(days) if days > 0 => format!(", {days} days ago"),
        Some(_) | None => String::new(),
    }
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    // Other kinds of names do not identify a host.
    if let GeneralName::DNSName(name) = name {
        return Some((*name).to_owned());
    }
    if let GeneralName::IPAddress(bytes) = name {
        let v4 = <[u8; 4]>::try_from(*bytes).map(std::net::IpAddr::from);
        let v6 = || <[u8; 16]>::try_from(*bytes).map(std::net::IpAddr::from);
        return v4.or_else(|_| v6()).ok().map(|ip| ip.to_string());
    }
    None
}

fn common_name(name: &x509_parser::x509::X509Name<'_>) -> String {
    let common = name.iter_common_name().next();
    match common.and_then(|common| common.as_str().ok()) {
        Some(common) => common.to_owned(),
        None => name.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    fn shown(year: i32) -> Vec<u8> {
        let mut params = CertificateParams::new(vec!["meet.example.org".into()]).unwrap();
        params.not_after = date_time_ymd(year, 1, 1);
        let key = KeyPair::generate().unwrap();
        params.self_signed(&key).unwrap().der().to_vec()
    }

    /// 2026-01-01.
    const TODAY: Duration = Duration::from_secs(1_767_225_600);

    #[test]
    fn days_until_expiry_are_counted() {
        let read = |year, today| Certificate::read(&[shown(year)], today).unwrap();
        assert_eq!(read(2027, TODAY).days_left, 365);
        assert_eq!(read(2026, TODAY).days_left, 0);
        assert_eq!(read(2025, TODAY).days_left, -365);
        assert_eq!(read(2027, TODAY).names, ["meet.example.org"]);
        let days = |days| TODAY - Duration::from_secs(days * DAY);
        assert!(read(2026, days(14)).expires_soon().is_none());
        assert!(read(2026, days(13)).expires_soon().is_some());
    }

    fn check(error: CertificateError, shown: &Certificate, expect: Cause) {
        let fault = diagnose(&Error::InvalidCertificate(error), Some(shown), "a.example").unwrap();
        assert_eq!(fault.cause, expect);
    }

    #[test]
    fn unknown_issuer_is_one_of_three_faults() {
        let own = Certificate::read(&[shown(2027)], TODAY).unwrap();
        check(
            CertificateError::UnknownIssuer,
            &own,
            Cause::CertificateSelfSigned,
        );
        let alone = Certificate {
            self_signed: false,
            ..own
        };
        check(
            CertificateError::UnknownIssuer,
            &alone,
            Cause::CertificateChainIncomplete,
        );
        let with_chain = Certificate { chain: 1, ..alone };
        check(
            CertificateError::UnknownIssuer,
            &with_chain,
            Cause::CertificateUnknownIssuer,
        );
        check(
            CertificateError::Expired,
            &with_chain,
            Cause::CertificateExpired,
        );
        check(
            CertificateError::NotValidForName,
            &with_chain,
            Cause::CertificateOfOtherName,
        );
    }

    #[test]
    fn other_bytes_are_no_certificate() {
        assert_eq!(Certificate::read(&[], TODAY), None);
        assert_eq!(Certificate::read(&[vec![1, 2, 3]], TODAY), None);
        assert_eq!(diagnose(&Error::DecryptError, None, "a.example"), None);
    }
}
