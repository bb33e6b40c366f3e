//! The TCP and TLS side of the TURN server: one task a connection.
//!
//! Invariant: a connection holds one allocation at most, which ends with it, as it ends with its
//! allocation. Who says nothing is put out; how many there are, in all and from one address, is
//! bounded.

use std::{io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, WriteHalf, split},
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};
use tokio_util::sync::CancellationToken;

use super::{
    clock,
    downlink::{Downlink, Outgoing},
    frames::{Cut, cut},
    relayed::Relayed,
    server::{Path, Reaction, Server},
};
use crate::admission::{Seat, Seats};

const READ: usize = 16 * 1024;
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);
/// How long a connection may be without an allocation.
const ALLOCATE_WITHIN: Duration = Duration::from_secs(30);
/// How long to wait when the system gives no more connections.
const ACCEPT_AGAIN: Duration = Duration::from_millis(200);

#[derive(Debug)]
pub(super) struct Streams {
    pub(super) server: Arc<Server>,
    pub(super) listener: TcpListener,
    pub(super) wrap: Wrap,
    pub(super) seats: Arc<Seats>,
}

#[derive(Debug, Clone)]
pub(super) enum Wrap {
    Plain,
    Tls(Arc<ServerConfig>),
}

/// How frames are written.
#[derive(Debug, Clone, Copy)]
enum Writes {
    /// As many at once as there are.
    Together,
    /// Each as one TLS record, as clients expect that do not put records together.
    OneByOne,
}

/// Why a connection ends.
enum End {
    /// The client closed it, broke it, or its allocation ended.
    Over,
    NotTurn,
}

impl Streams {
    /// Until the server stops.
    pub(super) async fn run(self) {
        let stop = self.server.stop.clone();
        loop {
            let accepted = tokio::select! {
                () = stop.cancelled() => return,
                accepted = self.listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, client)) => self.welcome(stream, client),
                Err(error) => {
                    tracing::debug!(%error, "no TURN connection for now");
                    sleep(ACCEPT_AGAIN).await;
                }
            }
        }
    }

    fn welcome(&self, stream: TcpStream, client: SocketAddr) {
        let counters = &self.server.rules.counters;
        let Ok(seat) = self.seats.take(client.ip()) else {
            counters.refused.streams.inc();
            return;
        };
        counters.streams.inc();
        let server = Arc::clone(&self.server);
        let wrap = self.wrap.clone();
        let stop = self.server.stop.clone();
        self.server.tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                ended = connection(server, wrap, stream, client) => {
                    if let Err(error) = ended {
                        tracing::debug!(%error, "TURN connection ended");
                    }
                }
            }
            drop::<Seat>(seat);
        });
    }
}

async fn connection(
    server: Arc<Server>,
    wrap: Wrap,
    stream: TcpStream,
    client: SocketAddr,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let reached = stream.local_addr()?;
    let path = Path { client, reached };
    match wrap {
        Wrap::Plain => serve(server, path, stream, Writes::Together).await,
        Wrap::Tls(config) => {
            let handshake = TlsAcceptor::from(config).accept(stream);
            let Ok(Ok(stream)) = timeout(HANDSHAKE_WITHIN, handshake).await else {
                server.rules.counters.refused.tls.inc();
                return Ok(());
            };
            serve(server, path, stream, Writes::OneByOne).await
        }
    }
}

