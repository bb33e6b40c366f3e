//! A chain of certificates: its order, and whether each one is valid now.
//!
//! Invariant: pure. The result begins with the relay's own certificate. Each further one has signed
//! the one before it (RFC 8446, 4.4.2) and is valid.

use std::time::Duration;

use x509_parser::{certificate::X509Certificate, error::X509Error};

/// The index of a certificate in the file.
type Place = usize;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) chain: Vec<Place>,
    pub(super) left_out: Vec<Place>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChainError {
    Expired(Place, Duration),
    NotYetValid(Place, Duration),
    /// It has the name of the issuer of the one before it, and another key.
    NotSigned(Place),
}

/// Unchanged if they are in order. `own` is the certificate of the key.
pub(super) fn order(certificates: &[X509Certificate<'_>], own: Place) -> Order {
    let in_order = own == 0
        && certificates
            .windows(2)
            .all(|pair| matches!(pair, [one, next] if is_named_by(one, next)));
    if in_order {
        return Order {
            chain: (0..certificates.len()).collect(),
            left_out: Vec::new(),
        };
    }
    let mut chain = vec![own];
    let mut left_out: Vec<Place> = (0..certificates.len())
        .filter(|place| *place != own)
        .collect();
    let mut last = certificates.get(own);
    while let Some(one) = last.filter(|one| !is_named_by(one, one)) {
        let signer = |place: &&Place| {
            certificates
                .get(**place)
                .is_some_and(|next| is_named_by(one, next))
        };
        let signed = |place: &&Place| {
            certificates
                .get(**place)
                .is_some_and(|next| has_signed(one, next) != Some(false))
        };
        let named = || left_out.iter().filter(signer);
        let Some(next) = named().find(signed).or_else(|| named().next()).copied() else {
            break;
        };
        left_out.retain(|place| *place != next);
        chain.push(next);
        last = certificates.get(next);
    }
    Order { chain, left_out }
}

/// The earliest expiry, in seconds since 1970 like `now`.
///
/// # Errors
/// The first faulty certificate, starting with the relay's own.
pub(super) fn judge(
    certificates: &[X509Certificate<'_>],
    chain: &[Place],
    now: u64,
) -> Result<u64, ChainError> {
    let mut until = u64::MAX;
    let mut before: Option<&X509Certificate<'_>> = None;
    for place in chain {
        let Some(one) = certificates.get(*place) else {
            continue;
        };
        if let Some(before) = before
            && has_signed(before, one) == Some(false)
        {
            return Err(ChainError::NotSigned(*place));
        }
        // A date before 1970 counts as expired.
        let seconds = |time: i64| u64::try_from(time).unwrap_or(0);
        let not_before = seconds(one.validity().not_before.timestamp());
        let not_after = seconds(one.validity().not_after.timestamp());
        if now > not_after {
            let ago = Duration::from_secs(now - not_after);
            return Err(ChainError::Expired(*place, ago));
        }
        if now < not_before {
            let left = Duration::from_secs(not_before - now);
            return Err(ChainError::NotYetValid(*place, left));
        }
        until = until.min(not_after);
        before = Some(one);
    }
    Ok(until)
}

fn is_named_by(one: &X509Certificate<'_>, signer: &X509Certificate<'_>) -> bool {
    one.issuer().as_raw() == signer.subject().as_raw()
}

/// `None` if it cannot be checked, for example with an unknown algorithm.
fn has_signed(one: &X509Certificate<'_>, signer: &X509Certificate<'_>) -> Option<bool> {
    match one.verify_signature(Some(signer.public_key())) {
        Ok(()) => Some(true),
        Err(X509Error::SignatureVerificationError) => Some(false),
        Err(_) => None,
    }
}
