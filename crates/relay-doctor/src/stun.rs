//! Asks a STUN server how it sees this computer.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    net::UdpSocket,
    time::{Instant, sleep_until, timeout},
};
use turn_client::{Bindings, Failure, udp};

use crate::{
    clock,
    fault::{Cause, Fault},
    reach::{self, Listener, Unreached},
};

/// A datagram; no STUN answer is larger.
const LARGEST: usize = 2048;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) mapped: SocketAddr,
    pub(crate) took: Duration,
}

pub(crate) async fn ask(server: SocketAddr) -> Result<Seen, Unreached> {
    let failed = |error: &io::Error| reach::diagnose(Some(error), server, Listener::TurnUdp);
    let socket = socket_to(server).await.map_err(|error| failed(&error))?;
    let local = socket.local_addr().map_err(|error| failed(&error))?;
    let began = clock::now();
    let mut bindings = Bindings::new(local, began);
    let first = bindings.ask(server, (), began);
    let answered = timeout(reach::WITHIN, async {
        socket.send(&first).await?;
        hear(&socket, server, &mut bindings).await
    });
    match answered.await {
        Ok(Ok(Ok(mapped))) => Ok(Seen {
            mapped,
            took: began.elapsed(),
        }),
        Ok(Ok(Err(failure))) => Err(Unreached::Fault(refused(server, &failure))),
        Ok(Err(error)) => Err(failed(&error)),
        Err(_) => Err(reach::diagnose(None, server, Listener::TurnUdp)),
    }
}

/// Connected, so that the system tells of a port that nobody listens on.
pub(crate) async fn socket_to(server: SocketAddr) -> io::Result<UdpSocket> {
    let any = match server {
        SocketAddr::V4(_) => SocketAddr::from(([0; 4], 0)),
        SocketAddr::V6(_) => SocketAddr::from(([0; 16], 0)),
    };
    let socket = udp::bound(any)?;
    socket.connect(server).await?;
    Ok(socket)
}

async fn hear(
    socket: &UdpSocket,
    server: SocketAddr,
    bindings: &mut Bindings<()>,
) -> io::Result<Result<SocketAddr, Failure>> {
    let mut buffer = vec![0; LARGEST];
    loop {
        let now = clock::now();
        if let Some(((), answer)) = bindings.poll_answer(now) {
            return Ok(answer);
        }
        while let Some((_, again)) = bindings.poll_transmit(now) {
            socket.send(&again).await?;
        }
        let due = bindings.poll_timeout(now).unwrap_or(now + reach::WITHIN);
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
