//! TLS configuration for `turns:` servers: the trusted root certificates.
//!
//! Invariant: the system's trust store decides, as in the browser. Extra roots are trusted in
//! addition.

use std::sync::Arc;

use rustls_platform_verifier::Verifier;
use tokio::{sync::OnceCell, task::spawn_blocking};
use tokio_rustls::rustls::{
    ClientConfig, crypto::ring::default_provider, pki_types::CertificateDer,
};
use turn_client::Failure;

#[derive(Debug)]
pub(super) struct Trust {
    extra_roots: Vec<Vec<u8>>,
    /// Created at first use, because the system's certificates are read from many files.
    configuration: OnceCell<Arc<ClientConfig>>,
}

impl Trust {
    pub(super) fn new(extra_roots: Vec<Vec<u8>>) -> Self {
        Self {
            extra_roots,
            configuration: OnceCell::new(),
        }
    }

    pub(super) async fn configuration(&self) -> Result<Arc<ClientConfig>, Failure> {
        let made = self.configuration.get_or_try_init(|| async {
            let roots = self.extra_roots.clone();
            spawn_blocking(move || make(roots))
                .await
                .map_err(|error| error.to_string())?
                .map_err(|error| error.to_string())
        });
        made.await.map(Arc::clone).map_err(|error: String| {
            let text = format!("TLS cannot be used: {error}");
            Failure::new(Failure::UNREACHABLE, &text)
        })
    }
}

fn make(roots: Vec<Vec<u8>>) -> Result<Arc<ClientConfig>, tokio_rustls::rustls::Error> {
    let provider = Arc::new(default_provider());
    let roots = roots.into_iter().map(CertificateDer::from);
    let verifier = Verifier::new_with_extra_roots(roots, Arc::clone(&provider))?;
    let configuration = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(Arc::new(configuration))
}
