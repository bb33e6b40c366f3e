//! A client that requests and does not read delays no other, costs little, and is disconnected.

use std::{fs, net::SocketAddr, time::Duration};

use futures_util::future::join_all;
use signal_server::{Config, PageSource};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWrite, AsyncWriteExt, Interest},
    net::{TcpSocket, TcpStream},
    time::{interval, timeout},
};
use tokio_rustls::client::TlsStream;

use crate::{
    metrics::free_address,
    relay::{Program, Relay, get, within},
    tls::{self, Pems},
};

const SCRIPT: &str = "/assets/main-1a2b.js";
const SCRIPT_BYTES: usize = 4 * 1024 * 1024;
/// As many as one address may have open, except for some that these tests need.
const CONNECTIONS: usize = 200;
const REQUESTS: usize = 20;
const SEND_TIMEOUT: Duration = Duration::from_millis(500);
const POLL_INTERVAL: Duration = Duration::from_millis(20);

fn page() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("assets")).unwrap();
    fs::write(folder.path().join("index.html"), "<p>Snug").unwrap();
    fs::write(folder.path().join(&SCRIPT[1..]), vec![b'x'; SCRIPT_BYTES]).unwrap();
    folder
}

fn request(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nhost: localhost\r\n\r\n")
}

/// With the smallest receive buffer of the system, so that unread bytes stay with the relay.
async fn connect(address: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(2048).unwrap();
    within(socket.connect(address)).await.unwrap()
}

/// Sends requests without reading, while the relay accepts them, up to this number.
async fn ask_and_read_nothing(stream: &mut (impl AsyncWrite + Unpin), target: &str, times: usize) {
    let requests = request(target).repeat(times);
    // The relay stops reading when it cannot answer, so it may not read all of them.
    let sending = stream.write_all(requests.as_bytes());
    let _ = timeout(SEND_TIMEOUT, sending).await;
}

/// Resolves when the relay has reset the connection. Reads nothing before.
async fn reset(stream: &TcpStream) {
    within(stream.ready(Interest::ERROR)).await.unwrap();
}

