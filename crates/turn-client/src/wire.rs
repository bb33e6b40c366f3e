//! The connection to a TURN server: datagrams, TCP or TLS.
//!
//! Invariant: gives and takes whole frames. Sending never waits; a stream that does not keep up
//! drops packets, not requests.

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
    turn::{Carriage, Frames, Sent},
    udp,
};

/// More than the fastest call sends in the time a live connection may stall.
const MOST_WAITING: usize = 256 * 1024;
const READ: usize = 16 * 1024;
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// What a stream has to be.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

pub struct Wire(Kind);

enum Kind {
    Datagrams {
        socket: UdpSocket,
        buffer: Vec<u8>,
    },
    Stream {
        read: ReadHalf<Box<dyn Io>>,
        buffer: Vec<u8>,
        frames: Frames,
        write: WriteHalf<Box<dyn Io>>,
        waiting: Vec<u8>,
        flush: Flush,
    },
}

/// Whether TLS may still hold bytes it has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flush {
    Due,
    Done,
}

impl fmt::Debug for Wire {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = formatter.debug_tuple("Wire");
        tuple.field(&self.carriage()).finish()
    }
}

impl Wire {
    /// # Errors
    /// The system gives no socket, or knows no way there.
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
        Ok((Self(Kind::Datagrams { socket, buffer }), local))
    }

    /// # Errors
    /// Nobody takes the connection in time.
    pub async fn by_tcp(server: SocketAddr) -> io::Result<(Self, SocketAddr)> {
        let (stream, local) = connect(server).await?;
        Ok((Self::stream(Box::new(stream)), local))
    }

    /// # Errors
    /// As [`Wire::by_tcp`], or the server is not who it should be.
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

    /// Over a stream that is open already, TLS and all.
    #[must_use]
    pub fn stream(stream: Box<dyn Io>) -> Self {
        let (read, write) = split(stream);
        Self(Kind::Stream {
            read,
            buffer: vec![0; READ],
            frames: Frames::default(),
            write,
            waiting: vec![],
            flush: Flush::Done,
        })
    }

    pub(crate) fn carriage(&self) -> Carriage {
        match &self.0 {
            Kind::Datagrams { .. } => Carriage::Datagrams,
            Kind::Stream { .. } => Carriage::Stream,
        }
    }

    pub(crate) fn try_send(&mut self, frame: &[u8]) -> Sent {
        match &mut self.0 {
            Kind::Datagrams { socket, .. } => match socket.try_send(frame) {
                Ok(_) => Sent::Taken,
                Err(_) => Sent::Dropped,
            },
            Kind::Stream { waiting, .. } => {
                let is_request = frame.first().is_some_and(|first| first >> 6 == 0);
                if waiting.len() + frame.len() > MOST_WAITING && !is_request {
                    return Sent::Dropped;
                }
                waiting.extend_from_slice(frame);
                Sent::Taken
            }
        }
    }

    /// The next frame; writes what waits in the meantime. May be given up at any await.
    pub(crate) async fn receive(&mut self) -> io::Result<Vec<u8>> {
        match &mut self.0 {
            Kind::Datagrams { socket, buffer } => loop {
                match socket.recv(buffer).await {
                    Ok(length) => return Ok(buffer[..length].to_vec()),
                    // The server's machine refused an earlier one; requests find out in time.
                    Err(error) if udp::is_a_refusal(&error) => {}
                    Err(error) => return Err(error),
                }
            },
            Kind::Stream {
                read,
                buffer,
                frames,
                write,
                waiting,
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
                    written = write_some(write, waiting, flush) => written?,
                }
            },
        }
    }

    /// Says goodbye where the protocol has one.
    pub(crate) async fn close(self) {
        match self.0 {
            Kind::Datagrams { .. } => {}
            Kind::Stream { mut write, .. } => {
                // The other side may be gone already.
                let _ = write.shutdown().await;
            }
        }
    }
}

/// Waits for ever where there is nothing to write.
async fn write_some(
    write: &mut WriteHalf<Box<dyn Io>>,
    waiting: &mut Vec<u8>,
    flush: &mut Flush,
) -> io::Result<()> {
    if !waiting.is_empty() {
        let written = write.write(waiting).await?;
        waiting.drain(..written);
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
    match timeout(CONNECT_WITHIN, connecting).await {
        Ok(connected) => connected,
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    }
}
