//! A TURN client that asks one thing at a time, by UDP, and tells what was answered.

use std::net::{Ipv4Addr, SocketAddr};

use stun_types::{
    attribute::{ErrorCode, Nonce, Realm, Username},
    message::{
        BINDING, IntegrityAlgorithm, LongTermKeyCredentials, Message, MessageWriteVec, Method,
    },
    prelude::{AttributeWrite, MessageWrite, MessageWriteExt},
};
use tokio::net::UdpSocket;
use turn_client::Check;
use turn_types::{
    attribute::{ChannelNumber, Lifetime, RequestedTransport, XorPeerAddress, XorRelayedAddress},
    message::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, REFRESH},
};

use crate::relay::within;

pub(crate) const CHANNEL: u16 = 0x4001;

pub(crate) struct Asking {
    pub(crate) socket: UdpSocket,
    credentials: (String, String),
    challenge: Option<(String, String)>,
}

/// What every peer here answers, and every client asks.
pub(crate) fn peer_check() -> Check {
    Check::new("known to the test")
}

/// The code of an error, or the answer.
pub(crate) type Answer = Result<Vec<u8>, u16>;

impl Asking {
    pub(crate) async fn new(server: SocketAddr, credentials: (String, String)) -> Self {
        Self::from(Ipv4Addr::LOCALHOST, server, credentials).await
    }

    /// From this address of this computer.
    pub(crate) async fn from(
        ip: Ipv4Addr,
        server: SocketAddr,
        credentials: (String, String),
    ) -> Self {
        let socket = UdpSocket::bind((ip, 0)).await.unwrap();
        socket.connect(server).await.unwrap();
        Self {
            socket,
            credentials,
            challenge: None,
        }
    }

    pub(crate) fn with(&mut self, credentials: (String, String)) {
        self.credentials = credentials;
    }

    pub(crate) async fn bind(&mut self) -> Answer {
        let request = Message::builder_request(BINDING, MessageWriteVec::new());
        self.exchange(request.finish()).await
    }

    /// Where peers reach it then.
    pub(crate) async fn allocate(&mut self) -> Result<SocketAddr, u16> {
        let udp = RequestedTransport::new(RequestedTransport::UDP);
        let answer = self.ask(ALLOCATE, &[&udp]).await?;
        let answer = Message::from_bytes(&answer).unwrap();
        let relayed = answer.attribute::<XorRelayedAddress>().unwrap();
        Ok(relayed.addr(answer.transaction_id()))
    }

    pub(crate) async fn refresh(&mut self, seconds: u32) -> Answer {
        self.ask(REFRESH, &[&Lifetime::new(seconds)]).await
    }

    pub(crate) async fn permit(&mut self, peer: SocketAddr) -> Answer {
        self.ask_about(CREATE_PERMISSION, peer, &[]).await
    }

    pub(crate) async fn channel(&mut self, peer: SocketAddr) -> Answer {
        let number = ChannelNumber::new(CHANNEL);
        self.ask_about(CHANNEL_BIND, peer, &[&number]).await
    }

    /// On the channel; nothing says whether it arrives.
    pub(crate) async fn send(&self, payload: &[u8]) {
        let mut frame = CHANNEL.to_be_bytes().to_vec();
        frame.extend(u16::try_from(payload.len()).unwrap().to_be_bytes());
        frame.extend(payload);
        self.socket.send(&frame).await.unwrap();
    }

    /// What comes on the channel.
    pub(crate) async fn hear(&self) -> Vec<u8> {
        let mut buffer = vec![0; 65535];
        let length = within(self.socket.recv(&mut buffer)).await.unwrap();
        assert_eq!(buffer[..2], CHANNEL.to_be_bytes());
        buffer[4..length].to_vec()
    }

    /// Asks the peer of the channel whether it may be sent to, as ICE does, and hears that it may.
    pub(crate) async fn check(&self) {
        let (id, request) = peer_check().request();
        self.send(&request).await;
        assert_eq!(peer_check().answered(&self.hear().await), Some(id));
    }

    /// Answers the check that comes on the channel.
    pub(crate) async fn answer_check(&self) {
        let answer = peer_check().answer(&self.hear().await);
        self.send(&answer.unwrap()).await;
    }

    async fn ask(&mut self, method: Method, attributes: &[&dyn AttributeWrite]) -> Answer {
        loop {
            let message = Message::builder_request(method, MessageWriteVec::new());
            match self.ask_once(message, attributes).await {
                Err(401) if self.challenge.is_none() => {}
                answer => return answer,
            }
            self.take_challenge(method).await;
        }
    }

    async fn ask_about(
        &mut self,
        method: Method,
        peer: SocketAddr,
        attributes: &[&dyn AttributeWrite],
    ) -> Answer {
        let mut message = Message::builder_request(method, MessageWriteVec::new());
        let peer = XorPeerAddress::new(peer, message.transaction_id());
        message.add_attribute(&peer).unwrap();
        self.ask_once(message, attributes).await
    }

    async fn ask_once(
        &mut self,
        mut message: MessageWriteVec,
        attributes: &[&dyn AttributeWrite],
    ) -> Answer {
        for attribute in attributes {
            message.add_attribute(*attribute).unwrap();
        }
        if let Some((realm, nonce)) = &self.challenge {
            let (username, password) = self.credentials.clone();
            message
                .add_attribute(&Username::new(&username).unwrap())
                .unwrap();
            message.add_attribute(&Realm::new(realm).unwrap()).unwrap();
            message.add_attribute(&Nonce::new(nonce).unwrap()).unwrap();
            let key = LongTermKeyCredentials::new(username, password, realm.clone())
                .make_key(IntegrityAlgorithm::Sha1);
            message
                .add_message_integrity_with_key(&key, IntegrityAlgorithm::Sha1)
                .unwrap();
        }
        self.exchange(message.finish()).await
    }

    async fn take_challenge(&mut self, method: Method) {
        let request = Message::builder_request(method, MessageWriteVec::new()).finish();
        self.socket.send(&request).await.unwrap();
        let mut buffer = vec![0; 2000];
        let length = within(self.socket.recv(&mut buffer)).await.unwrap();
        let answer = Message::from_bytes(&buffer[..length]).unwrap();
        let realm = answer.attribute::<Realm>().unwrap().realm().to_owned();
        let nonce = answer.attribute::<Nonce>().unwrap().nonce().to_owned();
        self.challenge = Some((realm, nonce));
    }

    async fn exchange(&mut self, request: Vec<u8>) -> Answer {
        let asked = Message::from_bytes(&request).unwrap().transaction_id();
        self.socket.send(&request).await.unwrap();
        let mut buffer = vec![0; 65535];
        loop {
            let length = within(self.socket.recv(&mut buffer)).await.unwrap();
            let Ok(answer) = Message::from_bytes(&buffer[..length]) else {
                continue;
            };
            if answer.transaction_id() != asked {
                continue;
            }
            return match answer.attribute::<ErrorCode>() {
                Ok(error) => Err(error.code()),
                Err(_) => Ok(buffer[..length].to_vec()),
            };
        }
    }
}
