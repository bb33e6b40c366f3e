//! One socket of a test. Every wait has a deadline.

use std::{net::SocketAddr, time::Duration};

use futures_util::{SinkExt, StreamExt};
use signal_protocol::{
    ClientMessage, Delivered, DeviceId, Directed, DirectedKind, Email, ErrorCode, ErrorMessage,
    MemberId, Payload, ResumeToken, RoomJoin, RoomJoined, RoomName, SUBPROTOCOL, ServerMessage,
};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{
        self, Message, Utf8Bytes,
        client::IntoClientRequest,
        http::Request,
        protocol::frame::{CloseFrame, coding::CloseCode},
    },
};

/// Long enough for a busy machine. Only a failure reaches it.
const DEADLINE: Duration = Duration::from_secs(20);

pub(crate) async fn within<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, work)
        .await
        .expect("nothing came within the deadline")
}

pub(crate) struct Client {
    pub(crate) socket: WebSocketStream<TcpStream>,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self::try_connect(address, &[SUBPROTOCOL]).await.unwrap()
    }

    /// With the smallest receive buffer of the system, so that it is soon too slow.
    pub(crate) async fn connect_narrow(address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(2048).unwrap();
        let stream = socket.connect(address).await.unwrap();
        let request = request(address, &[SUBPROTOCOL]);
        let (socket, _) = within(client_async(request, stream)).await.unwrap();
        Self { socket }
    }

    pub(crate) async fn try_connect(
        address: SocketAddr,
        protocols: &[&str],
    ) -> Result<Self, tungstenite::Error> {
        let stream = within(TcpStream::connect(address)).await?;
        let (socket, _) = within(client_async(request(address, protocols), stream)).await?;
        Ok(Self { socket })
    }

    pub(crate) async fn send(&mut self, message: &ClientMessage) {
        self.send_text(&message.encode()).await;
    }

    pub(crate) async fn send_text(&mut self, text: &str) {
        self.send_frame(Message::text(text)).await;
    }

    pub(crate) async fn send_frame(&mut self, message: Message) {
        within(self.socket.send(message)).await.unwrap();
    }

    pub(crate) async fn call(&mut self, to: &MemberId, payload: &str) {
        self.send(&ClientMessage::Directed(Directed {
            kind: DirectedKind::UserCall,
            to: to.clone(),
            payload: Payload::from_text(payload),
        }))
        .await;
    }

    /// The next message. Answers pings meanwhile.
    pub(crate) async fn receive(&mut self) -> ServerMessage {
        match self.receive_or_close().await {
            Ok(message) => message,
            Err(close) => panic!("closed: {close:?}"),
        }
    }

    /// The next message, or the close code.
    pub(crate) async fn receive_or_close(&mut self) -> Result<ServerMessage, Option<CloseFrame>> {
        loop {
            match within(self.socket.next()).await {
                Some(Ok(Message::Text(text))) => {
                    return Ok(ServerMessage::decode(&text).unwrap());
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(frame))) => return Err(frame),
                Some(Ok(other)) => panic!("unexpected frame: {other:?}"),
                Some(Err(_)) | None => return Err(None),
            }
        }
    }

    /// Reads until the socket is closed. Returns the close code.
    pub(crate) async fn receive_close(&mut self) -> u16 {
        loop {
            if let Err(frame) = self.receive_or_close().await {
                return frame
                    .expect("the socket broke without a close frame")
                    .code
                    .into();
            }
        }
    }

    pub(crate) async fn hear_error(&mut self) -> ErrorMessage {
        match self.receive().await {
            ServerMessage::Error(error) => error,
            other => panic!("no error: {other:?}"),
        }
    }

    pub(crate) async fn hear_error_code(&mut self) -> ErrorCode {
        self.hear_error().await.code
    }

    pub(crate) async fn hear_delivered(&mut self) -> (MemberId, String) {
        match self.receive().await {
            ServerMessage::Delivered(Delivered { from, payload, .. }) => {
                (from, payload.to_text().unwrap())
            }
            other => panic!("nothing delivered: {other:?}"),
        }
    }

    pub(crate) async fn hear_user_joined(&mut self) -> MemberId {
        match self.receive().await {
            ServerMessage::UserJoined { user } => user.id,
            other => panic!("nobody joined: {other:?}"),
        }
    }

    /// Checks that the relay has sent nothing else to this socket so far.
    pub(crate) async fn receive_nothing(&mut self) {
        self.send(&ClientMessage::Ping).await;
        assert_eq!(self.receive().await, ServerMessage::Pong);
    }

    pub(crate) async fn join(&mut self, room: &str, email: &str) -> RoomJoined {
        self.send(&join(room, email)).await;
        self.hear_joined().await
    }

    pub(crate) async fn resume(
        &mut self,
        room: &str,
        email: &str,
        token: &ResumeToken,
    ) -> RoomJoined {
        self.send(&resuming(room, email, token)).await;
        self.hear_joined().await
    }

    pub(crate) async fn hear_joined(&mut self) -> RoomJoined {
        match self.receive().await {
            ServerMessage::RoomJoined(joined) => *joined,
            other => panic!("not joined: {other:?}"),
        }
    }

    /// Ends the socket. Returns when the relay has noticed.
    pub(crate) async fn lose(self) {
        self.close(None).await;
    }

    /// Ends the socket as a browser does when its page is closed or reloaded.
    pub(crate) async fn go_away(self) {
        let frame = CloseFrame {
            code: CloseCode::Away,
            reason: Utf8Bytes::default(),
        };
        self.close(Some(frame)).await;
    }

    async fn close(mut self, frame: Option<CloseFrame>) {
        // It may be closed already.
        let _ = within(self.socket.close(frame)).await;
        while let Some(Ok(_)) = within(self.socket.next()).await {}
    }
}

pub(crate) fn join(room: &str, email: &str) -> ClientMessage {
    ClientMessage::RoomJoin(RoomJoin {
        room: RoomName::parse(room).unwrap(),
        email: Email::parse(email).unwrap(),
        status: None,
        proof: None,
        resume: None,
        device: None,
    })
}

pub(crate) fn resuming(room: &str, email: &str, token: &ResumeToken) -> ClientMessage {
    let ClientMessage::RoomJoin(mut join) = join(room, email) else {
        unreachable!("a join is a join")
    };
    join.resume = Some(token.clone());
    ClientMessage::RoomJoin(join)
}

pub(crate) fn join_with_proof(room: &str, email: &str, proof: &str) -> ClientMessage {
    let ClientMessage::RoomJoin(mut join) = join(room, email) else {
        unreachable!("a join is a join")
    };
    join.proof = Some(proof.to_owned());
    ClientMessage::RoomJoin(join)
}

pub(crate) fn join_from_device(room: &str, email: &str, device: &str) -> ClientMessage {
    let ClientMessage::RoomJoin(mut join) = join(room, email) else {
        unreachable!("a join is a join")
    };
    join.device = Some(DeviceId::parse(device).unwrap());
    ClientMessage::RoomJoin(join)
}

fn request(address: SocketAddr, protocols: &[&str]) -> Request<()> {
    let mut request = format!("ws://{address}/ws").into_client_request().unwrap();
    if !protocols.is_empty() {
        request.headers_mut().insert(
            "sec-websocket-protocol",
            protocols.join(", ").parse().unwrap(),
        );
    }
    request
}
