//! Joins an empty room of the relay and leaves it.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use signal_protocol::{
    ClientMessage, Email, ErrorMessage, RoomJoin, RoomJoined, RoomName, ServerMessage,
};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    fault::{Cause, Fault},
    websocket::Socket,
};

const TIMEOUT: Duration = Duration::from_secs(5);
const LEAVE_TIMEOUT: Duration = Duration::from_secs(1);

pub(crate) async fn join(socket: &mut Socket) -> Result<RoomJoined, Fault> {
    let room = format!("doctor-{:016x}", rand::random::<u64>());
    let (Ok(room), Ok(email)) = (RoomName::parse(&room), Email::parse("doctor")) else {
        return Err(refused("the name of the room"));
    };
    let join = ClientMessage::RoomJoin(RoomJoin {
        room,
        email,
        status: None,
        proof: None,
        resume: None,
        device: None,
    });
    let joining = async {
        let text = Message::text(join.encode());
        socket.send(text).await.map_err(|_| closed())?;
        receive(socket).await
    };
    timeout(TIMEOUT, joining).await.unwrap_or_else(|_| {
        Err(Fault::new(
            Cause::JoinUnanswered,
            format!(
                "The WebSocket opens, but a join is not answered within {} s",
                TIMEOUT.as_secs()
            ),
            "The proxy before the relay holds messages back: turn buffering off for /ws (nginx: \
             proxy_buffering off;). Without a proxy, the relay's computer is overloaded.",
        ))
    })
}

/// Leaves the room. The relay then ends the member's allocations.
pub(crate) async fn leave(mut socket: Socket) {
    let leaving = async {
        let text = Message::text(ClientMessage::RoomLeave.encode());
        socket.send(text).await?;
        socket.close(None).await?;
        while socket.next().await.is_some_and(|message| message.is_ok()) {}
        Ok::<(), tokio_tungstenite::tungstenite::Error>(())
    };
    // Without the close the relay drops the socket by itself.
    let _ = timeout(LEAVE_TIMEOUT, leaving).await;
}

async fn receive(socket: &mut Socket) -> Result<RoomJoined, Fault> {
    while let Some(Ok(message)) = socket.next().await {
        let Message::Text(text) = message else {
            continue;
        };
        match ServerMessage::decode(&text) {
            Ok(ServerMessage::RoomJoined(joined)) => return Ok(*joined),
            Ok(ServerMessage::Error(ErrorMessage { message, .. })) => {
                return Err(refused(&message));
            }
            // A newer relay may send other messages.
            Ok(_) | Err(_) => {}
        }
    }
    Err(closed())
}

fn refused(words: &str) -> Fault {
    Fault::new(
        Cause::JoinRefused,
        format!("The relay refuses the join: {words}"),
        "Do what it says; the limits are flags of the relay (signal-server --help).",
    )
}

fn closed() -> Fault {
    Fault::new(
        Cause::SocketClosed,
        "The WebSocket opens and is closed again at once",
        "The proxy before the relay closes it: look at its log. Without a proxy, look at the log of \
         the relay (SNUG_LOG=debug).",
    )
}
