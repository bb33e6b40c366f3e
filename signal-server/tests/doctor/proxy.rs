//! A reverse proxy in front of a relay, with common mistakes of configuration.
//!
//! It reads the head of a connection's first request, and forwards the rest unchanged.

use std::{net::SocketAddr, sync::Arc};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};

#[derive(Debug, Clone, Copy)]
pub(crate) enum Behaviour {
    ForwardsEverything,
    DropsUpgrade,
    ChangesHost,
    /// To a public name.
    ChangesHostToAPublicName,
    DropsSubprotocol,
    /// Answers every path except `/ws` by itself.
    ForwardsOnlyTheSocket,
    /// Answers `/ws` by itself.
    ForwardsNoSocket,
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
        behaviour: Behaviour,
        tls: Option<Arc<ServerConfig>>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let tls = tls.clone();
                tokio::spawn(async move {
                    // The test checks clients that close early or reject the certificate.
                    let _ = match tls {
                        None => serve(stream, relay, behaviour).await,
                        Some(tls) => match TlsAcceptor::from(tls).accept(stream).await {
                            Ok(stream) => serve(stream, relay, behaviour).await,
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
    behaviour: Behaviour,
) -> std::io::Result<()> {
    let head = read_head(&mut client).await?;
    let is_socket = head.starts_with("GET /ws ");
    let answer = match (behaviour, is_socket) {
        (Behaviour::ForwardsOnlyTheSocket, false) | (Behaviour::ForwardsNoSocket, true) => {
            Some("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")
        }
        (Behaviour::Redirects, _) => Some(
            "HTTP/1.1 301 Moved Permanently\r\nlocation: https://other.example/\r\n\
             content-length: 0\r\n\r\n",
        ),
        (Behaviour::ClosesSockets, true) => Some(""),
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
    upstream
        .write_all(changed(&head, behaviour).as_bytes())
        .await?;
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

fn changed(head: &str, behaviour: Behaviour) -> String {
    let lines = head.split_inclusive("\r\n").filter_map(|line| {
        let name = line.split(':').next().unwrap().to_ascii_lowercase();
        match (behaviour, name.as_str()) {
            (Behaviour::DropsUpgrade, "upgrade" | "connection") => None,
            (Behaviour::DropsSubprotocol, "sec-websocket-protocol") => None,
            (Behaviour::ChangesHost, "host") => Some("host: backend.internal\r\n".to_owned()),
            (Behaviour::ChangesHostToAPublicName, "host") => {
                Some("host: backend.example\r\n".to_owned())
            }
            _ => Some(line.to_owned()),
        }
    });
    lines.collect()
}
