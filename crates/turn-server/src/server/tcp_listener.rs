//! TCP and TLS listener: one task per connection.
//!
//! Invariant: a connection has at most one allocation, and each ends with the other. A connection
//! without an allocation times out. The number of connections is bounded, in total and per network.

use std::{io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, WriteHalf, split},
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};
use tokio_util::sync::CancellationToken;

use super::{
    active_allocation::ActiveAllocation,
    client_transport::{ClientTransport, SendBuffer},
    state::{FiveTuple, ListenerAction, ServerState},
};
use crate::rules::{
    Now,
    connection_limit::{ConnectionLimit, ConnectionPermit},
    frames::{FrameSplit, split_frame},
};

const READ_BUFFER_BYTES: usize = 16 * 1024;
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Maximum time of a connection without an allocation.
const ALLOCATE_TIMEOUT: Duration = Duration::from_secs(30);
/// Pause after a failed `accept`.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(200);

/// One listening socket.
#[derive(Debug)]
pub(super) struct TurnTcpListener {
    pub(super) server: Arc<ServerState>,
    pub(super) listener: TcpListener,
    pub(super) security: StreamSecurity,
    pub(super) limit: Arc<ConnectionLimit>,
}

/// What a listener does with a new connection first.
#[derive(Debug, Clone)]
pub(super) enum StreamSecurity {
    Plain,
    Tls(Arc<ServerConfig>),
}

/// How the writer passes frames to the stream.
#[derive(Debug, Clone, Copy)]
enum RecordWrites {
    /// All buffered frames in one write.
    Batched,
    /// Each frame as one TLS record. Some clients do not reassemble records.
    OnePerFrame,
}

/// Why a connection ends.
enum CloseReason {
    /// The client closed or broke the connection, or its allocation ended.
    Ended,
    NotTurn,
}

impl TurnTcpListener {
    /// Accepts connections until the server stops.
    pub(super) async fn run(self) {
        let stop = self.server.stop.clone();
        loop {
            let accepted = tokio::select! {
                () = stop.cancelled() => return,
                accepted = self.listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, client)) => self.handle_connection(stream, client),
                Err(error) => {
                    tracing::debug!(%error, "no TURN connection for now");
                    sleep(ACCEPT_RETRY_DELAY).await;
                }
            }
        }
    }

    fn handle_connection(&self, stream: TcpStream, client: SocketAddr) {
        let counters = &self.server.rules.counters;
        let Ok(permit) = self.limit.take(client.ip()) else {
            counters.refused.streams.inc();
            return;
        };
        counters.streams.inc();
        let server = Arc::clone(&self.server);
        let security = self.security.clone();
        let stop = self.server.stop.clone();
        self.server.tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                ended = connection(server, security, stream, client) => {
                    if let Err(error) = ended {
                        tracing::debug!(%error, "TURN connection ended");
                    }
                }
            }
            drop::<ConnectionPermit>(permit);
        });
    }
}

async fn connection(
    server: Arc<ServerState>,
    security: StreamSecurity,
    stream: TcpStream,
    client: SocketAddr,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let server_address = stream.local_addr()?;
    let five_tuple = FiveTuple {
        client,
        server: server_address,
    };
    match security {
        StreamSecurity::Plain => serve(server, five_tuple, stream, RecordWrites::Batched).await,
        StreamSecurity::Tls(config) => {
            let handshake = TlsAcceptor::from(config).accept(stream);
            let Ok(Ok(stream)) = timeout(HANDSHAKE_TIMEOUT, handshake).await else {
                server.rules.counters.refused.tls.inc();
                return Ok(());
            };
            serve(server, five_tuple, stream, RecordWrites::OnePerFrame).await
        }
    }
}

