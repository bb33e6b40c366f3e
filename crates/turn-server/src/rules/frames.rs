//! TURN framing: ChannelData and Data indications, and frames in a byte stream (RFC 8656, 11.3,
//! 12.4 and 12.5).
//!
//! Invariant: pure. Headers are written in front of the payload in the same buffer, without a copy
//! of the payload.

use std::{
    net::{IpAddr, SocketAddr},
    ops::Range,
};

const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const DATA_INDICATION: [u8; 2] = [0x00, 0x17];
const XOR_PEER_ADDRESS: [u8; 2] = [0x00, 0x12];
const DATA: [u8; 2] = [0x00, 0x13];
const MESSAGE_HEADER: usize = 20;
const ATTRIBUTE_HEADER: usize = 4;
const CHANNEL_HEADER: usize = 4;

/// Maximum header bytes in front of a payload: a Data indication from an IPv6 peer.
pub(crate) const HEADROOM: usize = MESSAGE_HEADER + ATTRIBUTE_HEADER + 20 + ATTRIBUTE_HEADER;
/// Maximum padding bytes after a payload.
pub(crate) const TAILROOM: usize = 3;

/// What the start of a byte stream holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum FrameSplit {
    /// Bytes of the first frame, without and with its padding.
    Frame { length: usize, padded: usize },
    /// The first frame is incomplete.
    Incomplete,
    /// Neither a STUN message nor ChannelData. The stream cannot recover.
    NotTurn,
}

pub(crate) fn split_frame(stream: &[u8]) -> FrameSplit {
    let Some(header) = stream.first_chunk::<CHANNEL_HEADER>() else {
        return FrameSplit::Incomplete;
    };
    let length_field = usize::from(u16::from_be_bytes([header[2], header[3]]));
    let length = match header[0] >> 6 {
        // The attributes of a message are padded (RFC 8489, 5).
        0b00 if length_field.is_multiple_of(4) => MESSAGE_HEADER + length_field,
        0b01 => CHANNEL_HEADER + length_field,
        _ => return FrameSplit::NotTurn,
    };
    if !is_channel_data(stream) && !has_cookie(stream) {
        return FrameSplit::NotTurn;
    }
    let padded = length.next_multiple_of(4);
    if stream.len() < padded {
        return FrameSplit::Incomplete;
    }
    FrameSplit::Frame { length, padded }
}

/// Compares the magic cookie bytes that have arrived.
fn has_cookie(stream: &[u8]) -> bool {
    stream.get(4..).is_some_and(|rest| {
        rest.iter()
            .zip(MAGIC_COOKIE)
            .all(|(is, wanted)| *is == wanted)
    })
}

/// Whether a datagram is exactly one STUN message. MESSAGE-INTEGRITY does not cover the datagram's
/// length.
pub(crate) fn is_message(datagram: &[u8]) -> bool {
    let length = datagram.len();
    matches!(split_frame(datagram), FrameSplit::Frame { length: whole, .. } if whole == length)
        && !is_channel_data(datagram)
}

pub(crate) fn is_channel_data(frame: &[u8]) -> bool {
    frame.first().is_some_and(|first| first >> 6 == 0b01)
}

/// Channel number and payload. `None` for a truncated frame.
pub(crate) fn read_channel_data(frame: &[u8]) -> Option<(u16, &[u8])> {
    let (header, rest) = frame.split_first_chunk::<CHANNEL_HEADER>()?;
    let number = u16::from_be_bytes([header[0], header[1]]);
    let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
    Some((number, rest.get(..length)?))
}

/// Writes the header in front of the payload and returns the frame without padding. `None` without
/// room for the header.
pub(crate) fn channel_data(buffer: &mut [u8], payload: Range<usize>, number: u16) -> Option<&[u8]> {
    let length = u16::try_from(payload.len()).ok()?;
    let start = payload.start.checked_sub(CHANNEL_HEADER)?;
    let frame = buffer.get_mut(start..payload.end)?;
    frame[..2].copy_from_slice(&number.to_be_bytes());
    frame[2..4].copy_from_slice(&length.to_be_bytes());
    Some(frame)
}

