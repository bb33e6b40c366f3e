//! Bytes of a connection that the system holds sent and unread.
//!
//! Invariant: they are bounded for each connection. After a connection is closed, unread bytes are
//! not kept.

use std::io;

use socket2::SockRef;
use tokio::net::TcpStream;

/// Enough for 8 Mbit/s at a round trip of 0.1 s. The system counts twice that, for its overhead.
const BUFFER_BYTES: usize = 128 * 1024;
/// The unsent part of it. So a peer that reads nothing is noticed before the system has accepted a
/// whole file. See `TCP_NOTSENT_LOWAT` in tcp(7).
#[cfg(target_os = "linux")]
const UNSENT_BYTES: u32 = 16 * 1024;
/// For a closed connection; see `TCP_USER_TIMEOUT` in tcp(7).
#[cfg(target_os = "linux")]
const CLOSED_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(20);

pub(crate) fn bound(stream: &TcpStream) -> io::Result<()> {
    let socket = SockRef::from(stream);
    socket.set_send_buffer_size(BUFFER_BYTES)?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_notsent_lowat(UNSENT_BYTES)?;
    Ok(())
}

/// For a connection that is about to be closed.
pub(crate) fn give_up_when_unread(stream: &TcpStream) {
    #[cfg(target_os = "linux")]
    if let Err(error) = SockRef::from(stream).set_tcp_user_timeout(Some(CLOSED_TIMEOUT)) {
        tracing::debug!(%error, "the system keeps what was not read for as long as it likes");
    }
    #[cfg(not(target_os = "linux"))]
    let _ = stream;
}
