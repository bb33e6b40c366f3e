//! Requests beside the WebSocket: whether a relay answers, is ready, and serves a page.

mod answers;

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

pub(crate) use self::answers::{clocks, health, host_unknown, page, readiness, status, unanswered};
use crate::{clock, fault::Fault};

const WITHIN: Duration = Duration::from_secs(4);
/// The page's first file is far smaller.
const LARGEST: usize = 256 * 1024;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    /// By its clock, since 1970.
    pub(crate) date: Option<Duration>,
    pub(crate) body: Vec<u8>,
    pub(crate) took: Duration,
}

/// A connection on which one asks after the other.
pub(crate) struct Asker {
    requests: SendRequest<Empty<Bytes>>,
    authority: String,
}

/// Why there was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unanswered {
    Silent,
    Closed,
    NotHttp,
}

impl Asker {
    /// `authority` is what the `Host` header says.
    pub(crate) async fn open(stream: Box<dyn Io>, authority: &str) -> Result<Self, Fault> {
        let opened = http1::handshake(TokioIo::new(stream)).await;
        let (requests, connection) = opened.map_err(|_| unanswered(Unanswered::Closed))?;
        // What ends it is told to who asks.
        tokio::spawn(async move { connection.await.is_ok() });
        Ok(Self {
            requests,
            authority: authority.to_owned(),
        })
    }

    pub(crate) async fn get(&mut self, path: &str) -> Result<Answer, Unanswered> {
        let asked = timeout(WITHIN, self.get_unhurried(path)).await;
        asked.unwrap_or(Err(Unanswered::Silent))
    }

    async fn get_unhurried(&mut self, path: &str) -> Result<Answer, Unanswered> {
        let request = Request::get(path)
            .header(header::HOST, &self.authority)
            .header(header::USER_AGENT, "snug-doctor")
            .body(Empty::new())
            .map_err(|_| Unanswered::NotHttp)?;
        let began = clock::now();
        let unanswered = |error: hyper::Error| match error.is_parse() {
            true => Unanswered::NotHttp,
            false => Unanswered::Closed,
        };
        self.requests.ready().await.map_err(unanswered)?;
        let response = self.requests.send_request(request).await;
        let (head, body) = response.map_err(unanswered)?.into_parts();
        let text = |name| head.headers.get(name)?.to_str().ok().map(str::to_owned);
        let date = text(header::DATE).and_then(|date| httpdate::parse_http_date(&date).ok());
        // A page larger than that is none of ours, and its status says enough.
        let body = Limited::new(body, LARGEST).collect().await;
        Ok(Answer {
            status: head.status.as_u16(),
            location: text(header::LOCATION),
            date: date.and_then(|date| date.duration_since(UNIX_EPOCH).ok()),
            body: body.map_or(Vec::new(), |body| body.to_bytes().to_vec()),
            took: began.elapsed(),
        })
    }
}
