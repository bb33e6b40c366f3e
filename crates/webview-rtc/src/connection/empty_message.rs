//! Messages without bytes (RFC 8831, 6.6), which the stack counts and then does not send.
//!
//! The stack is given a stand-in of random bytes; on its way into DTLS the SCTP packet gets what
//! the RFC wants in its place: one zero byte, and the identifier that says it is none.
//! Invariant: the stand-in never leaves the process, and a packet without one passes as it is.

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

/// Nobody sends these by chance.
const STAND_IN_BYTES: usize = 32;
/// RFC 9260, 3: ports, verification tag, checksum.
const COMMON_HEADER: usize = 12;
const CHECKSUM: std::ops::Range<usize> = 8..12;
/// Type, flags, length.
const CHUNK_HEADER: usize = 4;
/// RFC 9260, 3.3.1: with TSN, stream, sequence number and payload protocol identifier.
const DATA_HEADER: usize = 16;
const DATA: u8 = 0;
const PAYLOAD_PROTOCOL: std::ops::Range<usize> = 12..16;
/// RFC 8831, 8.
const STRING: u32 = 51;
const BINARY: u32 = 53;
const STRING_EMPTY: u32 = 56;
const BINARY_EMPTY: u32 = 57;

/// RFC 9260, appendix A.
static CHECKSUMS: Crc<u32, Table<1>> = Crc::<u32, Table<1>>::new(&CRC_32_ISCSI);

type StandIn = [u8; STAND_IN_BYTES];

static STAND_IN: LazyLock<StandIn> = LazyLock::new(rand::random);
static CRYPTO: LazyLock<CryptoProvider> = LazyLock::new(from_feature_flags);
static DTLS: LazyLock<Provider> = LazyLock::new(|| Provider(CRYPTO.dtls_provider));

/// What is written to the stack for a message without bytes.
pub(super) fn stand_in() -> &'static [u8] {
    STAND_IN.as_slice()
}

/// The stack's cryptography, with DTLS that puts empty messages right.
pub(super) fn crypto_provider() -> Arc<CryptoProvider> {
    let mut provider = CRYPTO.clone();
    provider.dtls_provider = &*DTLS;
    Arc::new(provider)
}

#[derive(Debug)]
struct Provider(&'static dyn DtlsProvider);

impl DtlsProvider for Provider {
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
        Ok(Box::new(Instance(inner)))
    }

    fn is_test(&self) -> bool {
        self.0.is_test()
    }
}

#[derive(Debug)]
struct Instance(Box<dyn DtlsInstance>);

impl DtlsInstance for Instance {
    /// All or nothing, as the trait has it.
    fn send_application_data(&mut self, packet: &[u8]) -> Result<usize, DtlsImplError> {
        let Some(mended) = without_stand_ins(packet, &STAND_IN) else {
            return self.0.send_application_data(packet);
        };
        match self.0.send_application_data(&mended)? {
            0 => Ok(0),
            _ => Ok(packet.len()),
        }
    }

    fn set_active(&mut self, active: bool) {
        self.0.set_active(active);
    }

    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        self.0.handle_packet(packet)
    }

    fn poll_output<'a>(&mut self, buffer: &'a mut [u8]) -> DtlsOutput<'a> {
        self.0.poll_output(buffer)
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        self.0.handle_timeout(now)
    }

    fn is_active(&self) -> bool {
        self.0.is_active()
    }

    fn protocol_version(&self) -> Option<ProtocolVersion> {
        self.0.protocol_version()
    }

    fn is_closing(&self) -> bool {
        self.0.is_closing()
    }

    fn is_closed(&self) -> bool {
        self.0.is_closed()
    }

    fn close(&mut self) -> Result<(), DtlsImplError> {
        self.0.close()
    }
}

