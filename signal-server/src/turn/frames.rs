//! Frames of TURN: channel data and data indications written in front of what they carry, and how
//! a byte stream is cut (RFC 8656, 11.5, 12.4 and 12.5).
//!
//! Invariant: pure; what is relayed is not copied for the sake of its header.

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

/// What a frame needs in front of its payload at most: a data indication from an IPv6 peer.
pub(super) const FRONT: usize = MESSAGE_HEADER + ATTRIBUTE_HEADER + 20 + ATTRIBUTE_HEADER;
/// And behind it.
pub(super) const BACK: usize = 3;

/// The start of a stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// So long is the first frame, and so long with its padding.
    Frame { length: usize, padded: usize },
    /// There is more to come.
    Open,
    /// Neither a STUN message nor channel data: the stream is of no use any more.
    NotTurn,
}

pub(super) fn cut(stream: &[u8]) -> Cut {
    let Some(header) = stream.first_chunk::<CHANNEL_HEADER>() else {
        return Cut::Open;
    };
    let counted = usize::from(u16::from_be_bytes([header[2], header[3]]));
    let length = match header[0] >> 6 {
        // A message's attributes are padded already (RFC 8489, 5).
        0b00 if counted.is_multiple_of(4) => MESSAGE_HEADER + counted,
        0b01 => CHANNEL_HEADER + counted,
        _ => return Cut::NotTurn,
    };
    if !is_channel_data(stream) && !has_cookie(stream) {
        return Cut::NotTurn;
    }
    let padded = length.next_multiple_of(4);
    if stream.len() < padded {
        return Cut::Open;
    }
    Cut::Frame { length, padded }
}

/// As far as it can be seen by now.
fn has_cookie(stream: &[u8]) -> bool {
    stream.get(4..).is_some_and(|rest| {
        rest.iter()
            .zip(MAGIC_COOKIE)
            .all(|(is, wanted)| *is == wanted)
    })
}

/// Whether a datagram is one message and nothing else; its length is not signed.
pub(super) fn is_message(datagram: &[u8]) -> bool {
    let length = datagram.len();
    matches!(cut(datagram), Cut::Frame { length: whole, .. } if whole == length)
        && !is_channel_data(datagram)
}

pub(super) fn is_channel_data(frame: &[u8]) -> bool {
    frame.first().is_some_and(|first| first >> 6 == 0b01)
}

/// The channel's number and what was sent on it. `None` when it is cut short.
pub(super) fn read_channel_data(frame: &[u8]) -> Option<(u16, &[u8])> {
    let (header, rest) = frame.split_first_chunk::<CHANNEL_HEADER>()?;
    let number = u16::from_be_bytes([header[0], header[1]]);
    let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
    Some((number, rest.get(..length)?))
}

/// Writes the header in front of the payload; answers the whole frame, without padding. `None`
/// where there is no room for it.
pub(super) fn channel_data(buffer: &mut [u8], payload: Range<usize>, number: u16) -> Option<&[u8]> {
    let length = u16::try_from(payload.len()).ok()?;
    let start = payload.start.checked_sub(CHANNEL_HEADER)?;
    let frame = buffer.get_mut(start..payload.end)?;
    frame[..2].copy_from_slice(&number.to_be_bytes());
    frame[2..4].copy_from_slice(&length.to_be_bytes());
    Some(frame)
}

/// As `channel_data`, for a peer without a channel.
pub(super) fn data_indication(
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
        let (place, next) = rest.split_at_mut(piece.len());
        place.copy_from_slice(piece);
        rest = next;
    }
    frame[front + payload.len()..].fill(0);
    Some(frame)
}

fn xor_into(place: &mut [u8], octets: &[u8], xor: &[u8]) {
    for ((place, octet), xor) in place.iter_mut().zip(octets).zip(xor) {
        *place = octet ^ xor;
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
    fn a_stream_is_cut_the_same_wherever_it_was_broken() {
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
            while let Cut::Frame { length, padded } = cut(&stream[at..arrived]) {
                found.push(stream[at..at + length].to_vec());
                at += padded;
            }
            assert_eq!(cut(&stream[at..arrived]), Cut::Open);
            assert_eq!(found, frames[..found.len()]);
            assert!(arrived < stream.len() || found.len() == frames.len());
        }
    }

    #[test]
    fn another_protocol_is_refused_as_soon_as_it_shows() {
        for stream in [&[0x16, 3, 1, 2][..], &[0x80; 4], &[0xff; 4], &[0, 1, 0, 3]] {
            assert_eq!(cut(stream), Cut::NotTurn, "{stream:?}");
        }
        let mut wrong_cookie = message(&[]);
        wrong_cookie[5] = 0;
        assert_eq!(cut(&wrong_cookie[..6]), Cut::NotTurn);
    }

    fn buffer(payload: &[u8]) -> (Vec<u8>, Range<usize>) {
        let mut buffer = vec![0xaa; FRONT];
        buffer.extend(payload);
        buffer.extend([0xaa; BACK]);
        (buffer, FRONT..FRONT + payload.len())
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
        fn whatever_comes_is_cut_or_refused(stream in prop::collection::vec(any::<u8>(), 0..100)) {
            if let Cut::Frame { length, padded } = cut(&stream) {
                prop_assert!(length <= padded && padded <= stream.len());
            }
            let _ = read_channel_data(&stream);
        }
    }
}
