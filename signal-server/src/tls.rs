//! The relay's certificate, from files or by ACME.
//!
//! Invariant: an unusable certificate is refused at the start. While the relay runs, the fault is
//! logged once and the old certificate stays in use.

mod acme;
mod certificate;
mod chain;
mod files;
mod pem;
mod private_key;
mod validity;

use std::{fs, io, path::Path, sync::Arc};

use tokio_rustls::rustls::{
    ServerConfig,
    crypto::{CryptoProvider, ring},
    server::ResolvesServerCert,
};

use crate::config::TlsConfig;
use acme::Acme;
use certificate::{CertificateError, read_certificates};
use files::Files;
pub(crate) use validity::Validity;

const DAY: u64 = 24 * 3600;
const HTTP: &[u8] = b"http/1.1";
/// RFC 8737, 3: the protocol by which an authority validates the name.
const ACME_CHALLENGE: &[u8] = b"acme-tls/1";

/// An unusable file of certificates. The sentence names the flag and the file.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct CertificateFileError(#[from] CertificateError);

/// The certificates of a PEM file, in DER; at least one.
///
/// # Errors
/// A sentence that begins with `flag` and says what the file must contain.
pub fn read_certificate_file(
    flag: &'static str,
    path: &Path,
) -> Result<Vec<Vec<u8>>, CertificateFileError> {
    let file = fs::read(path).map_err(CertificateError::unreadable(flag, path))?;
    let certificates = read_certificates(flag, path, &file)?;
    Ok(certificates.iter().map(|der| der.to_vec()).collect())
}

/// A certificate that is kept current while [`Tls::keep`] runs.
pub(crate) struct Tls {
    source: Source,
    http: Arc<ServerConfig>,
    turn: Arc<ServerConfig>,
    validity: Arc<Validity>,
}

enum Source {
    Files(Files),
    Acme(Acme),
}

impl Tls {
    /// `None` if TLS is off.
    ///
    /// # Errors
    /// `InvalidInput` with a sentence that names the flag.
    pub(crate) fn open(config: &TlsConfig) -> io::Result<Option<Self>> {
        let refuse = |error: CertificateError| io::Error::new(io::ErrorKind::InvalidInput, error);
        match config {
            TlsConfig::Off => Ok(None),
            TlsConfig::Files(paths) => {
                let validity = Arc::default();
                let files = Files::open(paths, Arc::clone(&validity)).map_err(refuse)?;
                let shown = files.shown();
                Self::new(Source::Files(files), shown, validity, &[HTTP]).map(Some)
            }
            TlsConfig::Acme(config) => {
                let validity = Arc::default();
                let acme =
                    Acme::open(config, &provider(), Arc::clone(&validity)).map_err(refuse)?;
                let shown = acme.shown();
                let protocols = [HTTP, ACME_CHALLENGE];
                Self::new(Source::Acme(acme), shown, validity, &protocols).map(Some)
            }
        }
    }

    fn new(
        source: Source,
        shown: Arc<dyn ResolvesServerCert>,
        validity: Arc<Validity>,
        protocols: &[&[u8]],
    ) -> io::Result<Self> {
        let mut http = server_config(Arc::clone(&shown))?;
        http.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        Ok(Self {
            source,
            http: Arc::new(http),
            turn: Arc::new(server_config(shown)?),
            validity,
        })
    }

    pub(crate) fn for_http(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.http)
    }

    /// Without HTTP's protocol names, which a TURN client does not offer.
    pub(crate) fn for_turn(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.turn)
    }

    pub(crate) fn validity(&self) -> Arc<Validity> {
        Arc::clone(&self.validity)
    }

    /// Loads changed certificates. Never ends.
    pub(crate) async fn keep(self) {
        match self.source {
            Source::Files(files) => files.keep().await,
            Source::Acme(acme) => acme.keep().await,
        }
    }
}

/// Whether the peer was an authority that validated the name and wants nothing more.
pub(crate) fn is_challenge(protocol: Option<&[u8]>) -> bool {
    protocol == Some(ACME_CHALLENGE)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn server_config(shown: Arc<dyn ResolvesServerCert>) -> io::Result<ServerConfig> {
    Ok(ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_cert_resolver(shown))
}