/// As `channel_data`, for a peer without a channel (RFC 8656, 11.3).
pub(crate) fn data_indication(
    buffer: &mut [u8],
    payload: Range<usize>,
    peer: SocketAddr,
    transaction: [u8; 12],
) -> Option<&[u8]> {
    let mut address = [0; 20];
    let xor = [&MAGIC_COOKIE[..], &transaction].concat();
    let port = peer.port() ^ u16::from_be_bytes([MAGIC_COOKIE[0], MAGIC_COOKIE[1]]);
    address[2..4].copy_from_slice(&port.to_be_bytes());
    let address = match peer.ip() {
        IpAddr::V4(ip) => {
            address[1] = 1;
            xor_into(&mut address[4..8], &ip.octets(), &xor);
            &address[..8]
        }
        IpAddr::V6(ip) => {
            address[1] = 2;
            xor_into(&mut address[4..20], &ip.octets(), &xor);
            &address[..20]
        }
    };
    let data_length = u16::try_from(payload.len()).ok()?;
    let front = MESSAGE_HEADER + 2 * ATTRIBUTE_HEADER + address.len();
    let start = payload.start.checked_sub(front)?;
    let end = payload.start + payload.len().next_multiple_of(4);
    let frame = buffer.get_mut(start..end)?;
    let length = u16::try_from(frame.len() - MESSAGE_HEADER).ok()?;
    let address_length = u16::try_from(address.len()).ok()?;
    let header = [
        &DATA_INDICATION[..],
        &length.to_be_bytes(),
        &MAGIC_COOKIE,
        &transaction,
        &XOR_PEER_ADDRESS,
        &address_length.to_be_bytes(),
        address,
        &DATA,
        &data_length.to_be_bytes(),
    ];
    let mut rest = &mut frame[..front];
    for piece in header {
        let (target, next) = rest.split_at_mut(piece.len());
        target.copy_from_slice(piece);
        rest = next;
    }
    frame[front + payload.len()..].fill(0);
    Some(frame)
}

fn xor_into(target: &mut [u8], octets: &[u8], xor: &[u8]) {
    for ((target, octet), xor) in target.iter_mut().zip(octets).zip(xor) {
        *target = octet ^ xor;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use stun_types::{message::Message, prelude::AttributeStaticType};
    use turn_types::{
        attribute::{Data, XorPeerAddress},
        channel::ChannelData,
    };

    use super::*;

    fn message(attributes: &[u8]) -> Vec<u8> {
        let mut message = vec![0x00, 0x01, 0, u8::try_from(attributes.len()).unwrap()];
        message.extend(MAGIC_COOKIE);
        message.extend([7; 12]);
        message.extend(attributes);
        message
    }

    #[test]
    fn stream_chunks_do_not_change_its_frames() {
        let frames = [
            message(&[1, 2, 3, 4]),
            vec![0x40, 0x00, 0, 0],
            vec![0x40, 0x01, 0, 1, 9],
            vec![0x7f, 0xff, 0, 4, 1, 2, 3, 4],
        ];
        let mut stream = vec![];
        for frame in &frames {
            stream.extend(frame);
            stream.resize(stream.len().next_multiple_of(4), 0);
        }
        for arrived in 0..=stream.len() {
            let (mut at, mut found) = (0, vec![]);
            while let FrameSplit::Frame { length, padded } = split_frame(&stream[at..arrived]) {
                found.push(stream[at..at + length].to_vec());
                at += padded;
            }
            assert_eq!(split_frame(&stream[at..arrived]), FrameSplit::Incomplete);
            assert_eq!(found, frames[..found.len()]);
            assert!(arrived < stream.len() || found.len() == frames.len());
        }
    }

    #[test]
    fn another_protocol_is_refused_at_its_first_bytes() {
        for stream in [&[0x16, 3, 1, 2][..], &[0x80; 4], &[0xff; 4], &[0, 1, 0, 3]] {
            assert_eq!(split_frame(stream), FrameSplit::NotTurn, "{stream:?}");
        }
        let mut wrong_cookie = message(&[]);
        wrong_cookie[5] = 0;
        assert_eq!(split_frame(&wrong_cookie[..6]), FrameSplit::NotTurn);
    }

    fn buffer(payload: &[u8]) -> (Vec<u8>, Range<usize>) {
        let mut buffer = vec![0xaa; HEADROOM];
        buffer.extend(payload);
        buffer.extend([0xaa; TAILROOM]);
        (buffer, HEADROOM..HEADROOM + payload.len())
    }

    proptest! {
        #[test]
        fn written_frames_are_read_by_the_library(
            payload in prop::collection::vec(any::<u8>(), 0..2000),
            number in 0x4000_u16..0x8000,
            peer: SocketAddr,
            transaction: [u8; 12],
        ) {
            let (mut bytes, at) = buffer(&payload);
            let frame = channel_data(&mut bytes, at.clone(), number).unwrap();
            let parsed = ChannelData::parse(frame).unwrap();
            prop_assert_eq!((parsed.id(), parsed.data()), (number, &payload[..]));
            prop_assert_eq!(read_channel_data(frame), Some((number, &payload[..])));

            let frame = data_indication(&mut bytes, at, peer, transaction).unwrap();
            let parsed = Message::from_bytes(frame).unwrap();
            prop_assert!(parsed.has_attribute(Data::TYPE));
            let data = parsed.attribute::<Data<'_>>().unwrap();
            prop_assert_eq!(data.data(), &payload[..]);
            let from = parsed.attribute::<XorPeerAddress>().unwrap();
            let from = from.addr(parsed.transaction_id());
            prop_assert_eq!((from.ip(), from.port()), (peer.ip(), peer.port()));
        }

        #[test]
        fn any_bytes_are_split_or_refused(stream in prop::collection::vec(any::<u8>(), 0..100)) {
            if let FrameSplit::Frame { length, padded } = split_frame(&stream) {
                prop_assert!(length <= padded && padded <= stream.len());
            }
            let _ = read_channel_data(&stream);
        }
    }
}
