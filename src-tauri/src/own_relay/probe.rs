//! Probes a port of this computer: free, a Snug relay, or another program.

use std::{io, net::SocketAddr, time::Duration};

use serde::Deserialize;
use signal_protocol::SUBPROTOCOL;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

const ANSWER_TIMEOUT: Duration = Duration::from_secs(1);
/// Limit of the answer; a relay sends a few hundred bytes.
const MAX_ANSWER_BYTES: u64 = 4 * 1024;
const SERVICE: &str = "snug-signal-server";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Nobody,
    Relay,
    OtherProgram,
}

/// The answer of a relay at `/healthz`.
#[derive(Deserialize)]
struct Health {
    service: String,
    protocol: String,
}

pub(super) async fn who_listens(address: SocketAddr) -> Found {
    match timeout(ANSWER_TIMEOUT, ask(address)).await {
        Ok(Ok(answer)) if is_relay(&answer) => Found::Relay,
        Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => Found::Nobody,
        Ok(Ok(_) | Err(_)) | Err(_) => Found::OtherProgram,
    }
}

async fn ask(address: SocketAddr) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream
        .take(MAX_ANSWER_BYTES)
        .read_to_end(&mut answer)
        .await?;
    Ok(answer)
}

fn is_relay(answer: &[u8]) -> bool {
    let answer = String::from_utf8_lossy(answer);
    let Some((_, body)) = answer.split_once("\r\n\r\n") else {
        return false;
    };
    serde_json::from_str::<Health>(body)
        .is_ok_and(|health| health.service == SERVICE && health.protocol == SUBPROTOCOL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_relay_of_this_protocol_is_found() {
        let check = |answer: &str, expected: bool| {
            assert_eq!(is_relay(answer.as_bytes()), expected, "{answer:?}");
        };
        let relay = r#"{"service":"snug-signal-server","protocol":"snug.v1"}"#;
        check(&format!("HTTP/1.1 200 OK\r\n\r\n{relay}"), true);
        check(relay, false);
        check("HTTP/1.1 200 OK\r\n\r\n<h1>hello</h1>", false);
        check("HTTP/1.1 200 OK\r\n\r\n", false);
        let newer = r#"{"service":"snug-signal-server","protocol":"snug.v2"}"#;
        check(&format!("HTTP/1.1 200 OK\r\n\r\n{newer}"), false);
    }
}