/// The packet as it should be, if there is a stand-in in it.
fn without_stand_ins(packet: &[u8], stand_in: &StandIn) -> Option<Vec<u8>> {
    let is_empty_message = |chunk: &[u8]| chunk[0] == DATA && chunk[DATA_HEADER..] == *stand_in;
    let long_enough = |chunk: &&[u8]| chunk.len() == DATA_HEADER + STAND_IN_BYTES;
    if !chunks(packet).filter(long_enough).any(is_empty_message) {
        return None;
    }
    let mut mended = packet.get(..COMMON_HEADER)?.to_vec();
    for chunk in chunks(packet) {
        if long_enough(&chunk) && is_empty_message(chunk) {
            put_empty_message(&mut mended, &chunk[..DATA_HEADER]);
        } else {
            mended.extend_from_slice(chunk);
        }
        mended.resize(mended.len().next_multiple_of(4), 0);
    }
    mended[CHECKSUM].fill(0);
    let checksum = CHECKSUMS.checksum(&mended);
    mended[CHECKSUM].copy_from_slice(&checksum.to_le_bytes());
    Some(mended)
}

fn put_empty_message(packet: &mut Vec<u8>, header: &[u8]) {
    let begin = packet.len();
    packet.extend_from_slice(header);
    packet.push(0);
    let chunk = &mut packet[begin..];
    chunk[2..CHUNK_HEADER].copy_from_slice(&[0, DATA_HEADER as u8 + 1]);
    let protocol = &mut chunk[PAYLOAD_PROTOCOL];
    if *protocol == STRING.to_be_bytes() {
        protocol.copy_from_slice(&STRING_EMPTY.to_be_bytes());
    } else if *protocol == BINARY.to_be_bytes() {
        protocol.copy_from_slice(&BINARY_EMPTY.to_be_bytes());
    }
}

/// The chunks without their padding. The packet is the stack's own; what is not well-formed ends it.
fn chunks(packet: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = packet.get(COMMON_HEADER..).unwrap_or_default();
    std::iter::from_fn(move || {
        let header = rest.get(..CHUNK_HEADER)?;
        let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
        let chunk = rest
            .get(..length)
            .filter(|chunk| chunk.len() >= CHUNK_HEADER)?;
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some(chunk)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARK: StandIn = [7; STAND_IN_BYTES];

    fn data(protocol: u32, payload: &[u8]) -> Vec<u8> {
        let length = u16::try_from(DATA_HEADER + payload.len()).unwrap();
        // Begins and ends here; TSN, stream and sequence number.
        let mut chunk = vec![DATA, 3];
        chunk.extend(length.to_be_bytes());
        chunk.extend([0, 0, 1, 2, 0, 3, 0, 4]);
        chunk.extend(protocol.to_be_bytes());
        chunk.extend(payload);
        chunk.resize(chunk.len().next_multiple_of(4), 0);
        chunk
    }

    fn packet(chunks: &[Vec<u8>]) -> Vec<u8> {
        let mut packet = vec![0x13, 0x88, 0x13, 0x88, 9, 9, 9, 9, 0, 0, 0, 0];
        packet.extend(chunks.concat());
        let checksum = CHECKSUMS.checksum(&packet);
        packet[CHECKSUM].copy_from_slice(&checksum.to_le_bytes());
        packet
    }

    #[test]
    fn a_stand_in_becomes_one_zero_byte_among_its_neighbours() {
        let sack = vec![3, 0, 0, 16, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0];
        let given = packet(&[
            sack.clone(),
            data(BINARY, b"one"),
            data(BINARY, &MARK),
            data(STRING, &MARK),
            data(STRING, "zwei".as_bytes()),
        ]);
        let expect = packet(&[
            sack,
            data(BINARY, b"one"),
            data(BINARY_EMPTY, &[0]),
            data(STRING_EMPTY, &[0]),
            data(STRING, "zwei".as_bytes()),
        ]);
        assert_eq!(without_stand_ins(&given, &MARK), Some(expect));
    }

    #[test]
    fn every_other_packet_passes_as_it_is() {
        let longer = [&MARK[..], &[7]].concat();
        let others = [
            packet(&[]),
            packet(&[data(BINARY, b"one"), data(BINARY, &longer)]),
            packet(&[data(BINARY, &MARK[1..]), data(BINARY, &[0])]),
            // Not packets at all.
            vec![],
            vec![0; 11],
            packet(&[vec![0, 3, 0, 0]]),
            packet(&[vec![0, 3, 0xff, 0xff]]),
            MARK.to_vec(),
        ];
        for packet in others {
            assert_eq!(without_stand_ins(&packet, &MARK), None, "{packet:?}");
        }
    }
}
