//! Lingering close: a dropped TCP connection discards its input for a moment.
//!
//! Invariant: the output is shut down first and the input discarded, within bounds. A close with
//! unread input would send a reset, which can overtake the close frame. Only a peer that reads
//! nothing gets a reset, which frees the send buffer at once.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf},
    net::TcpStream,
    runtime::Handle,
    time::timeout,
};

use crate::{send_buffer, send_timeout::Output};

const LINGER_TIMEOUT: Duration = Duration::from_secs(1);
const MAX_DISCARDED_BYTES: usize = 4 * 1024 * 1024;

#[derive(Debug)]
pub(crate) struct Lingering {
    /// `None` only during the drop.
    stream: Option<TcpStream>,
    output: Arc<Output>,
}

impl Lingering {
    pub(crate) fn new(stream: TcpStream, output: Arc<Output>) -> Self {
        Self {
            stream: Some(stream),
            output,
        }
    }

    fn stream(self: Pin<&mut Self>) -> io::Result<Pin<&mut TcpStream>> {
        let (stream, _) = self.get_mut().parts()?;
        Ok(stream)
    }

    fn parts(&mut self) -> io::Result<(Pin<&mut TcpStream>, &Output)> {
        match &mut self.stream {
            Some(stream) => Ok((Pin::new(stream), &self.output)),
            None => Err(io::ErrorKind::NotConnected.into()),
        }
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        let (Some(stream), Ok(runtime)) = (self.stream.take(), Handle::try_current()) else {
            return;
        };
        if self.output.is_aborted() && stream.set_zero_linger().is_ok() {
            return;
        }
        send_buffer::give_up_when_unread(&stream);
        runtime.spawn(async move {
            // The result does not matter: the connection ends here.
            let _ = timeout(LINGER_TIMEOUT, discard(stream)).await;
        });
    }
}

async fn discard(mut stream: TcpStream) -> io::Result<()> {
    stream.shutdown().await?;
    let mut buffer = [0; 1024];
    let mut discarded = 0;
    while discarded < MAX_DISCARDED_BYTES {
        match stream.read(&mut buffer).await? {
            0 => break,
            count => discarded += count,
        }
    }
    Ok(())
}

impl AsyncRead for Lingering {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.stream()?.poll_read(context, buffer)
    }
}

impl AsyncWrite for Lingering {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let (stream, output) = self.get_mut().parts()?;
        let written = stream.poll_write(context, bytes);
        output.handle_write(&written);
        written
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let (stream, output) = self.get_mut().parts()?;
        let written = stream.poll_write_vectored(context, slices);
        output.handle_write(&written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream
            .as_ref()
            .is_some_and(AsyncWrite::is_write_vectored)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_shutdown(context)
    }
}
