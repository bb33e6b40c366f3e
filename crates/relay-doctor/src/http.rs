//! HTTP requests: whether a relay answers, is ready and serves the page.

mod responses;

use std::time::{Duration, UNIX_EPOCH};

use http_body_util::{BodyExt, Empty, Limited};
use hyper::{
    Request,
    body::Bytes,
    client::conn::http1::{self, SendRequest},
    header,
};
use hyper_util::rt::TokioIo;
use tokio::time::timeout;
use turn_client::Io;

pub(crate) use self::responses::{
    clocks, health, host_unknown, no_response, page, readiness, status,
};
use crate::{clock, fault::Fault};

const TIMEOUT: Duration = Duration::from_secs(4);
/// The first file of the page is far smaller.
const MAX_BODY_BYTES: usize = 256 * 1024;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    /// Time since 1970 by the relay's clock.
    pub(crate) date: Option<Duration>,
    pub(crate) body: Vec<u8>,
    pub(crate) took: Duration,
}

/// One HTTP/1.1 connection for sequential requests.
pub(crate) struct HttpClient {
    requests: SendRequest<Empty<Bytes>>,
    authority: String,
}

/// Why no response arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoResponse {
    Silent,
    Closed,
    NotHttp,
}

impl HttpClient {
    /// `authority` is the value of the `Host` header.
    pub(crate) async fn open(stream: Box<dyn Io>, authority: &str) -> Result<Self, Fault> {
        let opened = http1::handshake(TokioIo::new(stream)).await;
        let (requests, connection) = opened.map_err(|_| no_response(NoResponse::Closed))?;
        // A pending request reports the end of the connection.
        tokio::spawn(async move { connection.await.is_ok() });
        Ok(Self {
            requests,
            authority: authority.to_owned(),
        })
    }

    pub(crate) async fn get(&mut self, path: &str) -> Result<Answer, NoResponse> {
        let response = timeout(TIMEOUT, self.get_without_timeout(path)).await;
        response.unwrap_or(Err(NoResponse::Silent))
    }

    async fn get_without_timeout(&mut self, path: &str) -> Result<Answer, NoResponse> {
        let request = Request::get(path)
            .header(header::HOST, &self.authority)
            .header(header::USER_AGENT, "snug-doctor")
            .body(Empty::new())
            .map_err(|_| NoResponse::NotHttp)?;
        let began = clock::now();
        let no_response = |error: hyper::Error| match error.is_parse() {
            true => NoResponse::NotHttp,
            false => NoResponse::Closed,
        };
        self.requests.ready().await.map_err(no_response)?;
        let response = self.requests.send_request(request).await;
        let (head, body) = response.map_err(no_response)?.into_parts();
        let text = |name| head.headers.get(name)?.to_str().ok().map(str::to_owned);
        let date = text(header::DATE).and_then(|date| httpdate::parse_http_date(&date).ok());
        // A larger page is not the relay's. The status is enough.
        let body = Limited::new(body, MAX_BODY_BYTES).collect().await;
        Ok(Answer {
            status: head.status.as_u16(),
            location: text(header::LOCATION),
            date: date.and_then(|date| date.duration_since(UNIX_EPOCH).ok()),
            body: body.map_or(Vec::new(), |body| body.to_bytes().to_vec()),
            took: began.elapsed(),
        })
    }
}
