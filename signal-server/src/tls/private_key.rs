//! The private keys in a PEM file, and the names of unsupported kinds.
//!
//! Invariant: pure; no error contains a part of a key.

use std::{path::Path, sync::Arc};

use tokio_rustls::rustls::{
    crypto::CryptoProvider,
    pki_types::{PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer},
    sign::SigningKey,
};

use super::{
    certificate::{CertificateError, instead_of_key},
    pem::{Block, Pem, Protection},
};

/// Object identifiers in DER, and the kind of a key that contains them.
const OTHER_KINDS: [(&[u8], &str); 10] = [
    (&[6, 5, 0x2b, 0x81, 4, 0, 0x23], "a P-521 key"),
    (&[6, 5, 0x2b, 0x81, 4, 0, 0x21], "a P-224 key"),
    (&[6, 5, 0x2b, 0x81, 4, 0, 0x0a], "a secp256k1 key"),
    (&[6, 9, 0x2b, 0x24, 3, 3, 2, 8, 1, 1], "a Brainpool key"),
    (&[6, 3, 0x2b, 0x65, 0x71], "an Ed448 key"),
    (&[6, 3, 0x2b, 0x65, 0x6e], "an X25519 key"),
    (&[6, 3, 0x2b, 0x65, 0x6f], "an X448 key"),
    (&[6, 7, 0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1], "a DSA key"),
    (
        &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 0x0a],
        "an RSA-PSS key",
    ),
    (
        &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1],
        "an RSA key of another size, or a damaged one",
    ),
];

/// At least one.
pub(super) fn read(
    pem: &Pem,
    path: &Path,
    provider: &CryptoProvider,
) -> Result<Vec<Arc<dyn SigningKey>>, CertificateError> {
    let mut keys = Vec::new();
    let mut refusal = None;
    for block in &pem.blocks {
        match signing_key(block, path, provider) {
            None => {}
            Some(Ok(key)) => keys.push(key),
            Some(Err(error)) => refusal = refusal.or(Some(error)),
        }
    }
    match refusal {
        _ if !keys.is_empty() => Ok(keys),
        Some(error) => Err(error),
        None => Err(CertificateError::NoKey {
            path: path.to_owned(),
            instead: instead_of_key(pem),
        }),
    }
}

/// `None` if the block is no private key.
fn signing_key(
    block: &Block,
    path: &Path,
    provider: &CryptoProvider,
) -> Option<Result<Arc<dyn SigningKey>, CertificateError>> {
    let path = path.to_owned();
    let der = block.der.clone();
    let der = match block.label.as_str() {
        "PRIVATE KEY" => PrivateKeyDer::from(PrivatePkcs8KeyDer::from(der)),
        "RSA PRIVATE KEY" => PrivatePkcs1KeyDer::from(der).into(),
        "EC PRIVATE KEY" => PrivateSec1KeyDer::from(der).into(),
        "ENCRYPTED PRIVATE KEY" => return Some(Err(CertificateError::Encrypted { path })),
        "DSA PRIVATE KEY" => {
            let kind = "a DSA key";
            return Some(Err(CertificateError::KeyType { path, kind }));
        }
        _ => return None,
    };
    if block.protection == Protection::Passphrase {
        return Some(Err(CertificateError::Encrypted { path }));
    }
    let loaded = provider.key_provider.load_private_key(der);
    Some(loaded.map_err(|_| match kind(block) {
        Some(kind) => CertificateError::KeyType { path, kind },
        None => CertificateError::DamagedKey { path },
    }))
}

fn kind(block: &Block) -> Option<&'static str> {
    if block.label == "RSA PRIVATE KEY" {
        return Some("an RSA key of another size, or a damaged one");
    }
    let holds = |oid: &[u8]| block.der.windows(oid.len()).any(|window| window == oid);
    OTHER_KINDS
        .iter()
        .find(|(oid, _)| holds(oid))
        .map(|(_, kind)| *kind)
}
