//! One step of a client, and the message that it sends.
//!
//! Invariant: what a client may write is written here, sensible or not; only a proof is true or
//! missing, as no fuzzer guesses one.

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

use crate::turn::rules::REALM;

#[derive(Debug, Arbitrary)]
pub(super) enum Step<'a> {
    /// The other client goes on.
    Turn,
    Bytes(&'a [u8]),
    Ask(Asked<'a>),
    Wait(u16),
    /// The relay gives the member new credentials.
    Renew,
    Leave,
    Lose,
}

#[derive(Debug, Arbitrary)]
pub(super) struct Asked<'a> {
    pub(super) method: Asks,
    pub(super) proof: Proof,
    pub(super) attributes: Vec<Attribute<'a>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Arbitrary)]
pub(super) enum Asks {
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

const KNOWN: [&str; 8] = [
    "9.9.9.9:1000",
    "9.9.9.10:1",
    "[2606::1]:1",
    // The relay's own, at a port that is no one's.
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
            Self::Known(which) => KNOWN[usize::from(which) % KNOWN.len()]
                .parse()
                .unwrap_or_else(|_| SocketAddr::from(([9, 9, 9, 9], 1))),
        }
    }
}

/// What a request is signed with.
#[derive(Debug)]
pub(super) struct Signature {
    pub(super) username: String,
    pub(super) password: String,
    pub(super) nonce: String,
}

impl Asked<'_> {
    pub(super) fn write(&self, signature: Option<Signature>) -> Vec<u8> {
        let method = match self.method {
            Asks::Allocate => ALLOCATE,
            Asks::Refresh => REFRESH,
            Asks::CreatePermission => CREATE_PERMISSION,
            Asks::ChannelBind => CHANNEL_BIND,
            Asks::Binding => BINDING,
            Asks::Send => SEND,
            Asks::Other(method) => Method::new(u16::from(method)),
        };
        let mut message = match self.method {
            Asks::Send => Message::builder_indication(method, MessageWriteVec::new()),
            Asks::Allocate
            | Asks::Refresh
            | Asks::CreatePermission
            | Asks::ChannelBind
            | Asks::Binding
            | Asks::Other(_) => Message::builder_request(method, MessageWriteVec::new()),
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
    /// As often as it likes: the library would write most of them once.
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
    // A raw attribute of that kind may stand there already; then it stays without one.
    let _ = message.add_message_integrity_with_key(&key, IntegrityAlgorithm::Sha1);
}
