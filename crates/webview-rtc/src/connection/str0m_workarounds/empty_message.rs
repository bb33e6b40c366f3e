//! Sends empty data-channel messages ([RFC 8831, 6.6](https://www.rfc-editor.org/rfc/rfc8831#section-6.6)).
//!
//! Retired by: `Channel::write` sending an empty message. str0m 0.25 counts it and sends nothing.
//! Here str0m gets a placeholder of random bytes. Before DTLS encryption the SCTP packet gets one
//! zero byte and the payload protocol identifier of an empty message instead.
//!
//! Invariant: the placeholder never leaves the process; packets without it pass unchanged.

use std::{
    sync::{Arc, LazyLock},
    time::Instant,
};

use crc::{CRC_32_ISCSI, Crc, Table};
use str0m::crypto::{
    CryptoError, CryptoProvider,
    dtls::{
        DtlsCert, DtlsImplError, DtlsInstance, DtlsOutput, DtlsProvider, DtlsVersion,
        ProtocolVersion,
    },
    from_feature_flags,
};

use super::{
    handshake,
    sctp_packet::{
        CHUNK_HEADER_BYTES, COMMON_HEADER_BYTES, DATA_CHUNK, DATA_HEADER_BYTES, PPID_RANGE, chunks,
    },
    sent_data::SentData,
};

/// Long enough that no message equals the placeholder by chance.
const PLACEHOLDER_BYTES: usize = 32;
const CHECKSUM_RANGE: std::ops::Range<usize> = 8..12;
/// Payload protocol identifiers ([RFC 8831, 8](https://www.rfc-editor.org/rfc/rfc8831#section-8)).
const PPID_STRING: u32 = 51;
const PPID_BINARY: u32 = 53;
const PPID_STRING_EMPTY: u32 = 56;
const PPID_BINARY_EMPTY: u32 = 57;

/// [RFC 9260, appendix A](https://www.rfc-editor.org/rfc/rfc9260#appendix-A).
static CRC32C: Crc<u32, Table<1>> = Crc::<u32, Table<1>>::new(&CRC_32_ISCSI);

type Placeholder = [u8; PLACEHOLDER_BYTES];

static PLACEHOLDER: LazyLock<Placeholder> = LazyLock::new(rand::random);
static CRYPTO: LazyLock<CryptoProvider> = LazyLock::new(from_feature_flags);
static DTLS: LazyLock<WrappedDtlsProvider> =
    LazyLock::new(|| WrappedDtlsProvider(CRYPTO.dtls_provider));

/// The bytes that str0m gets for an empty message.
pub(in crate::connection) fn placeholder() -> &'static [u8] {
    PLACEHOLDER.as_slice()
}

/// Crypto provider of str0m, with DTLS that replaces placeholders, counts sent data and
/// observes handshakes.
pub(in crate::connection) fn crypto_provider() -> Arc<CryptoProvider> {
    let mut provider = CRYPTO.clone();
    provider.dtls_provider = &*DTLS;
    Arc::new(provider)
}

#[derive(Debug)]
struct WrappedDtlsProvider(&'static dyn DtlsProvider);

impl DtlsProvider for WrappedDtlsProvider {
    fn generate_certificate(&self) -> Option<DtlsCert> {
        self.0.generate_certificate()
    }

    fn new_dtls(
        &self,
        certificate: &DtlsCert,
        now: Instant,
        version: DtlsVersion,
        mtu: Option<usize>,
    ) -> Result<Box<dyn DtlsInstance>, CryptoError> {
        let inner = self.0.new_dtls(certificate, now, version, mtu)?;
        Ok(Box::new(WrappedDtlsInstance {
            inner,
            sent_data: SentData::default(),
        }))
    }

    fn is_test(&self) -> bool {
        self.0.is_test()
    }
}

#[derive(Debug)]
struct WrappedDtlsInstance {
    inner: Box<dyn DtlsInstance>,
    sent_data: SentData,
}

impl DtlsInstance for WrappedDtlsInstance {
    /// Sends all or nothing, as the trait requires.
    fn send_application_data(&mut self, packet: &[u8]) -> Result<usize, DtlsImplError> {
        let replaced = replace_placeholders(packet, &PLACEHOLDER);
        let encrypted = replaced.as_deref().unwrap_or(packet);
        match self.inner.send_application_data(encrypted)? {
            0 => Ok(0),
            _ => {
                self.sent_data.handle_packet(packet, placeholder());
                Ok(packet.len())
            }
        }
    }

    fn set_active(&mut self, active: bool) {
        self.inner.set_active(active);
    }

    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        handshake::handle_datagram(packet);
        self.inner.handle_packet(packet)
    }

    fn poll_output<'a>(&mut self, buffer: &'a mut [u8]) -> DtlsOutput<'a> {
        let output = self.inner.poll_output(buffer);
        handshake::handle_output(&output);
        output
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        self.inner.handle_timeout(now)
    }

    fn is_active(&self) -> bool {
        self.inner.is_active()
    }

    fn protocol_version(&self) -> Option<ProtocolVersion> {
        self.inner.protocol_version()
    }

    fn is_closing(&self) -> bool {
        self.inner.is_closing()
    }

    fn is_closed(&self) -> bool {
        self.inner.is_closed()
    }

    fn close(&mut self) -> Result<(), DtlsImplError> {
        self.inner.close()
    }
}

