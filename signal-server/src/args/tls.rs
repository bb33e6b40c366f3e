//! The flags of the relay's certificate.
//!
//! Invariant: a missing flag keeps the default of `TlsConfig`.

use std::path::PathBuf;

use signal_server::{AcmeConfig, CertificateFiles, TlsConfig};

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "TLS")]
pub(super) struct TlsArgs {
    /// Certificate chain in PEM; the relay then serves TLS. A changed file is read again.
    #[arg(
        long = "tls-cert",
        env = "SNUG_TLS_CERT",
        value_name = "FILE",
        requires = "key"
    )]
    certificate: Option<PathBuf>,
    /// Private key of the certificate, in PEM.
    #[arg(
        long = "tls-key",
        env = "SNUG_TLS_KEY",
        value_name = "FILE",
        requires = "certificate"
    )]
    key: Option<PathBuf>,
    /// Name for which to get a certificate by ACME, from Let's Encrypt: meet.example.org. The name
    /// and port 443 must lead to this relay. May be given more than once.
    #[arg(
        long = "acme",
        env = "SNUG_ACME",
        value_name = "NAME",
        requires = "acme_folder",
        conflicts_with = "certificate"
    )]
    acme: Vec<String>,
    /// Email address for the authority's messages about the certificate.
    #[arg(
        long = "acme-email",
        env = "SNUG_ACME_EMAIL",
        value_name = "EMAIL",
        requires = "acme"
    )]
    acme_email: Option<String>,
    /// Folder for the ACME account and the certificate.
    #[arg(
        long = "acme-dir",
        env = "SNUG_ACME_DIR",
        value_name = "FOLDER",
        requires = "acme"
    )]
    acme_folder: Option<PathBuf>,
    /// Directory URL of another authority [default: Let's Encrypt's].
    #[arg(
        long = "acme-directory",
        env = "SNUG_ACME_DIRECTORY",
        value_name = "URL",
        requires = "acme"
    )]
    acme_directory: Option<String>,
    /// Certificates in PEM that authenticate that authority [default: the public ones].
    #[arg(
        long = "acme-ca",
        env = "SNUG_ACME_CA",
        value_name = "FILE",
        requires = "acme"
    )]
    acme_authority: Option<PathBuf>,
}

impl TlsArgs {
    pub(super) fn into_config(self) -> TlsConfig {
        if let (Some(certificate), Some(key)) = (self.certificate, self.key) {
            return TlsConfig::Files(CertificateFiles { certificate, key });
        }
        let Some(folder) = self.acme_folder else {
            return TlsConfig::Off;
        };
        let default = AcmeConfig::new(self.acme, folder);
        TlsConfig::Acme(AcmeConfig {
            email: self.acme_email,
            directory: self.acme_directory.unwrap_or(default.directory),
            authority: self.acme_authority,
            domains: default.domains,
            folder: default.folder,
        })
    }
}
