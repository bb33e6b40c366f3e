//! A TURN client over UDP that sends one request at a time and returns the response.

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

pub(crate) struct UdpClient {
    pub(crate) socket: UdpSocket,
    credentials: (String, String),
    challenge: Option<(String, String)>,
}

/// The ICE check that test clients send and test peers answer.
pub(crate) fn peer_check() -> Check {
    Check::new("known to the test")
}

/// The success response, or the error code.
pub(crate) type Response = Result<Vec<u8>, u16>;

impl UdpClient {
    pub(crate) async fn new(server: SocketAddr, credentials: (String, String)) -> Self {
        Self::from(Ipv4Addr::LOCALHOST, server, credentials).await
    }

    /// A client at this local address.
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

    pub(crate) fn set_credentials(&mut self, credentials: (String, String)) {
        self.credentials = credentials;
    }

    pub(crate) async fn bind(&mut self) -> Response {
        let request = Message::builder_request(BINDING, MessageWriteVec::new());
        self.exchange(request.finish()).await
    }

    /// Returns the relayed transport address.
    pub(crate) async fn allocate(&mut self) -> Result<SocketAddr, u16> {
        let udp = RequestedTransport::new(RequestedTransport::UDP);
        let response = self.request(ALLOCATE, &[&udp]).await?;
        let response = Message::from_bytes(&response).unwrap();
        let relayed = response.attribute::<XorRelayedAddress>().unwrap();
        Ok(relayed.addr(response.transaction_id()))
    }

    pub(crate) async fn refresh(&mut self, seconds: u32) -> Response {
        self.request(REFRESH, &[&Lifetime::new(seconds)]).await
    }

    pub(crate) async fn permit(&mut self, peer: SocketAddr) -> Response {
        self.request_for_peer(CREATE_PERMISSION, peer, &[]).await
    }

    pub(crate) async fn channel(&mut self, peer: SocketAddr) -> Response {
        let number = ChannelNumber::new(CHANNEL);
        self.request_for_peer(CHANNEL_BIND, peer, &[&number]).await
    }

    /// Sends on the channel, without an acknowledgement.
    pub(crate) async fn send(&self, payload: &[u8]) {
        let mut frame = CHANNEL.to_be_bytes().to_vec();
        frame.extend(u16::try_from(payload.len()).unwrap().to_be_bytes());
        frame.extend(payload);
        self.socket.send(&frame).await.unwrap();
    }

    /// Receives a payload on the channel.
    pub(crate) async fn receive(&self) -> Vec<u8> {
        let mut buffer = vec![0; 65535];
        let length = within(self.socket.recv(&mut buffer)).await.unwrap();
        assert_eq!(buffer[..2], CHANNEL.to_be_bytes());
        buffer[4..length].to_vec()
    }

    /// Sends an ICE check to the peer of the channel and receives the response.
    pub(crate) async fn check(&self) {
        let (id, request) = peer_check().request();
        self.send(&request).await;
        assert_eq!(peer_check().answered(&self.receive().await), Some(id));
    }

    /// Receives an ICE check on the channel and answers it.
    pub(crate) async fn answer_check(&self) {
        let response = peer_check().answer(&self.receive().await);
        self.send(&response.unwrap()).await;
    }

    async fn request(&mut self, method: Method, attributes: &[&dyn AttributeWrite]) -> Response {
        loop {
            let message = Message::builder_request(method, MessageWriteVec::new());
            match self.request_once(message, attributes).await {
                Err(401) if self.challenge.is_none() => {}
                response => return response,
            }
            self.fetch_challenge(method).await;
        }
    }

    async fn request_for_peer(
        &mut self,
        method: Method,
        peer: SocketAddr,
        attributes: &[&dyn AttributeWrite],
    ) -> Response {
        let mut message = Message::builder_request(method, MessageWriteVec::new());
        let peer = XorPeerAddress::new(peer, message.transaction_id());
        message.add_attribute(&peer).unwrap();
        self.request_once(message, attributes).await
    }

    async fn request_once(
        &mut self,
        mut message: MessageWriteVec,
        attributes: &[&dyn AttributeWrite],
    ) -> Response {
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

    async fn fetch_challenge(&mut self, method: Method) {
        let request = Message::builder_request(method, MessageWriteVec::new()).finish();
        self.socket.send(&request).await.unwrap();
        let mut buffer = vec![0; 2000];
        let length = within(self.socket.recv(&mut buffer)).await.unwrap();
        let response = Message::from_bytes(&buffer[..length]).unwrap();
        let realm = response.attribute::<Realm>().unwrap().realm().to_owned();
        let nonce = response.attribute::<Nonce>().unwrap().nonce().to_owned();
        self.challenge = Some((realm, nonce));
    }

    async fn exchange(&mut self, request: Vec<u8>) -> Response {
        let transaction = Message::from_bytes(&request).unwrap().transaction_id();
        self.socket.send(&request).await.unwrap();
        let mut buffer = vec![0; 65535];
        loop {
            let length = within(self.socket.recv(&mut buffer)).await.unwrap();
            let Ok(response) = Message::from_bytes(&buffer[..length]) else {
                continue;
            };
            if response.transaction_id() != transaction {
                continue;
            }
            return match response.attribute::<ErrorCode>() {
                Ok(error) => Err(error.code()),
                Err(_) => Ok(buffer[..length].to_vec()),
            };
        }
    }
}
