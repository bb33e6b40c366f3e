//! One member: a socket in a room, from a chosen address of this computer.

use std::net::{Ipv4Addr, SocketAddr};

use futures_util::{SinkExt, StreamExt};
use signal_protocol::{ClientMessage, Email, MemberId, RoomJoin, RoomName, ServerMessage};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{self, Message, protocol::WebSocketConfig},
};

/// Each address has about twenty-eight thousand ports.
const SOURCE_ADDRESSES: u32 = 16;

pub(crate) struct Member {
    pub(crate) socket: WebSocketStream<TcpStream>,
    pub(crate) id: MemberId,
    /// The members that joined before.
    pub(crate) others: Vec<MemberId>,
}

/// Size of the system's receive buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Buffer {
    Usual,
    Small,
}

impl Member {
    /// Joins the room of that number. `number` also selects the source address.
    pub(crate) async fn join(
        relay: SocketAddr,
        room: u32,
        number: u32,
        buffer: Buffer,
    ) -> Result<Self, tungstenite::Error> {
        let mut socket = connect(relay, number, buffer).await?;
        let join = ClientMessage::RoomJoin(RoomJoin {
            room: RoomName::parse(&format!("room-{room}")).unwrap(),
            email: Email::parse(&format!("{number}@example.org")).unwrap(),
            status: None,
            proof: None,
            resume: None,
            device: None,
        });
        socket.send(Message::text(join.encode())).await?;
        let answer = next_text(&mut socket).await?;
        match ServerMessage::decode(&answer).unwrap() {
            ServerMessage::RoomJoined(joined) => Ok(Self {
                socket,
                id: joined.myself.id,
                others: joined
                    .participants
                    .into_iter()
                    .map(|user| user.id)
                    .collect(),
            }),
            other => panic!("not joined: {other:?}"),
        }
    }

    /// Two members of one room.
    pub(crate) async fn pair(relay: SocketAddr, room: u32, second: Buffer) -> [Self; 2] {
        let mut first = Self::join(relay, room, 2 * room, Buffer::Usual)
            .await
            .unwrap();
        let second = Self::join(relay, room, 2 * room + 1, second).await.unwrap();
        let said = next_text(&mut first.socket).await.unwrap();
        match ServerMessage::decode(&said).unwrap() {
            ServerMessage::UserJoined { user } => assert_eq!(user.id, second.id),
            other => panic!("expected the other to join: {other:?}"),
        }
        assert_eq!(second.others, [first.id.clone()]);
        [first, second]
    }
}

async fn connect(
    relay: SocketAddr,
    number: u32,
    buffer: Buffer,
) -> Result<WebSocketStream<TcpStream>, tungstenite::Error> {
    let tcp = TcpSocket::new_v4()?;
    let last = u8::try_from(number % SOURCE_ADDRESSES).unwrap() + 1;
    tcp.bind(SocketAddr::from((Ipv4Addr::new(127, 0, 1, last), 0)))?;
    if buffer == Buffer::Small {
        tcp.set_recv_buffer_size(4096)?;
    }
    let tcp = tcp.connect(relay).await?;
    tcp.set_nodelay(true)?;
    // Small buffers, since this process has thousands of these.
    let config = WebSocketConfig::default()
        .read_buffer_size(2 * 1024)
        .write_buffer_size(0);
    let url = format!("ws://{relay}/ws");
    let (socket, _) = client_async_with_config(url, tcp, Some(config)).await?;
    Ok(socket)
}

async fn next_text(
    socket: &mut WebSocketStream<TcpStream>,
) -> Result<tungstenite::Utf8Bytes, tungstenite::Error> {
    loop {
        match socket
            .next()
            .await
            .ok_or(tungstenite::Error::ConnectionClosed)??
        {
            Message::Text(text) => return Ok(text),
            Message::Ping(_) | Message::Pong(_) => {}
            other => panic!("unexpected: {other:?}"),
        }
    }
}
