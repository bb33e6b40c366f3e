//! One certificate with its chain and key, and whether it can be used.
//!
//! Invariant: a `Certificate` matches its key, its chain is in order, and all of it was valid when
//! it was read. Parts of the files that are not sent are among its remarks.

mod error;
mod remark;
#[cfg(test)]
mod tests;

use std::{path::Path, sync::Arc};

use tokio_rustls::rustls::{
    crypto::CryptoProvider,
    pki_types::CertificateDer,
    sign::{CertifiedKey, SigningKey},
};
use x509_parser::{
    certificate::X509Certificate,
    extensions::ParsedExtension,
    oid_registry::{OID_PKIX_ACCESS_DESCRIPTOR_CA_ISSUERS, OID_SIG_ED25519},
    parse_x509_certificate,
};

use super::{
    chain::{self, ChainError},
    pem::{Block, Pem, PemError},
    private_key,
};
use crate::config::CertificateFiles;
pub(super) use error::{CertificateError, Which};
pub(super) use remark::Remark;

const CERT: &str = "--tls-cert";
const KEY: &str = "--tls-key";
/// RFC 7468, 5.1: old programs write the second one.
const CERTIFICATE_LABELS: [&str; 2] = ["CERTIFICATE", "X509 CERTIFICATE"];
const MOST_SUBJECT_CHARS: usize = 80;

#[derive(Debug, Clone)]
pub(super) struct Certificate {
    pub(super) shown: Arc<CertifiedKey>,
    /// The earliest expiry in the chain, in seconds since 1970.
    pub(super) not_after: u64,
    pub(super) remarks: Vec<Remark>,
}

impl Certificate {
    /// `paths` are for messages; `now` is seconds since 1970.
    pub(super) fn read(
        paths: &CertificateFiles,
        certificate: &[u8],
        key: &[u8],
        provider: &CryptoProvider,
        now: u64,
    ) -> Result<Self, CertificateError> {
        let path = paths.certificate.as_path();
        let pem = read_pem(CERT, path, certificate)?;
        let ders = certificates(CERT, path, &pem)?;
        let key_pem = read_pem(KEY, &paths.key, key)?;
        let keys = private_key::read(&key_pem, &paths.key, provider)?;
        let parsed = ders
            .iter()
            .enumerate()
            .map(|(place, der)| parse(CERT, path, place, der))
            .collect::<Result<Vec<_>, _>>()?;
        let (own, key) =
            match_key(&parsed, &keys).ok_or_else(|| CertificateError::KeyOfAnother {
                certificate: path.to_owned(),
                key: paths.key.clone(),
            })?;
        let order = chain::order(&parsed, own);
        let not_after = chain::judge(&parsed, &order.chain, now)
            .map_err(|error| chain_error(path, &parsed, own, error))?;
        let remarks = Remarks {
            paths,
            certificates: &parsed,
        };
        let remarks = [
            remarks.of_files(&pem, &key_pem),
            remarks.of_order(&order),
            remarks.of_own(own, order.chain.len()),
        ]
        .concat();
        let shown = order.chain.iter().filter_map(|place| ders.get(*place));
        let shown = CertifiedKey::new(shown.cloned().collect(), key);
        shown
            .keys_match()
            .map_err(|error| CertificateError::Unusable {
                path: path.to_owned(),
                reason: error.to_string(),
            })?;
        Ok(Self {
            shown: Arc::new(shown),
            not_after,
            remarks,
        })
    }
}

/// The certificates in PEM, as DER.
pub(super) fn read_certificates(
    flag: &'static str,
    path: &Path,
    file: &[u8],
) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    let ders = certificates(flag, path, &read_pem(flag, path, file)?)?;
    for (place, der) in ders.iter().enumerate() {
        parse(flag, path, place, der)?;
    }
    Ok(ders)
}

/// The expiry of the first certificate in PEM, if there is one, in seconds since 1970.
pub(super) fn not_after(pem: &[u8]) -> Option<u64> {
    let pem = Pem::read(pem).ok()?;
    let own = pem.blocks.iter().find(|block| is_certificate(block))?;
    let (_, parsed) = parse_x509_certificate(&own.der).ok()?;
    parsed.validity().not_after.timestamp().try_into().ok()
}

