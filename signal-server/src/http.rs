//! The routes: the WebSocket, two health checks and the page.
//!
//! Invariant: every answer has the headers that restrict a page, and every refusal has its reason,
//! as an `error` message of the protocol or as plain text. A request with an unknown host name gets
//! nothing, except the WebSocket of programs that are no browsers.

mod permissions_policy;

use std::{
    net::IpAddr,
    sync::{Arc, Once},
};

use axum::{
    Router,
    extract::{
        Extension, Request, State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection,
    },
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    middleware::{Next, from_fn, from_fn_with_state, map_request},
    response::{IntoResponse, Response},
    routing::get,
};
use hyper::upgrade::OnUpgrade;
use signal_protocol::{ErrorCode, ErrorMessage, SUBPROTOCOL, WEBSOCKET_PATH};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_util::task::TaskTracker;
use tracing::{debug, warn};

use crate::{
    host::{Arrival, HostCheck, Transport, Verdict},
    http::permissions_policy::PERMISSIONS_POLICY,
    metrics::NotUpgraded,
    origin::{AllowedOrigins, Whose},
    page::{self, Caching, INDEX, PageCache},
    relay::{NotConnected, Relay},
    session::{self, SessionSettings},
    upgrade,
    websocket::WebSocket,
};

/// The desktop app distinguishes a relay from other servers on its port by this.
const HEALTH: &str = r#"{"service":"snug-signal-server","protocol":"snug.v1"}"#;
const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";

const UNKNOWN_HOST: &str = "This relay does not know the name in the address. If the name is its \
    own, the person who runs the relay can say so with --host NAME.";
const MALFORMED_HOST: &str = "The Host header has to be one host, with or without a port.";

/// Only over TLS, and so only for names: browsers ignore it for addresses (RFC 6797, 8.1).
const STRICT_TRANSPORT: HeaderValue = HeaderValue::from_static("max-age=31536000");

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
        PERMISSIONS_POLICY,
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

/// The address of a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Shared by the routes.
#[derive(Debug, Clone)]
pub(crate) struct App {
    pub(crate) relay: Arc<Relay>,
    pub(crate) page: PageCache,
    /// Shared by all sockets: a copy in each would cost an idle member some hundred bytes.
    pub(crate) session: Arc<SessionSettings>,
    pub(crate) message_bytes: usize,
    pub(crate) allowed_origins: AllowedOrigins,
    pub(crate) hosts: HostCheck,
    /// Logs the lack of sockets only once.
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
            // Strangers can cause these at any rate, so they are counted and not logged.
            NotConnected::AddressFull | NotConnected::ShuttingDown => {}
        }
        debug!(?reason, "socket refused");
    }
}

pub(crate) fn router(app: App) -> Router {
    Router::new()
        .route("/healthz", get(async || with_type(JSON, HEALTH)))
        .route("/readyz", get(ready))
        .route("/", get(index))
        .fallback(get(page_or_file))
        .layer(from_fn_with_state(app.hosts.clone(), only_for_this_relay))
        // It checks the host itself.
        .route(
            WEBSOCKET_PATH,
            get(websocket).layer(map_request(upgrade::normalize)),
        )
        .layer(from_fn(secure))
        .with_state(app)
}

/// Refuses a request with a host name that is not the relay's.
pub(crate) async fn only_for_this_relay(
    State(hosts): State<HostCheck>,
    Extension(arrival): Extension<Arrival>,
    request: Request,
    next: Next,
) -> Response {
    let (status, sentence) = match hosts.judge(&request, &arrival) {
        Verdict::Known => return next.run(request).await,
        Verdict::Unknown => (StatusCode::MISDIRECTED_REQUEST, UNKNOWN_HOST),
        Verdict::Malformed => (StatusCode::BAD_REQUEST, MALFORMED_HOST),
    };
    let headers = [
        (header::CONTENT_TYPE, TEXT),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, format!("{sentence}\n")).into_response()
}

