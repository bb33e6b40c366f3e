//! Sends a STUN Binding request and returns the mapped address.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    net::UdpSocket,
    time::{Instant, sleep_until, timeout},
};
use turn_client::{Bindings, Failure, udp};

use crate::{
    clock,
    fault::{Cause, Fault},
    tcp_probe::{self, ConnectError, Listener},
};

/// No STUN response is larger.
const MAX_DATAGRAM_BYTES: usize = 2048;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BindingResult {
    pub(crate) mapped: SocketAddr,
    pub(crate) took: Duration,
}

pub(crate) async fn ask(server: SocketAddr) -> Result<BindingResult, ConnectError> {
    let failed = |error: &io::Error| tcp_probe::diagnose(Some(error), server, Listener::TurnUdp);
    let socket = socket_to(server).await.map_err(|error| failed(&error))?;
    let local = socket.local_addr().map_err(|error| failed(&error))?;
    let began = clock::now();
    let mut bindings = Bindings::new(local, began);
    let first = bindings.ask(server, (), began);
    let answered = timeout(tcp_probe::TIMEOUT, async {
        socket.send(&first).await?;
        receive(&socket, server, &mut bindings).await
    });
    match answered.await {
        Ok(Ok(Ok(mapped))) => Ok(BindingResult {
            mapped,
            took: began.elapsed(),
        }),
        Ok(Ok(Err(failure))) => Err(ConnectError::Fault(refused(server, &failure))),
        Ok(Err(error)) => Err(failed(&error)),
        Err(_) => Err(tcp_probe::diagnose(None, server, Listener::TurnUdp)),
    }
}

/// A connected socket, so that the system reports a port without a listener.
pub(crate) async fn socket_to(server: SocketAddr) -> io::Result<UdpSocket> {
    let any = match server {
        SocketAddr::V4(_) => SocketAddr::from(([0; 4], 0)),
        SocketAddr::V6(_) => SocketAddr::from(([0; 16], 0)),
    };
    let socket = udp::bound(any)?;
    socket.connect(server).await?;
    Ok(socket)
}

async fn receive(
    socket: &UdpSocket,
    server: SocketAddr,
    bindings: &mut Bindings<()>,
) -> io::Result<Result<SocketAddr, Failure>> {
    let mut buffer = vec![0; MAX_DATAGRAM_BYTES];
    loop {
        let now = clock::now();
        if let Some(((), answer)) = bindings.poll_answer(now) {
            return Ok(answer);
        }
        while let Some((_, retry)) = bindings.poll_transmit(now) {
            socket.send(&retry).await?;
        }
        let due = bindings
            .poll_timeout(now)
            .unwrap_or(now + tcp_probe::TIMEOUT);
        tokio::select! {
            received = socket.recv(&mut buffer) => {
                let length = received?;
                bindings.handle_input(server, &buffer[..length], clock::now());
            }
            () = sleep_until(Instant::from_std(due)) => {}
        }
    }
}

fn refused(server: SocketAddr, failure: &Failure) -> Fault {
    Fault::new(
        Cause::TurnRefused,
        format!(
            "{server} refuses to say how it sees this computer: {}",
            failure.text
        ),
        "If this is coturn, leave out no-stun and secure-stun.",
    )
}