fn read_pem(flag: &'static str, path: &Path, file: &[u8]) -> Result<Pem, CertificateError> {
    Pem::read(file).map_err(|error: PemError| CertificateError::Pem {
        flag,
        path: path.to_owned(),
        error,
    })
}

/// At least one.
fn certificates(
    flag: &'static str,
    path: &Path,
    pem: &Pem,
) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    let ders: Vec<_> = pem
        .blocks
        .iter()
        .filter(|block| is_certificate(block))
        .map(|block| CertificateDer::from(block.der.clone()))
        .collect();
    match ders.is_empty() {
        false => Ok(ders),
        true => Err(CertificateError::NoCertificate {
            flag,
            path: path.to_owned(),
            instead: instead_of_certificate(pem),
        }),
    }
}

fn is_certificate(block: &Block) -> bool {
    CERTIFICATE_LABELS.contains(&block.label.as_str())
}

fn is_private_key(block: &Block) -> bool {
    block.label.ends_with("PRIVATE KEY")
}

fn parse<'a>(
    flag: &'static str,
    path: &Path,
    place: usize,
    der: &'a CertificateDer<'_>,
) -> Result<X509Certificate<'a>, CertificateError> {
    match parse_x509_certificate(der) {
        Ok(([], parsed)) => Ok(parsed),
        Ok(_) | Err(_) => Err(CertificateError::Damaged {
            flag,
            path: path.to_owned(),
            number: place + 1,
        }),
    }
}