async fn websocket(
    State(app): State<App>,
    Extension(Peer(address)): Extension<Peer>,
    Extension(arrival): Extension<Arrival>,
    // Read before the upgrade, which removes it from the request.
    on_upgrade: Option<Extension<OnUpgrade>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    request: Request,
) -> Response {
    let headers = request.headers();
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
    // An origin that is no text is no page's.
    let origin = headers
        .get(header::ORIGIN)
        .map(|origin| origin.to_str().unwrap_or("null"));
    match app.allowed_origins.judge(origin, host) {
        Whose::OfNoPage | Whose::Allowed => {}
        Whose::Own => {
            if app.hosts.judge(&request, &arrival) != Verdict::Known {
                return refused(
                    NotUpgraded::Host,
                    StatusCode::MISDIRECTED_REQUEST,
                    ErrorCode::BadMessage,
                    UNKNOWN_HOST,
                );
            }
        }
        Whose::Foreign => {
            return refused(
                NotUpgraded::Origin,
                StatusCode::FORBIDDEN,
                ErrorCode::BadMessage,
                "This page may not use the relay. The person who runs the relay can allow it with \
                 --allow-origin, or make the proxy before the relay keep the Host header.",
            );
        }
    }
    let connection = match app.relay.connect(address, host.map(Box::from)) {
        Ok(connection) => connection,
        Err(reason) => {
            app.handle_not_connected(reason);
            let (status, code, sentence) = explain(reason);
            return refused(reason.into(), status, code, sentence);
        }
    };
    let (Some(Extension(on_upgrade)), Some(key)) =
        (on_upgrade, headers.get(header::SEC_WEBSOCKET_KEY))
    else {
        // The upgrade has checked it already.
        return StatusCode::BAD_REQUEST.into_response();
    };
    let running = app.sessions.token();
    tokio::spawn(async move {
        match on_upgrade.await {
            Ok(upgraded) => {
                let websocket = WebSocket::new(upgraded, app.message_bytes).await;
                // In a task of its own. The task that upgraded would keep the memory of the
                // handshake until its end.
                let session = session::run(websocket, connection, Arc::clone(&app.session));
                running.task_tracker().spawn(session);
            }
            Err(error) => debug!(%error, "connection lost before it was a WebSocket"),
        }
    });
    switching_protocols(key, upgrade.selected_protocol())
}

/// RFC 6455, 4.2.2.
fn switching_protocols(key: &HeaderValue, protocol: Option<&HeaderValue>) -> Response {
    let accept = derive_accept_key(key.as_bytes());
    let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    // Base64 is always a valid header value.
    if let Ok(accept) = HeaderValue::from_str(&accept) {
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    }
    if let Some(protocol) = protocol {
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, protocol.clone());
    }
    response
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

async fn index(State(app): State<App>, headers: HeaderMap) -> Response {
    match app.page.find(INDEX).await {
        Some(page) => page::answer(&page, Caching::of(INDEX), &headers),
        None => page::not_found(
            "This relay serves no page. Open the room in the Snug app, or ask the person who runs \
             the relay to start it with --web-root.\n",
        ),
    }
}

/// The page reads the path of a room in every spelling, and says so if it cannot.
async fn page_or_file(app: State<App>, uri: Uri, headers: HeaderMap) -> Response {
    if signal_protocol::is_room_path(uri.path()) {
        index(app, headers).await
    } else {
        file(app, uri, headers).await
    }
}

async fn file(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    let name = uri.path().trim_start_matches('/');
    match app.page.find(name).await {
        Some(file) => page::answer(&file, Caching::of(name), &headers),
        None => page::not_found("There is nothing here. Rooms are at /r/ROOM.\n"),
    }
}

async fn secure(request: Request, next: Next) -> Response {
    let arrival = request.extensions().get::<Arrival>();
    let by_tls = arrival.is_some_and(|arrival| arrival.transport != Transport::Plain);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in SECURITY_HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if by_tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT);
    }
    response
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