/// Returns the packet with empty messages in place of placeholders; `None` without any.
fn replace_placeholders(packet: &[u8], placeholder: &Placeholder) -> Option<Vec<u8>> {
    let is_empty_message =
        |chunk: &[u8]| chunk[0] == DATA_CHUNK && chunk[DATA_HEADER_BYTES..] == *placeholder;
    let long_enough = |chunk: &&[u8]| chunk.len() == DATA_HEADER_BYTES + PLACEHOLDER_BYTES;
    if !chunks(packet).filter(long_enough).any(is_empty_message) {
        return None;
    }
    let mut replaced = packet.get(..COMMON_HEADER_BYTES)?.to_vec();
    for chunk in chunks(packet) {
        if long_enough(&chunk) && is_empty_message(chunk) {
            push_empty_message(&mut replaced, &chunk[..DATA_HEADER_BYTES]);
        } else {
            replaced.extend_from_slice(chunk);
        }
        replaced.resize(replaced.len().next_multiple_of(4), 0);
    }
    replaced[CHECKSUM_RANGE].fill(0);
    let checksum = CRC32C.checksum(&replaced);
    replaced[CHECKSUM_RANGE].copy_from_slice(&checksum.to_le_bytes());
    Some(replaced)
}

fn push_empty_message(packet: &mut Vec<u8>, header: &[u8]) {
    let start = packet.len();
    packet.extend_from_slice(header);
    packet.push(0);
    let chunk = &mut packet[start..];
    chunk[2..CHUNK_HEADER_BYTES].copy_from_slice(&[0, DATA_HEADER_BYTES as u8 + 1]);
    let ppid = &mut chunk[PPID_RANGE];
    if *ppid == PPID_STRING.to_be_bytes() {
        ppid.copy_from_slice(&PPID_STRING_EMPTY.to_be_bytes());
    } else if *ppid == PPID_BINARY.to_be_bytes() {
        ppid.copy_from_slice(&PPID_BINARY_EMPTY.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEST_PLACEHOLDER: Placeholder = [7; PLACEHOLDER_BYTES];

    fn data(ppid: u32, payload: &[u8]) -> Vec<u8> {
        let length = u16::try_from(DATA_HEADER_BYTES + payload.len()).unwrap();
        // Unfragmented; TSN, stream and sequence number.
        let mut chunk = vec![DATA_CHUNK, 3];
        chunk.extend(length.to_be_bytes());
        chunk.extend([0, 0, 1, 2, 0, 3, 0, 4]);
        chunk.extend(ppid.to_be_bytes());
        chunk.extend(payload);
        chunk.resize(chunk.len().next_multiple_of(4), 0);
        chunk
    }

    fn packet(chunks: &[Vec<u8>]) -> Vec<u8> {
        let mut packet = vec![0x13, 0x88, 0x13, 0x88, 9, 9, 9, 9, 0, 0, 0, 0];
        packet.extend(chunks.concat());
        let checksum = CRC32C.checksum(&packet);
        packet[CHECKSUM_RANGE].copy_from_slice(&checksum.to_le_bytes());
        packet
    }

    #[test]
    fn placeholder_becomes_an_empty_message() {
        let sack = vec![3, 0, 0, 16, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0];
        let given = packet(&[
            sack.clone(),
            data(PPID_BINARY, b"one"),
            data(PPID_BINARY, &TEST_PLACEHOLDER),
            data(PPID_STRING, &TEST_PLACEHOLDER),
            data(PPID_STRING, "zwei".as_bytes()),
        ]);
        let expect = packet(&[
            sack,
            data(PPID_BINARY, b"one"),
            data(PPID_BINARY_EMPTY, &[0]),
            data(PPID_STRING_EMPTY, &[0]),
            data(PPID_STRING, "zwei".as_bytes()),
        ]);
        assert_eq!(
            replace_placeholders(&given, &TEST_PLACEHOLDER),
            Some(expect)
        );
    }

    #[test]
    fn other_packets_pass_unchanged() {
        let longer = [&TEST_PLACEHOLDER[..], &[7]].concat();
        let others = [
            packet(&[]),
            packet(&[data(PPID_BINARY, b"one"), data(PPID_BINARY, &longer)]),
            packet(&[
                data(PPID_BINARY, &TEST_PLACEHOLDER[1..]),
                data(PPID_BINARY, &[0]),
            ]),
            // Malformed packets.
            vec![],
            vec![0; 11],
            packet(&[vec![0, 3, 0, 0]]),
            packet(&[vec![0, 3, 0xff, 0xff]]),
            TEST_PLACEHOLDER.to_vec(),
        ];
        for packet in others {
            assert_eq!(
                replace_placeholders(&packet, &TEST_PLACEHOLDER),
                None,
                "{packet:?}"
            );
        }
    }
}
