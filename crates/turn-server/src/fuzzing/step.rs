//! One step of a client, and the message that it sends.
//!
//! Invariant: a message may be valid or not, but its credentials are valid or missing: a fuzzer
//! cannot guess an HMAC.

use std::net::SocketAddr;

use arbitrary::Arbitrary;
use stun_types::{
    attribute::{Nonce, RawAttribute, Realm, Username},
    message::{
        BINDING, IntegrityAlgorithm, LongTermKeyCredentials, Message, MessageWriteVec, Method,
    },
    prelude::{AttributeWrite, MessageWrite, MessageWriteExt},
};
use turn_types::{
    attribute::{ChannelNumber, Lifetime, RequestedTransport, XorPeerAddress},
    message::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, REFRESH, SEND},
};

pub(super) const REALM: &str = "test";

#[derive(Debug, Arbitrary)]
pub(super) enum Step<'a> {
    /// The other client takes the next steps.
    SwitchClient,
    Bytes(&'a [u8]),
    Send(Request<'a>),
    Wait(u16),
    /// The member gets new credentials.
    Renew,
    Leave,
    Lose,
}

#[derive(Debug, Arbitrary)]
pub(super) struct Request<'a> {
    pub(super) method: RequestMethod,
    pub(super) proof: Proof,
    pub(super) attributes: Vec<Attribute<'a>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Arbitrary)]
pub(super) enum RequestMethod {
    Allocate,
    Refresh,
    CreatePermission,
    ChannelBind,
    Binding,
    /// An indication.
    Send,
    Other(u8),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Arbitrary)]
pub(super) enum Proof {
    Own,
    /// The credentials of the other member.
    Other,
    Stale,
    None,
}

#[derive(Debug, Arbitrary)]
pub(super) enum Attribute<'a> {
    Udp,
    Peer(Peer),
    Channel(u8),
    Lifetime(u16),
    Raw(u16, &'a [u8]),
}

#[derive(Debug, Clone, Copy, Arbitrary)]
pub(super) enum Peer {
    Known(u8),
    Any(SocketAddr),
}

const KNOWN_PEERS: [&str; 8] = [
    "9.9.9.9:1000",
    "9.9.9.10:1",
    "[2606::1]:1",
    // An address of the server, at a port that it does not relay.
    "8.8.8.8:22",
    "127.0.0.1:80",
    "10.0.0.1:80",
    "169.254.169.254:80",
    "[::ffff:127.0.0.1]:80",
];

impl Peer {
    fn address(self) -> SocketAddr {
        match self {
            Self::Any(address) => address,
            Self::Known(which) => KNOWN_PEERS[usize::from(which) % KNOWN_PEERS.len()]
                .parse()
                .unwrap_or_else(|_| SocketAddr::from(([9, 9, 9, 9], 1))),
        }
    }
}

/// Credentials that sign a request.
#[derive(Debug)]
pub(super) struct Signature {
    pub(super) username: String,
    pub(super) password: String,
    pub(super) nonce: String,
}

impl Request<'_> {
    pub(super) fn encode(&self, signature: Option<Signature>) -> Vec<u8> {
        let method = match self.method {
            RequestMethod::Allocate => ALLOCATE,
            RequestMethod::Refresh => REFRESH,
            RequestMethod::CreatePermission => CREATE_PERMISSION,
            RequestMethod::ChannelBind => CHANNEL_BIND,
            RequestMethod::Binding => BINDING,
            RequestMethod::Send => SEND,
            RequestMethod::Other(method) => Method::new(u16::from(method)),
        };
        let mut message = match self.method {
            RequestMethod::Send => Message::builder_indication(method, MessageWriteVec::new()),
            RequestMethod::Allocate
            | RequestMethod::Refresh
            | RequestMethod::CreatePermission
            | RequestMethod::ChannelBind
            | RequestMethod::Binding
            | RequestMethod::Other(_) => Message::builder_request(method, MessageWriteVec::new()),
        };
        for attribute in self.attributes.iter().take(8) {
            attribute.write(&mut message);
        }
        if let Some(signature) = signature {
            sign(&mut message, signature);
        }
        message.finish()
    }

    pub(super) fn peers(&self) -> impl Iterator<Item = SocketAddr> {
        self.attributes
            .iter()
            .take(8)
            .filter_map(|attribute| match attribute {
                Attribute::Peer(peer) => Some(peer.address()),
                Attribute::Udp
                | Attribute::Channel(_)
                | Attribute::Lifetime(_)
                | Attribute::Raw(..) => None,
            })
    }
}

impl Attribute<'_> {
    /// Bypasses the library's check for duplicate attributes.
    fn write(&self, message: &mut MessageWriteVec) {
        let transaction = message.transaction_id();
        match self {
            Self::Udp => push(message, &RequestedTransport::new(RequestedTransport::UDP)),
            Self::Peer(peer) => {
                push(message, &XorPeerAddress::new(peer.address(), transaction));
            }
            Self::Channel(number) => {
                push(message, &ChannelNumber::new(0x4000 | u16::from(*number)));
            }
            Self::Lifetime(seconds) => push(message, &Lifetime::new(u32::from(*seconds))),
            Self::Raw(kind, value) => {
                let value = &value[..value.len().min(64)];
                push(message, &RawAttribute::new((*kind).into(), value));
            }
        }
    }
}

fn push(message: &mut MessageWriteVec, attribute: &dyn AttributeWrite) {
    message.push_attribute_unchecked(attribute);
}

fn sign(message: &mut MessageWriteVec, signature: Signature) {
    let Signature {
        username,
        password,
        nonce,
    } = signature;
    if let Ok(username) = Username::new(&username) {
        push(message, &username);
    }
    if let Ok(realm) = Realm::new(REALM) {
        push(message, &realm);
    }
    if let Ok(nonce) = Nonce::new(&nonce) {
        push(message, &nonce);
    }
    let key = LongTermKeyCredentials::new(username, password, REALM.to_owned())
        .make_key(IntegrityAlgorithm::Sha1);
    // Fails if a raw attribute of that kind is present. Then the message stays unsigned.
    let _ = message.add_message_integrity_with_key(&key, IntegrityAlgorithm::Sha1);
}
