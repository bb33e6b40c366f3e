//! A reverse proxy before a relay, of the kind that people set up, with what they get wrong.
//!
//! It reads the head of a connection's first request, and passes the rest on as it comes.

use std::{net::SocketAddr, sync::Arc};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};

#[derive(Debug, Clone, Copy)]
pub(crate) enum Habit {
    PassesAllOn,
    DropsUpgrade,
    ChangesHost,
    /// To a name that may be anybody's.
    ChangesHostToAPublicName,
    DropsSubprotocol,
    /// Answers every path but `/ws` itself.
    KnowsOnlyTheSocket,
    /// Answers `/ws` itself.
    KnowsNoSocket,
    Redirects,
    ClosesSockets,
}

pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
}

impl Proxy {
    pub(crate) async fn start(
        relay: SocketAddr,
        habit: Habit,
        tls: Option<Arc<ServerConfig>>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let tls = tls.clone();
                tokio::spawn(async move {
                    // A client that goes away, or refuses the certificate, is the test's business.
                    let _ = match tls {
                        None => serve(stream, relay, habit).await,
                        Some(tls) => match TlsAcceptor::from(tls).accept(stream).await {
                            Ok(stream) => serve(stream, relay, habit).await,
                            Err(error) => Err(error),
                        },
                    };
                });
            }
        });
        Self { address, task }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    mut client: S,
    relay: SocketAddr,
    habit: Habit,
) -> std::io::Result<()> {
    let head = read_head(&mut client).await?;
    let is_socket = head.starts_with("GET /ws ");
    let answer = match (habit, is_socket) {
        (Habit::KnowsOnlyTheSocket, false) | (Habit::KnowsNoSocket, true) => {
            Some("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")
        }
        (Habit::Redirects, _) => Some(
            "HTTP/1.1 301 Moved Permanently\r\nlocation: https://elsewhere.example/\r\n\
             content-length: 0\r\n\r\n",
        ),
        (Habit::ClosesSockets, true) => Some(""),
        _ => None,
    };
    if let Some(answer) = answer {
        client.write_all(answer.as_bytes()).await?;
        return client.shutdown().await;
    }
    let Ok(mut upstream) = TcpStream::connect(relay).await else {
        let away = b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n";
        client.write_all(away).await?;
        return client.shutdown().await;
    };
    upstream.write_all(changed(&head, habit).as_bytes()).await?;
    copy_bidirectional(&mut client, &mut upstream).await?;
    Ok(())
}

async fn read_head<S: AsyncRead + Unpin>(client: &mut S) -> std::io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    Ok(String::from_utf8(head).unwrap())
}

fn changed(head: &str, habit: Habit) -> String {
    let lines = head.split_inclusive("\r\n").filter_map(|line| {
        let name = line.split(':').next().unwrap().to_ascii_lowercase();
        match (habit, name.as_str()) {
            (Habit::DropsUpgrade, "upgrade" | "connection") => None,
            (Habit::DropsSubprotocol, "sec-websocket-protocol") => None,
            (Habit::ChangesHost, "host") => Some("host: backend.internal\r\n".to_owned()),
            (Habit::ChangesHostToAPublicName, "host") => {
                Some("host: backend.example\r\n".to_owned())
            }
            _ => Some(line.to_owned()),
        }
    });
    lines.collect()
}
