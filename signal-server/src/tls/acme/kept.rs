//! The folder of account and certificate, observed at each read and write.
//!
//! Invariant: the certificate in the folder is the one in use, so its expiry is the metric's.

use std::{io, path::PathBuf, sync::Arc};

use async_trait::async_trait;
use rustls_acme::{AccountCache, CertCache, caches::DirCache};

use crate::tls::{Validity, certificate::not_after};

pub(super) struct Kept {
    folder: DirCache<PathBuf>,
    validity: Arc<Validity>,
}

impl Kept {
    pub(super) fn new(folder: PathBuf, validity: Arc<Validity>) -> Self {
        Self {
            folder: DirCache::new(folder),
            validity,
        }
    }

    fn handle_certificate(&self, pem: &[u8]) {
        if let Some(not_after) = not_after(pem) {
            self.validity.set(not_after);
        }
    }
}

#[async_trait]
impl CertCache for Kept {
    type EC = io::Error;

    async fn load_cert(
        &self,
        domains: &[String],
        directory_url: &str,
    ) -> io::Result<Option<Vec<u8>>> {
        let kept = self.folder.load_cert(domains, directory_url).await?;
        if let Some(pem) = &kept {
            self.handle_certificate(pem);
        }
        Ok(kept)
    }

    async fn store_cert(
        &self,
        domains: &[String],
        directory_url: &str,
        cert: &[u8],
    ) -> io::Result<()> {
        self.handle_certificate(cert);
        self.folder.store_cert(domains, directory_url, cert).await
    }
}

#[async_trait]
impl AccountCache for Kept {
    type EA = io::Error;

    async fn load_account(
        &self,
        contact: &[String],
        directory_url: &str,
    ) -> io::Result<Option<Vec<u8>>> {
        self.folder.load_account(contact, directory_url).await
    }

    async fn store_account(
        &self,
        contact: &[String],
        directory_url: &str,
        account: &[u8],
    ) -> io::Result<()> {
        self.folder
            .store_account(contact, directory_url, account)
            .await
    }
}
