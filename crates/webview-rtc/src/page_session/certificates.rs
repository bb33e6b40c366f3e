//! The certificates that the page has generated (W3C webrtc-pc, 4.9).
//!
//! Invariant: they end with the bridge, and their number is bounded.

use std::collections::BTreeMap;

use super::refusal::Refusal;
use crate::{
    connection::Certificate,
    wire::{id::CertificateId, negotiated::Fingerprint},
};

/// The page cannot tell which ones it still uses.
const MAX_CERTIFICATES: usize = 1024;

#[derive(Debug, Default)]
pub(super) struct Certificates(BTreeMap<CertificateId, Certificate>);

impl Certificates {
    pub(super) fn generate(&mut self, id: CertificateId) -> Result<Fingerprint, Refusal> {
        if self.0.contains_key(&id) {
            return Err(Refusal::Taken);
        }
        if self.0.len() >= MAX_CERTIFICATES {
            return Err(Refusal::TooMany);
        }
        let certificate = Certificate::generate()?;
        let fingerprint = certificate.fingerprint().clone();
        self.0.insert(id, certificate);
        Ok(fingerprint)
    }

    pub(super) fn get(&self, id: CertificateId) -> Result<Certificate, Refusal> {
        let certificate = self.0.get(&id).cloned();
        certificate.ok_or(Refusal::UnknownCertificate(id))
    }
}
