//! The routes: the WebSocket, two health checks and the page.
//!
//! Invariant: every answer carries the headers that keep a page from doing more than it must, and
//! every refusal says why, as an `error` message of the protocol or as plain text.

use std::{
    future,
    net::IpAddr,
    sync::{Arc, Once},
};

use axum::{
    Router,
    extract::{Extension, State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    middleware::{map_request, map_response},
    response::{IntoResponse, Response},
    routing::get,
};
use signal_protocol::{ErrorCode, ErrorMessage, SUBPROTOCOL, WEBSOCKET_PATH};
use tokio_util::task::TaskTracker;
use tracing::{debug, warn};

use crate::{
    metrics::NotUpgraded,
    origin::AllowedOrigins,
    page::{INDEX, PageFile, PageSource},
    relay::{NotConnected, Relay},
    session::{self, SessionSettings},
    upgrade,
    wire::Wire,
};

/// By which the desktop app knows a relay from any other server on its port.
const HEALTH: &str = r#"{"service":"snug-signal-server","protocol":"snug.v1"}"#;
const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";

/// See architecture.md: the default of 128 KiB is what an idle socket would cost.
const READ_BUFFER: usize = 4 * 1024;
/// Frames up to this much share one write.
const WRITE_BUFFER: usize = 16 * 1024;

const SECURITY_HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; \
         img-src 'self' data: blob:; media-src 'self' blob: mediastream:; connect-src 'self'; \
         manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(self), microphone=(self), display-capture=(self)",
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// Where a request came from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// What the routes share.
#[derive(Debug, Clone)]
pub(crate) struct App {
    pub(crate) relay: Arc<Relay>,
    pub(crate) page: PageSource,
    pub(crate) session: SessionSettings,
    pub(crate) message_bytes: usize,
    pub(crate) allowed_origins: AllowedOrigins,
    /// So that it is said once that there are no more sockets.
    pub(crate) full_said: Arc<Once>,
    /// Counts the sessions, so that a shutdown can wait for them.
    pub(crate) sessions: TaskTracker,
}

impl App {
    fn handle_not_connected(&self, reason: NotConnected) {
        match reason {
            NotConnected::ServerFull => self.full_said.call_once(|| {
                warn!("the relay is full, sockets are refused; --sockets says how many it takes");
            }),
            // Strangers can bring these about as often as they like; they are counted.
            NotConnected::AddressFull | NotConnected::ShuttingDown => {}
        }
        debug!(?reason, "socket refused");
    }
}

pub(crate) fn router(app: App) -> Router {
    Router::new()
        .route(
            WEBSOCKET_PATH,
            get(websocket).layer(map_request(upgrade::normalize)),
        )
        .route("/healthz", get(async || with_type(JSON, HEALTH)))
        .route("/readyz", get(ready))
        .route("/", get(index))
        .fallback(get(page_or_file))
        .layer(map_response(secure))
        .with_state(app)
}

async fn websocket(
    State(app): State<App>,
    Extension(Peer(address)): Extension<Peer>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let metrics = app.relay.metrics();
    let refused = |reason, status, code: ErrorCode, sentence| {
        metrics.not_upgraded.count(reason);
        metrics.errors.count(code);
        refused(status, code, sentence)
    };
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => {
            metrics.not_upgraded.count(NotUpgraded::NoWebSocket);
            return upgrade::refused(rejection);
        }
    };
    let upgrade = upgrade.protocols([SUBPROTOCOL]);
    if upgrade.requested_protocols().next().is_some() && upgrade.selected_protocol().is_none() {
        return refused(
            NotUpgraded::Subprotocol,
            StatusCode::BAD_REQUEST,
            ErrorCode::BadMessage,
            "This relay speaks snug.v1; offer that WebSocket subprotocol.",
        );
    }
    let header = |name| headers.get(name)?.to_str().ok();
    let host = header(header::HOST);
    // What is no text is no page's.
    let origin = headers
        .get(header::ORIGIN)
        .map(|origin| origin.to_str().unwrap_or("null"));
    if !app.allowed_origins.admits(origin, host) {
        return refused(
            NotUpgraded::Origin,
            StatusCode::FORBIDDEN,
            ErrorCode::BadMessage,
            "This page may not use the relay. Whoever runs the relay can allow it with \
             --allow-origin, or make the proxy before the relay keep the Host header.",
        );
    }
    let connection = match app.relay.connect(address, host.map(Box::from)) {
        Ok(connection) => connection,
        Err(reason) => {
            app.handle_not_connected(reason);
            let (status, code, sentence) = explain(reason);
            return refused(reason.into(), status, code, sentence);
        }
    };
    let running = app.sessions.token();
    upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(WRITE_BUFFER + 2 * signal_protocol::limits::RELAY_FRAME_BYTES)
        .max_message_size(app.message_bytes)
        .max_frame_size(app.message_bytes)
        .on_upgrade(move |socket| {
            // In a task of its own: the one that upgraded has room for all that the handshake
            // needed, until it ends.
            let session = session::run(Wire::new(socket), connection, app.session);
            running.task_tracker().spawn(session);
            future::ready(())
        })
}

