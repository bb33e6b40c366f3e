//! A relay, a page that listens, another member, and a connection that can be cut.
//!
//! Invariant: every wait has a deadline, and nothing sleeps.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use signal_protocol::ClientMessage;
use signal_server::{Config, PageSource};
use snug_shell::{
    own_relay::OwnRelay,
    relay_choice::RelayChoice,
    signaling::{JoinRequest, Signaling},
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    runtime::Handle,
    sync::mpsc,
    task::JoinHandle,
    time::timeout,
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};
use tokio_util::sync::CancellationToken;

pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

/// A relay on a free port.
pub(crate) struct Relay {
    pub(crate) address: SocketAddr,
    stop: CancellationToken,
    task: JoinHandle<std::io::Result<()>>,
}

impl Relay {
    pub(crate) async fn start() -> Self {
        Self::start_with("127.0.0.1:0".parse().unwrap(), Config::default()).await
    }

    pub(crate) async fn start_with(address: SocketAddr, config: Config) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let task = tokio::spawn(signal_server::serve(listener, config, stop.clone()));
        Self {
            address,
            stop,
            task,
        }
    }

    /// Closes every socket and frees the port.
    pub(crate) async fn stop(self) -> SocketAddr {
        self.stop.cancel();
        in_time(self.task).await.unwrap().unwrap();
        self.address
    }
}

/// A page: the events that it receives, in order.
pub(crate) struct Page {
    events: mpsc::UnboundedReceiver<Value>,
}

impl Page {
    pub(crate) fn listen(signaling: &Signaling) -> Self {
        let (sender, events) = mpsc::unbounded_channel();
        let heard = move |event| {
            // A reloaded page receives nothing more.
            let _ = sender.send(serde_json::to_value(event).unwrap());
        };
        signaling.listen(Box::new(heard)).unwrap();
        Self { events }
    }

    pub(crate) async fn next(&mut self) -> Value {
        in_time(self.events.recv())
            .await
            .expect("signaling is gone")
    }

    /// The next message of this type. Skips messages before it.
    pub(crate) async fn message(&mut self, kind: &str) -> Value {
        loop {
            let event = self.next().await;
            assert_ne!(event["kind"], "failed", "{event}");
            if event["message"]["type"] == kind {
                return event["message"].clone();
            }
        }
    }

    /// The reason for this field.
    pub(crate) async fn failure(&mut self, field: &str) -> Value {
        loop {
            let event = self.next().await;
            if event["kind"] == "failed" {
                assert_eq!(event["field"], field, "{event}");
                return event["reason"].clone();
            }
        }
    }
}

/// Another member of the room, with a socket of its own.
pub(crate) struct Member {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub(crate) id: String,
}

impl Member {
    pub(crate) async fn join(relay: SocketAddr) -> Self {
        let (socket, _) = connect_async(format!("ws://{relay}/ws")).await.unwrap();
        let id = String::new();
        let mut member = Self { socket, id };
        member
            .send(r#"{"type":"room:join","room":"42","email":"bo@example.org"}"#.to_owned())
            .await;
        let joined = member.message("room:joined").await;
        member.id = joined["self"]["id"].as_str().unwrap().to_owned();
        member
    }

    pub(crate) async fn send(&mut self, frame: String) {
        self.socket.send(Message::text(frame)).await.unwrap();
    }

    /// The next message. It must have this type.
    pub(crate) async fn message(&mut self, kind: &str) -> Value {
        loop {
            let message = in_time(self.socket.next()).await.unwrap().unwrap();
            if let Message::Text(text) = message {
                let message: Value = serde_json::from_str(&text).unwrap();
                assert_eq!(message["type"], kind, "{message}");
                return message;
            }
        }
    }
}

/// A connection to a relay that can be cut while the relay runs.
pub(crate) struct Wire {
    pub(crate) address: SocketAddr,
    cut: mpsc::Sender<()>,
}

impl Wire {
    pub(crate) async fn to(relay: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (cut, mut cuts) = mpsc::channel(1);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let mut far = TcpStream::connect(relay).await.unwrap();
                tokio::select! {
                    _ = copy_bidirectional(&mut near, &mut far) => {}
                    _ = cuts.recv() => {}
                }
            }
        });
        Self { address, cut }
    }

    pub(crate) async fn cut(&self) {
        self.cut.send(()).await.unwrap();
    }
}

/// Signaling with an own relay on a free port.
pub(crate) async fn start_signaling() -> Signaling {
    let own_relay = OwnRelay::new(free_port().await, PageSource::None);
    Signaling::start(&Handle::current(), Arc::new(own_relay))
}

/// Ana joins room 42 there.
pub(crate) fn join(signaling: &Signaling, relay: &str) {
    let relay = RelayChoice::Server {
        address: relay.to_owned(),
    };
    signaling.join(request(relay)).unwrap();
}

pub(crate) fn request(relay: RelayChoice) -> JoinRequest {
    JoinRequest {
        relay,
        room: "42".to_owned(),
        email: "ana@example.org".to_owned(),
        status: "{}".to_owned(),
        device: "a device of 32 characters".to_owned(),
        proof: None,
    }
}

/// A message of the page to another member.
pub(crate) fn candidate(to: &str, payload: &str) -> ClientMessage {
    let frame = serde_json::json!({"type": "peer:candidate", "to": to, "payload": payload});
    ClientMessage::decode(&frame.to_string()).unwrap()
}

pub(crate) async fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}

pub(crate) async fn in_time<F: Future>(future: F) -> F::Output {
    timeout(DEADLINE, future).await.expect("in time")
}