async fn serve(
    server: Arc<ServerState>,
    five_tuple: FiveTuple,
    stream: impl AsyncRead + AsyncWrite,
    writes: RecordWrites,
) -> io::Result<()> {
    let (mut read, write) = split(stream);
    let mut reader = StreamReader {
        server,
        five_tuple,
        send_buffer: Arc::default(),
        allocation: None,
        ended: CancellationToken::new(),
        pending: Vec::new(),
    };
    let send_buffer = Arc::clone(&reader.send_buffer);
    let mut writing = pin!(send_all(write, writes, &send_buffer));
    let mut unallocated = pin!(sleep(ALLOCATE_TIMEOUT));
    let mut buffer = vec![0; READ_BUFFER_BYTES];
    let end = loop {
        let ended = reader.ended.clone();
        let had_allocation = reader.allocation.is_some();
        tokio::select! {
            biased;
            () = ended.cancelled() => break CloseReason::Ended,
            written = &mut writing => return written,
            () = &mut unallocated, if !had_allocation => break CloseReason::Ended,
            length = read.read(&mut buffer) => match length? {
                0 => break CloseReason::Ended,
                length => if let Err(end) = reader.handle_bytes(&buffer[..length]) {
                    break end;
                },
            },
        }
        if had_allocation && reader.allocation.is_none() {
            unallocated
                .as_mut()
                .reset(sleep(ALLOCATE_TIMEOUT).deadline());
        }
    };
    match end {
        CloseReason::Ended => {}
        CloseReason::NotTurn => reader.server.rules.counters.refused.malformed.inc(),
    }
    Ok(())
}

/// The reading half of one connection.
struct StreamReader {
    server: Arc<ServerState>,
    five_tuple: FiveTuple,
    send_buffer: Arc<SendBuffer>,
    allocation: Option<Arc<ActiveAllocation>>,
    /// Cancelled when the allocation ends.
    ended: CancellationToken,
    /// The received part of an incomplete frame.
    pending: Vec<u8>,
}

impl StreamReader {
    /// # Errors
    /// The reason to close the connection.
    fn handle_bytes(&mut self, bytes: &[u8]) -> Result<(), CloseReason> {
        if self.pending.is_empty() {
            let consumed = self.handle_stream(bytes)?;
            self.pending.extend_from_slice(&bytes[consumed..]);
            return Ok(());
        }
        let mut pending = std::mem::take(&mut self.pending);
        pending.extend_from_slice(bytes);
        let consumed = self.handle_stream(&pending)?;
        pending.drain(..consumed);
        self.pending = pending;
        Ok(())
    }

    /// Handles all complete frames and returns their length in bytes.
    fn handle_stream(&mut self, stream: &[u8]) -> Result<usize, CloseReason> {
        let mut consumed = 0;
        loop {
            match split_frame(&stream[consumed..]) {
                FrameSplit::Frame { length, padded } => {
                    self.handle_frame(&stream[consumed..consumed + length]);
                    consumed += padded;
                }
                FrameSplit::Incomplete => return Ok(consumed),
                FrameSplit::NotTurn => return Err(CloseReason::NotTurn),
            }
        }
    }

    fn handle_frame(&mut self, frame: &[u8]) {
        let now = Now::read();
        let client_transport = || ClientTransport::Stream(Arc::clone(&self.send_buffer));
        let action = self.server.handle_frame(
            now,
            self.five_tuple,
            self.allocation.as_ref(),
            client_transport,
            frame,
        );
        let response = match action {
            ListenerAction::None => return,
            ListenerAction::Respond(response) => response,
            ListenerAction::Open {
                allocation,
                response,
            } => {
                self.allocation = Some(Arc::clone(&allocation));
                let ended = self.ended.clone();
                self.server.tasks.spawn(async move {
                    allocation.run().await;
                    ended.cancel();
                });
                response
            }
            ListenerAction::Remove { response } => {
                self.allocation = None;
                // The connection stays open for the response and for a new allocation.
                self.ended = CancellationToken::new();
                response
            }
        };
        // The buffer is full only if the client does not read.
        let _ = self.send_buffer.try_push(&response);
    }
}

impl Drop for StreamReader {
    fn drop(&mut self) {
        if let Some(allocation) = &self.allocation {
            allocation.end();
        }
    }
}

/// Writes buffered frames until the stream fails.
async fn send_all(
    mut write: WriteHalf<impl AsyncWrite>,
    writes: RecordWrites,
    send_buffer: &SendBuffer,
) -> io::Result<()> {
    let mut frames = Vec::new();
    loop {
        send_buffer.take(&mut frames).await;
        match writes {
            RecordWrites::Batched => write.write_all(&frames).await?,
            RecordWrites::OnePerFrame => {
                let mut rest = &frames[..];
                while let FrameSplit::Frame { padded, .. } = split_frame(rest) {
                    let (frame, more) = rest.split_at(padded);
                    write.write_all(frame).await?;
                    rest = more;
                }
            }
        }
        write.flush().await?;
    }
}
