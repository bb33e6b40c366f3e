//! A certificate that ACME issues and renews (RFC 8555), with validation by `tls-alpn-01` (RFC
//! 8737): no second port is needed.
//!
//! Invariant: account and certificate survive a restart in their folder, so the relay contacts an
//! authority only when it must.

mod kept;

use std::{fs, io, path::Path, sync::Arc};

use futures_util::StreamExt;
use rustls_acme::{
    AcmeConfig as Order, AcmeState, EventError, EventOk, OrderError, acme::AcmeError,
};
use tokio_rustls::rustls::{
    ClientConfig, RootCertStore, crypto::CryptoProvider, server::ResolvesServerCert,
};
use tracing::{info, warn};

use super::{
    Validity,
    certificate::{CertificateError, read_certificates},
};
use crate::config::AcmeConfig;
use kept::Kept;

const AUTHORITY: &str = "--acme-ca";

pub(super) struct Acme(AcmeState<io::Error>);

impl Acme {
    pub(super) fn open(
        config: &AcmeConfig,
        provider: &Arc<CryptoProvider>,
        validity: Arc<Validity>,
    ) -> Result<Self, CertificateError> {
        let cannot_use = |error| CertificateError::Folder {
            path: config.folder.clone(),
            error,
        };
        fs::create_dir_all(&config.folder).map_err(cannot_use)?;
        tempfile_in(&config.folder).map_err(cannot_use)?;
        let order = Order::new_with_provider(&config.domains, Arc::clone(provider))
            .contact(config.email.iter().map(|email| format!("mailto:{email}")))
            .directory(&config.directory)
            .cache(Kept::new(config.folder.clone(), validity));
        let order = match &config.authority {
            Some(path) => order.client_tls_config(known_by(path, provider)?),
            None => order,
        };
        Ok(Self(order.state()))
    }

    pub(super) fn shown(&self) -> Arc<dyn ResolvesServerCert> {
        self.0.resolver()
    }

    /// Never ends.
    pub(super) async fn keep(mut self) {
        while let Some(event) = self.0.next().await {
            match event {
                Ok(EventOk::DeployedNewCert) => info!("a new certificate is shown from now on"),
                Ok(EventOk::DeployedCachedCert) => info!("the kept certificate is shown"),
                Ok(EventOk::CertCacheStore | EventOk::AccountCacheStore) => {}
                Err(error) => warn!(%error, "{}", mending(&error)),
            }
        }
    }
}

/// Any other error is an authority's refusal.
fn mending(error: &EventError<io::Error, io::Error>) -> &'static str {
    match error {
        EventError::CertCacheLoad(_)
        | EventError::AccountCacheLoad(_)
        | EventError::CertCacheStore(_)
        | EventError::AccountCacheStore(_) => {
            "what --acme-dir holds cannot be read or written: let the relay's user have it, or the \
             authority is asked again at each start"
        }
        EventError::CachedCertParse(_) => {
            "the certificate in --acme-dir is damaged, a new one is gotten"
        }
        EventError::NewCertParse(_) => {
            "what the authority sent is no certificate, trying again: is --acme-directory right?"
        }
        EventError::Order(OrderError::Acme(AcmeError::HttpRequest(_))) => {
            "no new certificate yet, trying again: the authority is not reached; can this computer \
             reach it by HTTPS?"
        }
        _ => {
            "no new certificate yet, trying again: does the name lead to this computer's port 443?"
        }
    }
}

/// Whether a file can be created there.
fn tempfile_in(folder: &Path) -> io::Result<()> {
    let probe = folder.join(".writable");
    fs::write(&probe, b"")?;
    fs::remove_file(probe)
}

fn known_by(
    path: &Path,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<ClientConfig>, CertificateError> {
    let pem = fs::read(path).map_err(CertificateError::unreadable(AUTHORITY, path))?;
    let mut roots = RootCertStore::empty();
    for (place, certificate) in read_certificates(AUTHORITY, path, &pem)?
        .into_iter()
        .enumerate()
    {
        roots
            .add(certificate)
            .map_err(|_| CertificateError::Damaged {
                flag: AUTHORITY,
                path: path.to_owned(),
                number: place + 1,
            })?;
    }
    let config = ClientConfig::builder_with_provider(Arc::clone(provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| CertificateError::Unusable {
            path: path.to_owned(),
            reason: error.to_string(),
        })?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
