//! `GET /metrics` on its own address.
//!
//! Invariant: this address serves nothing else, and the address of the relay serves no metrics.
//! Pages of other sites get none.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
    routing::get,
};
use prometheus::TEXT_FORMAT;

use crate::{
    clock::now_and_date, host::HostCheck, http::only_for_this_relay, relay::Relay, tls::Validity,
};

/// The open port.
#[derive(Debug)]
pub(crate) struct Endpoint(tokio::net::TcpListener);

/// The sources of the metrics.
#[derive(Debug, Clone)]
pub(crate) struct Scraped {
    pub(crate) relay: Arc<Relay>,
    pub(crate) certificate: Option<Arc<Validity>>,
    pub(crate) hosts: HostCheck,
}

impl Endpoint {
    /// Needs a tokio runtime.
    ///
    /// # Errors
    /// `AddrNotAvailable` with a sentence that names the flag.
    pub(crate) fn open(address: SocketAddr) -> io::Result<Self> {
        let sentence = |error| {
            let sentence = format!(
                "--metrics: cannot listen on {address}: {error}. Name another address, or stop \
                 the program that uses it."
            );
            io::Error::new(io::ErrorKind::AddrNotAvailable, sentence)
        };
        let listener = TcpListener::bind(address).map_err(sentence)?;
        listener.set_nonblocking(true)?;
        Ok(Self(tokio::net::TcpListener::from_std(listener)?))
    }

    pub(crate) fn into_listener(self) -> tokio::net::TcpListener {
        self.0
    }
}

impl Scraped {
    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/metrics", get(metrics))
            .layer(from_fn_with_state(self.hosts.clone(), only_for_this_relay))
            .with_state(self)
    }
}

async fn metrics(State(scraped): State<Scraped>) -> Response {
    let mut readings = scraped.relay.gauge_readings();
    readings.days_left = scraped
        .certificate
        .and_then(|certificate| certificate.days_left(now_and_date().unix));
    match scraped.relay.metrics().render(&readings) {
        Ok(text) => ([(header::CONTENT_TYPE, TEXT_FORMAT)], text).into_response(),
        Err(error) => {
            tracing::warn!(%error, "the metrics could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
