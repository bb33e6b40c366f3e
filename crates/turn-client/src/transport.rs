//! Transport to a TURN server: UDP, TCP or TLS.
//!
//! Invariant: the interface has whole frames. Sending never waits. A congested stream drops relayed
//! packets, not requests.

use std::{fmt, io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf, split},
    net::{TcpStream, UdpSocket},
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, pki_types::ServerName},
};

use crate::{
    turn::{Frames, Framing, Sent},
    udp,
};

/// More than the fastest call sends during a stall that a live connection survives.
const MAX_BUFFERED_BYTES: usize = 256 * 1024;
const READ_BUFFER_BYTES: usize = 16 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A byte stream to the server.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// An open transport to a TURN server.
pub struct ServerTransport(Kind);

enum Kind {
    Udp {
        socket: UdpSocket,
        buffer: Vec<u8>,
    },
    Stream {
        read: ReadHalf<Box<dyn Io>>,
        buffer: Vec<u8>,
        frames: Frames,
        write: WriteHalf<Box<dyn Io>>,
        send_buffer: Vec<u8>,
        flush: Flush,
    },
}

/// Whether TLS may hold bytes that it has not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flush {
    Due,
    Done,
}

impl fmt::Debug for ServerTransport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = formatter.debug_tuple("ServerTransport");
        tuple.field(&self.framing()).finish()
    }
}

impl ServerTransport {
    /// A UDP socket that is connected to the server. Returns its local address too.
    ///
    /// # Errors
    /// The system refuses the socket or has no route to the server.
    pub async fn by_udp(server: SocketAddr) -> io::Result<(Self, SocketAddr)> {
        let any = match server {
            SocketAddr::V4(_) => SocketAddr::from(([0; 4], 0)),
            SocketAddr::V6(_) => SocketAddr::from(([0; 16], 0)),
        };
        let socket = udp::bound(any)?;
        socket.connect(server).await?;
        socket.writable().await?;
        let local = socket.local_addr()?;
        let buffer = vec![0; usize::from(u16::MAX)];
        Ok((Self(Kind::Udp { socket, buffer }), local))
    }

    /// A TCP connection to the server. Returns its local address too.
    ///
    /// # Errors
    /// The server does not accept the connection within 5 s.
    pub async fn by_tcp(server: SocketAddr) -> io::Result<(Self, SocketAddr)> {
        let (stream, local) = connect(server).await?;
        Ok((Self::stream(Box::new(stream)), local))
    }

    /// A TLS connection to the server. Returns its local address too. `name` is what the
    /// certificate must be for, and `configuration` decides which certificates are trusted.
    ///
    /// # Errors
    /// As [`ServerTransport::by_tcp`], or the certificate is not valid for the name.
    pub async fn by_tls(
        server: SocketAddr,
        name: ServerName<'static>,
        configuration: Arc<ClientConfig>,
    ) -> io::Result<(Self, SocketAddr)> {
        let (stream, local) = connect(server).await?;
        let connector = TlsConnector::from(configuration);
        let stream = within(connector.connect(name, stream)).await?;
        Ok((Self::stream(Box::new(stream)), local))
    }

    /// Uses an open stream. For TLS, the handshake is complete.
    #[must_use]
    pub fn stream(stream: Box<dyn Io>) -> Self {
        let (read, write) = split(stream);
        Self(Kind::Stream {
            read,
            buffer: vec![0; READ_BUFFER_BYTES],
            frames: Frames::default(),
            write,
            send_buffer: vec![],
            flush: Flush::Done,
        })
    }

    pub(crate) fn framing(&self) -> Framing {
        match &self.0 {
            Kind::Udp { .. } => Framing::Datagram,
            Kind::Stream { .. } => Framing::Stream,
        }
    }

    pub(crate) fn try_send(&mut self, frame: &[u8]) -> Sent {
        match &mut self.0 {
            Kind::Udp { socket, .. } => match socket.try_send(frame) {
                Ok(_) => Sent::Taken,
                Err(_) => Sent::Dropped,
            },
            Kind::Stream { send_buffer, .. } => {
                let is_request = frame.first().is_some_and(|first| first >> 6 == 0);
                if send_buffer.len() + frame.len() > MAX_BUFFERED_BYTES && !is_request {
                    return Sent::Dropped;
                }
                send_buffer.extend_from_slice(frame);
                Sent::Taken
            }
        }
    }

    /// Receives the next frame. Meanwhile writes the send buffer. Cancel safe.
    pub(crate) async fn receive(&mut self) -> io::Result<Vec<u8>> {
        match &mut self.0 {
            Kind::Udp { socket, buffer } => loop {
                match socket.recv(buffer).await {
                    Ok(length) => return Ok(buffer[..length].to_vec()),
                    // The server's host refused an earlier packet. Requests time out by themselves.
                    Err(error) if udp::is_peer_unreachable(&error) => {}
                    Err(error) => return Err(error),
                }
            },
            Kind::Stream {
                read,
                buffer,
                frames,
                write,
                send_buffer,
                flush,
            } => loop {
                if let Some(frame) = frames.take().map_err(io::Error::other)? {
                    return Ok(frame);
                }
                tokio::select! {
                    length = read.read(buffer) => match length? {
                        0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                        length => frames.extend(&buffer[..length]),
                    },
                    written = write_some(write, send_buffer, flush) => written?,
                }
            },
        }
    }

    /// Closes a stream in order (TLS close_notify, TCP FIN).
    pub(crate) async fn close(self) {
        match self.0 {
            Kind::Udp { .. } => {}
            Kind::Stream { mut write, .. } => {
                // The server may have closed the stream.
                let _ = write.shutdown().await;
            }
        }
    }
}

/// Writes or flushes once. Never returns if there is nothing to write.
async fn write_some(
    write: &mut WriteHalf<Box<dyn Io>>,
    send_buffer: &mut Vec<u8>,
    flush: &mut Flush,
) -> io::Result<()> {
    if !send_buffer.is_empty() {
        let written = write.write(send_buffer).await?;
        send_buffer.drain(..written);
        *flush = Flush::Due;
        return Ok(());
    }
    match flush {
        Flush::Due => {
            write.flush().await?;
            *flush = Flush::Done;
            Ok(())
        }
        Flush::Done => std::future::pending().await,
    }
}

async fn connect(server: SocketAddr) -> io::Result<(TcpStream, SocketAddr)> {
    let stream = within(TcpStream::connect(server)).await?;
    stream.set_nodelay(true)?;
    let local = stream.local_addr()?;
    Ok((stream, local))
}

async fn within<T>(connecting: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    match timeout(CONNECT_TIMEOUT, connecting).await {
        Ok(connected) => connected,
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    }
}
