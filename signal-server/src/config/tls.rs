//! The source of the relay's certificate.
//!
//! Invariant: each refusal names the flag. The content of the files is checked when they are
//! opened.

use std::path::PathBuf;

use url::Host;

use super::{ConfigError, ensure};
use crate::ice::host_of;

/// Let's Encrypt's.
const DIRECTORY: &str = "https://acme-v02.api.letsencrypt.org/directory";

/// The relay's own TLS.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum TlsConfig {
    /// A proxy has TLS, or nothing has.
    #[default]
    Off,
    Files(CertificateFiles),
    Acme(AcmeConfig),
}

/// A certificate that another program renews.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The chain in PEM, the relay's own certificate first.
    pub certificate: PathBuf,
    /// Its private key in PEM.
    pub key: PathBuf,
}

/// A certificate that the relay gets and renews by itself (RFC 8555, with RFC 8737's
/// `tls-alpn-01`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcmeConfig {
    /// Names that lead to the relay's port 443.
    pub domains: Vec<String>,
    /// Email address for the authority's messages about the certificate.
    pub email: Option<String>,
    /// The folder of account and certificate.
    pub folder: PathBuf,
    /// The authority.
    pub directory: String,
    /// Certificates in PEM that authenticate the authority; `None` is the public ones.
    pub authority: Option<PathBuf>,
}

impl AcmeConfig {
    #[must_use]
    pub fn new(domains: Vec<String>, folder: PathBuf) -> Self {
        Self {
            domains,
            email: None,
            folder,
            directory: DIRECTORY.to_owned(),
            authority: None,
        }
    }

    fn check(&self) -> Result<(), ConfigError> {
        ensure(!self.domains.is_empty(), || {
            "--acme wants the name by which the relay is reached.".to_owned()
        })?;
        for domain in &self.domains {
            ensure(!domain.contains('*'), || {
                format!(
                    "--acme is \"{domain}\"; the relay can prove single names only: give each, or \
                     a certificate of your own with --tls-cert."
                )
            })?;
            let name = match host_of(domain) {
                Ok(Host::Domain(name)) if is_public_name(&name) => name,
                Ok(Host::Domain(_) | Host::Ipv4(_) | Host::Ipv6(_)) | Err(_) => {
                    return Err(ConfigError(format!(
                        "--acme is \"{domain}\"; write the name by which the relay is reached \
                         from the internet, like meet.example.org."
                    )));
                }
            };
            ensure(name == *domain, || {
                format!("--acme is \"{domain}\"; write it as authorities do: {name}.")
            })?;
        }
        if let Some(email) = &self.email {
            ensure(is_email(email), || {
                format!("--acme-email is \"{email}\", which is no email address.")
            })?;
        }
        let is_https = url::Url::parse(&self.directory).is_ok_and(|url| url.scheme() == "https");
        ensure(is_https, || {
            format!(
                "--acme-directory is \"{}\"; it is the authority's https:// address.",
                self.directory
            )
        })
    }
}

/// RFC 8555, 7.1.3: a name in the form of certificates.
fn is_public_name(name: &str) -> bool {
    name.contains('.') && !name.ends_with('.') && !name.contains('_')
}

/// Checks the form that an authority checks first.
fn is_email(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(name, host)| {
        let is_name = matches!(host_of(host), Ok(Host::Domain(_)));
        !name.is_empty() && !text.contains(char::is_whitespace) && is_name && host.contains('.')
    })
}

impl TlsConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        match self {
            Self::Off | Self::Files(_) => Ok(()),
            Self::Acme(acme) => acme.check(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(change: impl FnOnce(&mut AcmeConfig), expect: &str) {
        let mut acme = AcmeConfig::new(vec!["meet.example.org".to_owned()], "acme".into());
        change(&mut acme);
        let sentence = TlsConfig::Acme(acme)
            .check()
            .err()
            .map_or_else(String::new, |error| error.to_string());
        assert!(
            sentence.starts_with(expect) && sentence.is_empty() == expect.is_empty(),
            "{expect:?}: {sentence}"
        );
    }

    #[test]
    fn invalid_config_is_refused_with_its_flag() {
        check(|_| (), "");
        check(|acme| acme.email = Some("ann@example.org".to_owned()), "");
        check(|acme| acme.domains.clear(), "--acme wants the name");
        for domain in [
            "",
            "localhost",
            "192.0.2.1",
            "https://meet.example.org",
            "a b.org",
            "*.example.org",
            "meet.example.org.",
            "meet..example.org",
            "meet_1.example.org",
            "bücher.example",
            "Meet.example.org",
        ] {
            check(
                |acme| acme.domains = vec![domain.to_owned()],
                "--acme is \"",
            );
        }
        for email in [
            "ann",
            "ann@",
            "@example.org",
            "ann@example",
            "ann b@example.org",
        ] {
            check(
                |acme| acme.email = Some(email.to_owned()),
                &format!("--acme-email is \"{email}\""),
            );
        }
        check(
            |acme| acme.directory = "http://acme.example.org".to_owned(),
            "--acme-directory is \"http://",
        );
    }
}
