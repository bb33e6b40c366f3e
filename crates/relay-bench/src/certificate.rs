//! A certificate for benches, and clients that trust nothing else.

use std::{path::PathBuf, sync::Arc};

use rcgen::{CertificateParams, KeyPair};
use tempfile::TempDir;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::CertificateDer};

/// As files, for programs.
pub struct Certificate {
    folder: TempDir,
    certificate: CertificateDer<'static>,
}

impl Default for Certificate {
    fn default() -> Self {
        Self::new()
    }
}

impl Certificate {
    /// For 127.0.0.1.
    pub fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(["127.0.0.1".to_owned()])
            .unwrap()
            .self_signed(&key)
            .unwrap();
        let made = Self {
            folder: tempfile::tempdir().unwrap(),
            certificate: certificate.der().clone(),
        };
        std::fs::write(made.chain(), certificate.pem()).unwrap();
        std::fs::write(made.key(), key.serialize_pem()).unwrap();
        made
    }

    pub fn chain(&self) -> PathBuf {
        self.folder.path().join("chain.pem")
    }

    pub fn key(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    /// The relay's flags for it.
    pub fn flags(&self) -> [String; 2] {
        [
            format!("--tls-cert={}", self.chain().display()),
            format!("--tls-key={}", self.key().display()),
        ]
    }

    pub fn trusted(&self) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Arc::new(config)
    }
}
