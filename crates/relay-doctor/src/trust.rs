//! Whom a certificate must be by, and a witness of what was shown.
//!
//! Invariant: the system decides, as it does for the app and the browser; what is added by
//! `--ca` counts beside it. The witness changes no verdict.

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
    /// Reads the system's certificates, which are many files on Linux.
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

    /// For one handshake.
    pub(crate) fn witnessed(&self) -> Result<(Arc<ClientConfig>, Arc<Witness>), Error> {
        let witness = Arc::new(Witness {
            verifier: Arc::clone(&self.0),
            shown: Mutex::default(),
        });
        let verifier: Arc<dyn ServerCertVerifier> = Arc::<Witness>::clone(&witness);
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()?
            // Named so by rustls for any verifier that is not its own; this one is the system's.
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        Ok((Arc::new(config), witness))
    }
}

fn no_trust(error: &str) -> Fault {
    Fault::new(
        Cause::NoTrustHere,
        format!("This computer's certificate authorities cannot be used: {error}"),
        "Install them on this computer (apt-get install ca-certificates), or name one in PEM with --ca.",
    )
}

/// Keeps the chain that the server showed.
#[derive(Debug)]
pub(crate) struct Witness {
    verifier: Arc<Verifier>,
    shown: Mutex<Vec<Vec<u8>>>,
}

impl Witness {
    /// In DER, the server's own first.
    pub(crate) fn shown(&self) -> Vec<Vec<u8>> {
        let shown = self.shown.lock();
        shown.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ServerCertVerifier for Witness {
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
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = chain;
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