async fn ready(State(app): State<App>) -> Response {
    if app.relay.is_ready() {
        return with_type(TEXT, "ready\n").into_response();
    }
    (
        StatusCode::SERVICE_UNAVAILABLE,
        with_type(TEXT, "shutting down\n"),
    )
        .into_response()
}

async fn index(State(app): State<App>) -> Response {
    match app.page.load(INDEX).await {
        Some(page) => found(page, "no-cache"),
        None => not_found(
            "This relay serves no page. Open the room in the Snug app, or ask whoever runs the \
             relay to start it with --web-root.\n",
        ),
    }
}

/// However a room's path is spelt, the page reads it, and says where it cannot.
async fn page_or_file(app: State<App>, uri: Uri) -> Response {
    if signal_protocol::is_room_path(uri.path()) {
        index(app).await
    } else {
        file(app, uri).await
    }
}

async fn file(State(app): State<App>, uri: Uri) -> Response {
    let name = uri.path().trim_start_matches('/');
    // The build puts a hash of the content into the name of every asset.
    let caching = if name.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    match app.page.load(name).await {
        Some(file) => found(file, caching),
        None => not_found("There is nothing here. Rooms are at /r/ROOM.\n"),
    }
}

async fn secure(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in SECURITY_HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn found(file: PageFile, caching: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, file.content_type),
        (header::CACHE_CONTROL, caching.to_owned()),
    ];
    (headers, file.bytes).into_response()
}

fn not_found(sentence: &'static str) -> Response {
    (StatusCode::NOT_FOUND, with_type(TEXT, sentence)).into_response()
}

fn explain(reason: NotConnected) -> (StatusCode, ErrorCode, &'static str) {
    match reason {
        NotConnected::ServerFull => (
            StatusCode::SERVICE_UNAVAILABLE,
            ErrorCode::ServerFull,
            "The relay is full. Try again later.",
        ),
        NotConnected::AddressFull => (
            StatusCode::TOO_MANY_REQUESTS,
            ErrorCode::RateLimited,
            "Too many connections come from your network. Close some and try again.",
        ),
        NotConnected::ShuttingDown => (
            StatusCode::SERVICE_UNAVAILABLE,
            ErrorCode::ShuttingDown,
            "The relay is about to stop. Try again in a moment.",
        ),
    }
}

impl From<NotConnected> for NotUpgraded {
    fn from(reason: NotConnected) -> Self {
        match reason {
            NotConnected::ServerFull => Self::ServerFull,
            NotConnected::AddressFull => Self::AddressFull,
            NotConnected::ShuttingDown => Self::ShuttingDown,
        }
    }
}

fn refused(status: StatusCode, code: ErrorCode, sentence: &str) -> Response {
    let error = signal_protocol::ServerMessage::Error(ErrorMessage::new(code, sentence));
    (status, with_type(JSON, error.encode())).into_response()
}

fn with_type<B>(content_type: &'static str, body: B) -> ([(HeaderName, &'static str); 1], B) {
    ([(header::CONTENT_TYPE, content_type)], body)
}
