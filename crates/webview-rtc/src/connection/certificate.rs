//! A certificate with its key, for one connection or several (W3C webrtc-pc, 4.9).
//!
//! Invariant: the key never leaves the process.

use std::fmt;

use str0m::crypto::dtls::DtlsCert;

use super::{ConnectionError, str0m_workarounds::empty_message};
use crate::wire::negotiated::Fingerprint;

#[derive(Clone)]
pub struct Certificate {
    pub(super) with_key: DtlsCert,
    fingerprint: Fingerprint,
}

impl Certificate {
    /// ECDSA with P-256, valid for a year.
    ///
    /// # Errors
    /// The certificate cannot be generated.
    pub fn generate() -> Result<Self, ConnectionError> {
        let crypto = empty_message::crypto_provider();
        let with_key = crypto
            .dtls_provider
            .generate_certificate()
            .ok_or_else(|| ConnectionError::Operation("no certificate could be made".to_owned()))?;
        let hash = crypto.sha256_provider.sha256(&with_key.certificate);
        Ok(Self {
            with_key,
            fingerprint: Fingerprint::sha_256(&hash),
        })
    }

    /// For the SDP.
    #[must_use]
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }
}

/// Lower-case digits of a certificate in DER.
pub(crate) fn hexadecimal(der: &[u8]) -> String {
    der.iter().map(|byte| format!("{byte:02x}")).collect()
}

// The key must not appear in logs.
impl fmt::Debug for Certificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Certificate")
            .field("fingerprint", &self.fingerprint)
            .finish_non_exhaustive()
    }
}