async fn tls(
    address: SocketAddr,
    certificate: &tokio_rustls::rustls::pki_types::CertificateDer<'static>,
) -> TlsStream<TcpStream> {
    let stream = connect(address).await;
    within(tls::connect_on(stream, tls::NAME, certificate))
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn unread_response_is_reset_and_others_are_served() {
    let folder = page();
    let (pems, certificate) = Pems::new();
    let metrics = free_address();
    let page = |config: &mut Config| {
        config.page = PageSource::Directory(folder.path().to_owned());
        config.send_timeout = SEND_TIMEOUT;
        config.metrics = Some(metrics);
    };
    let plain = Relay::start(page).await;
    let by_tls = Relay::start(|config| {
        page(config);
        config.metrics = None;
        config.tls = pems.config();
    })
    .await;
    let (mut ann, _) = plain.join("r", "ann").await;

    let mut unread = Vec::new();
    for (address, target, times) in [
        (plain.address, SCRIPT, 1),
        (plain.address, SCRIPT, REQUESTS),
        // Small requests, so many that their answers are large.
        (plain.address, "/", 100_000),
        (plain.address, "/healthz", 100_000),
        (plain.address, "/assets/gone.js", 100_000),
        (metrics, "/metrics", 10_000),
    ] {
        let mut stream = connect(address).await;
        ask_and_read_nothing(&mut stream, target, times).await;
        unread.push((target, stream));
    }
    let mut encrypted = tls(by_tls.address, &certificate).await;
    ask_and_read_nothing(&mut encrypted, SCRIPT, REQUESTS).await;

    assert_eq!(get(plain.address, "/healthz").await.status, 200);
    assert_eq!(get(plain.address, SCRIPT).await.body.len(), SCRIPT_BYTES);
    for (target, mut stream) in unread {
        reset(&stream).await;
        let mut got = Vec::new();
        // Received bytes may be read before the reset is reported.
        let _ = within(stream.read_to_end(&mut got)).await;
        assert!(got.len() < SCRIPT_BYTES, "{target}: {}", got.len());
    }
    reset(encrypted.get_ref().0).await;
    // A silent member is not one of these.
    ann.receive_nothing().await;
}

/// A response may take longer than the timeout, as long as it is read.
#[tokio::test]
async fn reader_with_a_small_buffer_gets_the_whole_file() {
    let folder = page();
    let relay = Relay::start(|config| {
        config.page = PageSource::Directory(folder.path().to_owned());
        config.send_timeout = SEND_TIMEOUT;
    })
    .await;
    let mut stream = connect(relay.address).await;
    let request = request(SCRIPT).replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut read = 0;
    let mut piece = [0; 4096];
    loop {
        match within(stream.read(&mut piece)).await.unwrap() {
            0 => break,
            count => read += count,
        }
        tokio::task::yield_now().await;
    }
    assert!(read > SCRIPT_BYTES, "{read}");
}

/// Many unread responses at once, on as many connections as one address may have.
#[cfg(target_os = "linux")]
mod memory {
    use super::*;

    /// Of the process. Each connection has its buffers.
    const MAX_GROWTH_KIB: u64 = 48 * 1024;
    /// In the system's buffers of each connection.
    const MAX_QUEUED_BYTES: u64 = 192 * 1024;

    /// Bytes of the program on this port that the system holds unread.
    fn queued_bytes(port: u16) -> Vec<u64> {
        let table = fs::read_to_string("/proc/net/tcp").unwrap();
        let port = format!(":{port:04X}");
        let of_port = table.lines().skip(1).filter_map(|line| {
            let mut columns = line.split_whitespace().skip(1);
            let is_ours = columns.next()?.ends_with(&port);
            let (sent, _) = columns.nth(2)?.split_once(':')?;
            is_ours.then(|| u64::from_str_radix(sent, 16).unwrap())
        });
        of_port.collect()
    }

    /// Waits until all of them have been answered as far as possible.
    async fn check(program: &Program, before_kib: u64, connections: usize) {
        let mut looks = interval(POLL_INTERVAL);
        let queued = within(async {
            loop {
                looks.tick().await;
                let queued = queued_bytes(program.address.port());
                if queued.iter().filter(|bytes| **bytes > 0).count() >= connections {
                    break queued;
                }
            }
        })
        .await;
        let grown = program.peak_memory_kib() - before_kib;
        let most = queued.iter().max().copied().unwrap_or(0);
        assert!(grown < MAX_GROWTH_KIB, "the process grew by {grown} KiB");
        assert!(most < MAX_QUEUED_BYTES, "the system keeps {most} bytes");
    }

    #[tokio::test]
    async fn unread_responses_cost_no_copy_of_the_file() {
        let folder = page();
        let program = Program::start(&["--web-root", folder.path().to_str().unwrap()]);
        assert_eq!(get(program.address, SCRIPT).await.body.len(), SCRIPT_BYTES);
        let before = program.peak_memory_kib();
        let unread = (0..CONNECTIONS).map(async |_| {
            let mut stream = connect(program.address).await;
            ask_and_read_nothing(&mut stream, SCRIPT, REQUESTS).await;
            stream
        });
        let _unread = join_all(unread).await;
        assert_eq!(get(program.address, "/healthz").await.status, 200);
        check(&program, before, CONNECTIONS).await;
    }

    #[tokio::test]
    async fn unread_responses_over_tls_cost_no_copy_of_the_file() {
        let folder = page();
        let (pems, certificate) = Pems::new();
        let path = |path: std::path::PathBuf| path.to_str().unwrap().to_owned();
        let program = Program::start(&[
            "--web-root",
            folder.path().to_str().unwrap(),
            "--tls-cert",
            &path(pems.certificate()),
            "--tls-key",
            &path(pems.key()),
        ]);
        // Serves one request before, so that one-time allocations are done.
        let mut first = tls(program.address, &certificate).await;
        ask_and_read_nothing(&mut first, SCRIPT, REQUESTS).await;
        let before = program.peak_memory_kib();
        let mut unread = Vec::new();
        for _ in 0..CONNECTIONS / 2 {
            let mut stream = tls(program.address, &certificate).await;
            stream
                .write_all(request(SCRIPT).repeat(REQUESTS).as_bytes())
                .await
                .unwrap();
            unread.push(stream);
        }
        let mut asked = tls(program.address, &certificate).await;
        asked
            .write_all(request("/healthz").as_bytes())
            .await
            .unwrap();
        let mut answer = [0; 12];
        within(asked.read_exact(&mut answer)).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200");
        check(&program, before, CONNECTIONS / 2).await;
    }
}
