//! Trusted certificate authorities, and a verifier that records the server's chain.
//!
//! Invariant: the system's verifier decides, as for the app and the browser, plus the authorities of
//! `--ca`. Recording changes no verdict.

use std::sync::{Arc, Mutex, PoisonError};

use rustls_platform_verifier::Verifier;
use tokio::task::spawn_blocking;
use tokio_rustls::rustls::{
    ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::ring::default_provider,
    pki_types::{CertificateDer, ServerName, UnixTime},
};

use crate::fault::{Cause, Fault};

#[derive(Debug, Clone)]
pub(crate) struct Trust(Arc<Verifier>);

impl Trust {
    /// Loads the system's root certificates. On Linux they are many files.
    pub(crate) async fn load(extra_roots: Vec<Vec<u8>>) -> Result<Self, Fault> {
        let made = spawn_blocking(move || {
            let roots = extra_roots.into_iter().map(CertificateDer::from);
            Verifier::new_with_extra_roots(roots, Arc::new(default_provider()))
        });
        let verifier = match made.await {
            Ok(Ok(verifier)) => verifier,
            Ok(Err(error)) => return Err(no_trust(&error.to_string())),
            Err(error) => return Err(no_trust(&error.to_string())),
        };
        Ok(Self(Arc::new(verifier)))
    }

    /// A TLS configuration for one handshake, and the recorder of its chain.
    pub(crate) fn client_config(&self) -> Result<(Arc<ClientConfig>, Arc<ChainRecorder>), Error> {
        let recorder = Arc::new(ChainRecorder {
            verifier: Arc::clone(&self.0),
            chain: Mutex::default(),
        });
        let verifier: Arc<dyn ServerCertVerifier> = Arc::<ChainRecorder>::clone(&recorder);
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()?
            // rustls calls every custom verifier dangerous. This one is the system's.
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        Ok((Arc::new(config), recorder))
    }
}

fn no_trust(error: &str) -> Fault {
    Fault::new(
        Cause::NoTrustHere,
        format!("This computer's certificate authorities cannot be used: {error}"),
        "Install them on this computer (apt-get install ca-certificates), or name one in PEM with --ca.",
    )
}

/// Records the certificate chain of the server.
#[derive(Debug)]
pub(crate) struct ChainRecorder {
    verifier: Arc<Verifier>,
    chain: Mutex<Vec<Vec<u8>>>,
}

impl ChainRecorder {
    /// In DER, the leaf certificate first.
    pub(crate) fn chain(&self) -> Vec<Vec<u8>> {
        let chain = self.chain.lock();
        chain.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ServerCertVerifier for ChainRecorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain = std::iter::once(end_entity).chain(intermediates);
        let chain = chain.map(|certificate| certificate.to_vec()).collect();
        *self.chain.lock().unwrap_or_else(PoisonError::into_inner) = chain;
        self.verifier
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier
            .verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier
            .verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}