/// The certificate to send, and its key: the first in the file, or a later one if the file is not
/// in order.
fn match_key(
    certificates: &[X509Certificate<'_>],
    keys: &[Arc<dyn SigningKey>],
) -> Option<(usize, Arc<dyn SigningKey>)> {
    certificates
        .iter()
        .enumerate()
        .find_map(|(place, certificate)| {
            let is_of_it = |key: &&Arc<dyn SigningKey>| {
                key.public_key()
                    .is_some_and(|public| public.as_ref() == certificate.public_key().raw)
            };
            let key = keys.iter().find(is_of_it)?;
            Some((place, Arc::clone(key)))
        })
}

fn which(certificates: &[X509Certificate<'_>], own: usize, place: usize) -> Which {
    if place == own {
        return Which::Own;
    }
    let subject = certificates.get(place).map(|one| one.subject().to_string());
    let subject = subject.unwrap_or_default();
    let shown: String = subject.chars().take(MOST_SUBJECT_CHARS).collect();
    Which::Other {
        number: place + 1,
        subject: shown.escape_debug().to_string(),
    }
}

fn chain_error(
    path: &Path,
    certificates: &[X509Certificate<'_>],
    own: usize,
    error: ChainError,
) -> CertificateError {
    let path = path.to_owned();
    let which = |place| which(certificates, own, place);
    match error {
        ChainError::Expired(place, ago) => CertificateError::Expired {
            path,
            which: which(place),
            ago,
        },
        ChainError::NotYetValid(place, left) => CertificateError::NotYetValid {
            path,
            which: which(place),
            left,
        },
        ChainError::NotSigned(place) => CertificateError::NotSigned {
            path,
            which: which(place),
        },
    }
}

/// The content of a file that should contain a certificate.
fn instead_of_certificate(pem: &Pem) -> String {
    if pem.blocks.iter().any(is_private_key) {
        return ", but a private key: are --tls-cert and --tls-key exchanged?".to_owned();
    }
    match pem.blocks.first().map(|block| block.label.as_str()) {
        Some("CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST") => {
            ", but the request for one: give what the authority has sent back.".to_owned()
        }
        Some("PKCS7" | "CMS") => {
            ", but PKCS #7: make PEM of it with openssl pkcs7 -print_certs.".to_owned()
        }
        Some("TRUSTED CERTIFICATE") => {
            ", but one in OpenSSL's own form: make PEM of it with openssl x509.".to_owned()
        }
        Some(label) => format!(", but {}.", label.escape_debug()),
        None => ": it has to begin with -----BEGIN CERTIFICATE-----.".to_owned(),
    }
}

/// The content of a file that should contain a private key.
pub(super) fn instead_of_key(pem: &Pem) -> String {
    if pem.blocks.iter().any(is_certificate) {
        return ", but a certificate: are --tls-cert and --tls-key exchanged?".to_owned();
    }
    match pem.blocks.first().map(|block| block.label.as_str()) {
        Some("PUBLIC KEY" | "RSA PUBLIC KEY") => {
            ", but the public one: give the file that was made together with the request."
                .to_owned()
        }
        Some("OPENSSH PRIVATE KEY") => {
            ", but one for SSH: make one for TLS with openssl genpkey.".to_owned()
        }
        Some(label) => format!(", but {}.", label.escape_debug()),
        None => ": it has to begin with -----BEGIN PRIVATE KEY-----.".to_owned(),
    }
}

/// Remarks about usable files.
struct Remarks<'a> {
    paths: &'a CertificateFiles,
    certificates: &'a [X509Certificate<'a>],
}

impl Remarks<'_> {
    /// One file may be given for both.
    fn of_files(&self, certificate: &Pem, key: &Pem) -> Vec<Remark> {
        let is_one_file = self.paths.certificate == self.paths.key;
        let is_for_certificate =
            |block: &Block| is_certificate(block) || (is_one_file && is_private_key(block));
        let is_for_key =
            |block: &Block| is_private_key(block) || block.label == "EC PARAMETERS" || is_one_file;
        let mut remarks = of_file(
            CERT,
            &self.paths.certificate,
            certificate,
            is_for_certificate,
        );
        if !is_one_file {
            remarks.extend(of_file(KEY, &self.paths.key, key, is_for_key));
        }
        remarks
    }

    fn of_order(&self, order: &chain::Order) -> Vec<Remark> {
        let path = &self.paths.certificate;
        let own = order.chain.first().copied().unwrap_or_default();
        let is_sorted = order.chain.is_sorted();
        let reordered = (!is_sorted).then(|| Remark::Reordered { path: path.clone() });
        let left_out = order.left_out.iter().map(|place| Remark::LeftOut {
            path: path.clone(),
            which: which(self.certificates, own, *place),
        });
        reordered.into_iter().chain(left_out).collect()
    }

    fn of_own(&self, own: usize, length: usize) -> Vec<Remark> {
        let Some(own) = self.certificates.get(own) else {
            return Vec::new();
        };
        let path = &self.paths.certificate;
        let is_self_signed = own.issuer().as_raw() == own.subject().as_raw();
        let has_names = matches!(own.subject_alternative_name(), Ok(Some(_)));
        let checks = [
            (
                length == 1 && !is_self_signed && names_its_issuers_place(own),
                Remark::NoIntermediate { path: path.clone() },
            ),
            (!has_names, Remark::NoNames { path: path.clone() }),
            (own.is_ca(), Remark::OfAnAuthority { path: path.clone() }),
            (
                own.public_key().algorithm.algorithm == OID_SIG_ED25519,
                Remark::Ed25519 { path: path.clone() },
            ),
        ];
        let found = checks.into_iter().filter(|(applies, _)| *applies);
        found.map(|(_, remark)| remark).collect()
    }
}

fn of_file(
    flag: &'static str,
    path: &Path,
    pem: &Pem,
    is_wanted: impl Fn(&Block) -> bool,
) -> Vec<Remark> {
    let labels: Vec<_> = pem
        .blocks
        .iter()
        .filter(|block| !is_wanted(block))
        .map(|block| block.label.escape_debug().to_string())
        .collect();
    let skipped = (!labels.is_empty()).then(|| Remark::Skipped {
        flag,
        path: path.to_owned(),
        labels,
    });
    let other = (pem.other_bytes > 0).then(|| Remark::OtherText {
        flag,
        path: path.to_owned(),
        bytes: pem.other_bytes,
    });
    skipped.into_iter().chain(other).collect()
}

/// RFC 5280, 4.2.2.1: public authorities name it. Their intermediates are not known to clients by
/// default.
fn names_its_issuers_place(certificate: &X509Certificate<'_>) -> bool {
    certificate.extensions().iter().any(|extension| {
        let ParsedExtension::AuthorityInfoAccess(access) = extension.parsed_extension() else {
            return false;
        };
        access
            .accessdescs
            .iter()
            .any(|place| place.access_method == OID_PKIX_ACCESS_DESCRIPTOR_CA_ISSUERS)
    })
}
