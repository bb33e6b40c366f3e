//! A simulated page. Every wait has a deadline.

use std::{collections::VecDeque, time::Duration};

use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{
        self, Message,
        client::IntoClientRequest,
        http::{HeaderName, HeaderValue, Request as HttpRequest, header},
        protocol::CloseFrame,
    },
};
use webview_rtc::{
    Transport,
    bridge::{Admission, SUBPROTOCOL},
    wire::{
        event::{Event, Reply},
        frame::Frame,
        id::RequestId,
        request::{Request, RequestKind},
    },
};

/// Long enough for a busy machine; only a failed test waits this long.
const DEADLINE: Duration = Duration::from_secs(20);

pub(crate) const APP: &str = "tauri://localhost";

pub(crate) async fn before_deadline<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, work)
        .await
        .expect("nothing came within the deadline")
}

pub(crate) struct Page {
    socket: WebSocketStream<TcpStream>,
    next_request: u32,
    /// Events received while waiting for something else, in order.
    events: VecDeque<Event>,
    frames: VecDeque<Vec<u8>>,
}

/// How a page's socket ended.
#[derive(Debug)]
pub(crate) enum Ended {
    Closed(Option<CloseFrame>),
    Broken,
}

/// The upgrade request of a WebSocket.
pub(crate) fn upgrade_request(address: &str, headers: &[(HeaderName, &str)]) -> HttpRequest<()> {
    let mut request = address.into_client_request().unwrap();
    for (name, value) in headers {
        let value = HeaderValue::from_str(value).unwrap();
        request.headers_mut().insert(name, value);
    }
    request
}

/// The headers that a browser sends for `new WebSocket(address, [SUBPROTOCOL, token])` on a page of
/// `origin`.
pub(crate) fn page_headers(origin: &str, token: &str) -> [(HeaderName, String); 2] {
    [
        (header::ORIGIN, origin.to_owned()),
        (
            header::SEC_WEBSOCKET_PROTOCOL,
            format!("{SUBPROTOCOL}, {token}"),
        ),
    ]
}

pub(crate) async fn connect(address: &str) -> TcpStream {
    let port = address.strip_prefix("ws://").unwrap();
    before_deadline(TcpStream::connect(port)).await.unwrap()
}

/// Opens a bridge as a page of `origin`; the HTTP status where it is refused.
pub(crate) async fn try_open(admission: &Admission, origin: &str) -> Result<Page, u16> {
    let stream = connect(&admission.address).await;
    try_open_on(stream, admission, origin).await
}

pub(crate) async fn try_open_on(
    stream: TcpStream,
    admission: &Admission,
    origin: &str,
) -> Result<Page, u16> {
    let headers = page_headers(origin, &admission.token);
    let headers = headers
        .each_ref()
        .map(|(name, value)| (name.clone(), value.as_str()));
    let request = upgrade_request(&admission.address, &headers);
    match before_deadline(client_async(request, stream)).await {
        Ok((socket, response)) => {
            let chosen = &response.headers()[header::SEC_WEBSOCKET_PROTOCOL];
            assert_eq!(chosen, SUBPROTOCOL);
            Ok(Page {
                socket,
                next_request: 0,
                events: VecDeque::new(),
                frames: VecDeque::new(),
            })
        }
        Err(tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("neither a bridge nor a refusal: {error}"),
    }
}

impl Page {
    pub(crate) async fn open(transport: &Transport) -> Self {
        let admission = transport.admit(APP).await.unwrap();
        try_open(&admission, APP).await.unwrap()
    }

    /// With the smallest receive buffer of the system, so that it is full soon.
    pub(crate) async fn open_narrow(transport: &Transport) -> Self {
        let admission = transport.admit(APP).await.unwrap();
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(2048).unwrap();
        let address = admission.address.strip_prefix("ws://").unwrap();
        let stream = before_deadline(socket.connect(address.parse().unwrap()))
            .await
            .unwrap();
        try_open_on(stream, &admission, APP).await.unwrap()
    }

    /// Sends a request and waits for the reply. Events before it are kept.
    pub(crate) async fn ask(&mut self, kind: RequestKind) -> Reply {
        let asked = self.send_request(kind).await;
        loop {
            self.receive().await.unwrap();
            match self.events.pop_back() {
                Some(Event::Reply { id, outcome }) => {
                    assert_eq!(id, asked, "an answer out of order");
                    return outcome;
                }
                Some(event) => self.events.push_back(event),
                None => {}
            }
        }
    }

    pub(crate) async fn ask_done(&mut self, kind: RequestKind) {
        let words = format!("{kind:?}");
        assert_eq!(self.ask(kind).await, Reply::Done, "{words}");
    }

    /// Sends a request that is refused; returns the name of the `DOMException`.
    pub(crate) async fn ask_refused(&mut self, kind: RequestKind) -> String {
        match self.ask(kind).await {
            Reply::Failed { name, .. } => name,
            reply => panic!("not refused: {reply:?}"),
        }
    }

    pub(crate) async fn send_request(&mut self, kind: RequestKind) -> RequestId {
        let id = RequestId(self.next_request);
        self.next_request += 1;
        let text = serde_json::to_string(&Request { id, kind }).unwrap();
        self.send(Message::text(text)).await;
        id
    }

    pub(crate) async fn send_frame(&mut self, frame: Frame<'_>) {
        self.send(Message::binary(frame.encode())).await;
    }

    pub(crate) async fn send_frame_bytes(&mut self, bytes: Vec<u8>) {
        self.send(Message::binary(bytes)).await;
    }

    pub(crate) async fn send(&mut self, message: Message) {
        before_deadline(self.socket.send(message)).await.unwrap();
    }

    /// Sends as much as the transport accepts.
    pub(crate) async fn try_send(&mut self, message: Message) {
        let _ = before_deadline(self.socket.send(message)).await;
    }

    pub(crate) async fn next_event(&mut self) -> Event {
        loop {
            if let Some(event) = self.events.pop_front() {
                return event;
            }
            self.receive().await.unwrap();
        }
    }

    /// The result of the first event for which `wanted` returns one; others are skipped.
    pub(crate) async fn event<T>(&mut self, mut wanted: impl FnMut(Event) -> Option<T>) -> T {
        loop {
            if let Some(found) = wanted(self.next_event().await) {
                return found;
            }
        }
    }

    pub(crate) async fn next_frame(&mut self) -> Vec<u8> {
        loop {
            if let Some(frame) = self.frames.pop_front() {
                return frame;
            }
            self.receive().await.unwrap();
        }
    }

    /// Reads until the socket ends.
    pub(crate) async fn end(mut self) -> Ended {
        loop {
            match self.receive().await {
                Ok(()) => {}
                Err(ended) => return ended,
            }
        }
    }

    /// The close code of the transport.
    pub(crate) async fn close_code(self) -> u16 {
        match self.end().await {
            Ended::Closed(Some(frame)) => frame.code.into(),
            ended => panic!("no close code: {ended:?}"),
        }
    }

    async fn receive(&mut self) -> Result<(), Ended> {
        match before_deadline(self.socket.next()).await {
            Some(Ok(Message::Text(text))) => {
                self.events.push_back(serde_json::from_str(&text).unwrap());
            }
            Some(Ok(Message::Binary(bytes))) => self.frames.push_back(bytes.to_vec()),
            Some(Ok(Message::Close(frame))) => return Err(Ended::Closed(frame)),
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return Err(Ended::Broken),
        }
        Ok(())
    }
}
