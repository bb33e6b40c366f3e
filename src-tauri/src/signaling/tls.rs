//! TLS to a relay with the verifier of the operating system, so that locally installed certificate
//! authorities are trusted.
//!
//! Invariant: no process-wide crypto provider is set; each use names it.

use std::{
    io,
    sync::{Arc, OnceLock},
};

use rustls_platform_verifier::Verifier;
use tokio::net::TcpStream;
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{self, ClientConfig, crypto::ring, pki_types::ServerName},
};
use url::Host;

/// The certificate problem of a failed handshake; other failures come from servers without TLS.
pub(super) fn certificate_fault(error: &io::Error) -> Option<String> {
    let error = error.get_ref()?.downcast_ref::<rustls::Error>()?;
    matches!(error, rustls::Error::InvalidCertificate(_)).then(|| error.to_string())
}

/// # Errors
/// The certificate is not trusted, or the other end speaks no TLS.
pub(super) async fn handshake(stream: TcpStream, host: &Host) -> io::Result<TlsStream<TcpStream>> {
    let name = match host {
        Host::Domain(name) => ServerName::try_from(name.clone()).map_err(io::Error::other)?,
        Host::Ipv4(ip) => ServerName::IpAddress((*ip).into()),
        Host::Ipv6(ip) => ServerName::IpAddress((*ip).into()),
    };
    let config = client_config().map_err(io::Error::other)?;
    TlsConnector::from(config).connect(name, stream).await
}

/// Created once: on Linux it reads the certificates of the system.
fn client_config() -> Result<Arc<ClientConfig>, rustls::Error> {
    static CONFIG: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    if let Some(config) = CONFIG.get() {
        return Ok(Arc::clone(config));
    }
    let provider = Arc::new(ring::default_provider());
    let verifier = Arc::new(Verifier::new(Arc::clone(&provider))?);
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        // rustls calls any foreign verifier dangerous; this is the verifier of the system.
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(Arc::clone(CONFIG.get_or_init(|| Arc::new(config))))
}
