//! Tells the peer that its certificate is refused
//! ([RFC 8122, 6.2](https://www.rfc-editor.org/rfc/rfc8122#section-6.2): `bad_certificate`), and
//! reads such an alert.
//!
//! Retired by: `Rtc` sending an alert when the fingerprint does not match, and ending when it
//! receives one. str0m 0.25 falls silent in the first case and goes on in the second, so each side
//! would wait until its timers end.
//!
//! Invariant: pure. The certificate arrives before encryption begins, so the alert is in epoch 0.

use str0m::RtcError;

/// Sequence number beyond all records of a handshake, so that no replay check drops the alert.
const SEQUENCE_NUMBER: u64 = 1 << 32;
/// Type, version, epoch and sequence number, length
/// ([RFC 6347, 4.1](https://www.rfc-editor.org/rfc/rfc6347#section-4.1)).
const HEADER_BYTES: usize = 13;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const DTLS_12: [u8; 2] = [254, 253];
/// [RFC 5246, 7.2](https://www.rfc-editor.org/rfc/rfc5246#section-7.2)
const FATAL: u8 = 2;
const BAD_CERTIFICATE: u8 = 42;

/// Whether str0m has found another certificate than the peer's description names.
pub(in crate::connection) fn is_wrong_certificate(error: &RtcError) -> bool {
    matches!(error, RtcError::RemoteSdp(_))
}

pub(in crate::connection) fn bad_certificate() -> Vec<u8> {
    let mut record = vec![ALERT];
    record.extend(DTLS_12);
    // Epoch 0 in the first two bytes.
    record.extend(SEQUENCE_NUMBER.to_be_bytes());
    record.extend([0, 2, FATAL, BAD_CERTIFICATE]);
    record
}

/// Whether the datagram is of DTLS ([RFC 7983, 7](https://www.rfc-editor.org/rfc/rfc7983#section-7)).
pub(in crate::connection) fn is_dtls(datagram: &[u8]) -> bool {
    matches!(datagram.first(), Some(20..=63))
}

pub(in crate::connection) fn is_handshake(datagram: &[u8]) -> bool {
    datagram.first() == Some(&HANDSHAKE)
}

/// Whether the datagram is one fatal alert without encryption.
pub(in crate::connection) fn is_fatal(datagram: &[u8]) -> bool {
    datagram.first() == Some(&ALERT)
        && datagram.get(3..5) == Some(&[0, 0])
        && datagram.get(HEADER_BYTES) == Some(&FATAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alert_is_a_fatal_record_of_epoch_0() {
        let alert = bad_certificate();
        assert_eq!(
            alert,
            [21, 254, 253, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 2, 42],
            "type, version, epoch, sequence number, length, level, description"
        );
        assert!(is_dtls(&alert) && is_fatal(&alert) && !is_handshake(&alert));
    }

    #[test]
    fn other_datagrams_are_no_fatal_alert() {
        let mut warning = bad_certificate();
        warning[HEADER_BYTES] = 1;
        let mut encrypted = bad_certificate();
        encrypted[4] = 1;
        for datagram in [&warning[..], &encrypted, &[], &[21], &[128, 1, 2, 3]] {
            assert!(!is_fatal(datagram), "{datagram:?}");
        }
    }
}