async fn serve(
    server: Arc<Server>,
    path: Path,
    stream: impl AsyncRead + AsyncWrite,
    writes: Writes,
) -> io::Result<()> {
    let (mut read, write) = split(stream);
    let mut client = Client {
        server,
        path,
        outgoing: Arc::default(),
        held: None,
        over: CancellationToken::new(),
        pending: Vec::new(),
    };
    let outgoing = Arc::clone(&client.outgoing);
    let mut writing = pin!(send_all(write, writes, &outgoing));
    let mut unallocated = pin!(sleep(ALLOCATE_WITHIN));
    let mut buffer = vec![0; READ];
    let end = loop {
        let over = client.over.clone();
        let was_held = client.held.is_some();
        tokio::select! {
            biased;
            () = over.cancelled() => break End::Over,
            written = &mut writing => return written,
            () = &mut unallocated, if !was_held => break End::Over,
            length = read.read(&mut buffer) => match length? {
                0 => break End::Over,
                length => if let Err(end) = client.handle_bytes(&buffer[..length]) {
                    break end;
                },
            },
        }
        if was_held && client.held.is_none() {
            unallocated
                .as_mut()
                .reset(sleep(ALLOCATE_WITHIN).deadline());
        }
    };
    match end {
        End::Over => {}
        End::NotTurn => client.server.rules.counters.refused.malformed.inc(),
    }
    Ok(())
}

/// One connection's half that reads.
struct Client {
    server: Arc<Server>,
    path: Path,
    outgoing: Arc<Outgoing>,
    held: Option<Arc<Relayed>>,
    /// Cancelled when its allocation has ended.
    over: CancellationToken,
    /// The start of a frame that is not all here.
    pending: Vec<u8>,
}

impl Client {
    /// # Errors
    /// How the connection is to end.
    fn handle_bytes(&mut self, bytes: &[u8]) -> Result<(), End> {
        if self.pending.is_empty() {
            let taken = self.handle_stream(bytes)?;
            self.pending.extend_from_slice(&bytes[taken..]);
            return Ok(());
        }
        let mut pending = std::mem::take(&mut self.pending);
        pending.extend_from_slice(bytes);
        let taken = self.handle_stream(&pending)?;
        pending.drain(..taken);
        self.pending = pending;
        Ok(())
    }

    /// All frames that are whole; answers how many bytes they are.
    fn handle_stream(&mut self, stream: &[u8]) -> Result<usize, End> {
        let mut taken = 0;
        loop {
            match cut(&stream[taken..]) {
                Cut::Frame { length, padded } => {
                    self.handle_frame(&stream[taken..taken + length]);
                    taken += padded;
                }
                Cut::Open => return Ok(taken),
                Cut::NotTurn => return Err(End::NotTurn),
            }
        }
    }

    fn handle_frame(&mut self, frame: &[u8]) {
        let now = clock::now_and_date();
        let downlink = || Downlink::Stream(Arc::clone(&self.outgoing));
        let reaction =
            self.server
                .handle_frame(now, self.path, self.held.as_ref(), downlink, frame);
        let answer = match reaction {
            Reaction::Nothing => return,
            Reaction::Answer(answer) => answer,
            Reaction::Opened { relayed, answer } => {
                self.held = Some(Arc::clone(&relayed));
                let over = self.over.clone();
                self.server.tasks.spawn(async move {
                    relayed.run().await;
                    over.cancel();
                });
                answer
            }
            Reaction::Ended { answer } => {
                self.held = None;
                // The connection stays, for the answer and for another allocation.
                self.over = CancellationToken::new();
                answer
            }
        };
        // A client that takes no answers is one that does not read.
        let _ = self.outgoing.try_push(&answer);
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if let Some(held) = &self.held {
            held.end();
        }
    }
}

/// Ends only when the stream does.
async fn send_all(
    mut write: WriteHalf<impl AsyncWrite>,
    writes: Writes,
    outgoing: &Outgoing,
) -> io::Result<()> {
    let mut frames = Vec::new();
    loop {
        outgoing.take(&mut frames).await;
        match writes {
            Writes::Together => write.write_all(&frames).await?,
            Writes::OneByOne => {
                let mut rest = &frames[..];
                while let Cut::Frame { padded, .. } = cut(rest) {
                    let (frame, more) = rest.split_at(padded);
                    write.write_all(frame).await?;
                    rest = more;
                }
            }
        }
        write.flush().await?;
    }
}
