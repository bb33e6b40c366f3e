//! One allocation at a TURN server, by the way it was offered for.

use std::{net::SocketAddr, time::Duration};

use futures_util::future::join;
use tokio::time::timeout;
use turn_client::{Allocated, Credentials, Failure, Host, Link, Output, RelayTransport, Wire};

use super::faults;
use crate::{
    clock,
    reach::{self, Listener, Unreached},
    stun, tls,
    trust::Trust,
};

/// Three transmissions by UDP.
const WITHIN: Duration = Duration::from_millis(3500);

/// What is asked of which server.
pub(super) struct Asked<'a> {
    pub(super) url: &'a str,
    pub(super) host: &'a Host,
    pub(super) by: RelayTransport,
    pub(super) listener: Listener,
    pub(super) credentials: &'a Credentials,
    pub(super) address: SocketAddr,
    pub(super) trust: &'a Trust,
}

pub(super) struct Allocation {
    pub(super) link: Link,
    pub(super) allocated: Allocated,
    pub(super) took: Duration,
}

enum Unallocated {
    Refused(Failure),
    Silent,
}

pub(super) const fn listener(by: RelayTransport) -> Listener {
    match by {
        RelayTransport::Udp => Listener::TurnUdp,
        RelayTransport::Tcp => Listener::TurnTcp,
        RelayTransport::Tls => Listener::TurnTls,
    }
}

impl Asked<'_> {
    pub(super) async fn allocate(&self) -> Result<Allocation, Unreached> {
        match self.by {
            RelayTransport::Udp => self.allocate_by_datagrams().await,
            RelayTransport::Tcp | RelayTransport::Tls => self.allocate_by_stream().await,
        }
    }

    /// A server that keeps silent is asked as a STUN server as well, at the same time: its answer,
    /// or that the port is refused, tells why.
    async fn allocate_by_datagrams(&self) -> Result<Allocation, Unreached> {
        let asking = async {
            match Wire::by_udp(self.address).await {
                Ok((wire, local)) => Ok(self.ask(wire, local).await),
                Err(error) => Err(reach::diagnose(Some(&error), self.address, self.listener)),
            }
        };
        let (asked, seen) = join(asking, stun::ask(self.address)).await;
        match (asked?, seen) {
            (Ok(allocation), _) => Ok(allocation),
            (Err(Unallocated::Refused(failure)), _) => {
                Err(Unreached::Fault(faults::refused(&failure)))
            }
            (Err(Unallocated::Silent), Ok(_)) => Err(Unreached::Fault(faults::only_stun())),
            (Err(Unallocated::Silent), Err(unreached)) => Err(unreached),
        }
    }

    async fn allocate_by_stream(&self) -> Result<Allocation, Unreached> {
        let (stream, _) = reach::connect(self.address, self.listener).await?;
        let error = |error| reach::diagnose(Some(&error), self.address, self.listener);
        let local = stream.local_addr().map_err(error)?;
        let wire = match self.by {
            RelayTransport::Udp | RelayTransport::Tcp => Wire::stream(Box::new(stream)),
            RelayTransport::Tls => {
                let host = match self.host {
                    Host::Address(address) => address.to_string(),
                    Host::Name(name) => name.clone(),
                };
                let secured = tls::handshake(stream, &host, self.trust).await;
                let secured = secured.map_err(|fault| Unreached::Fault(faults::of_tls(fault)))?;
                Wire::stream(Box::new(secured.stream))
            }
        };
        self.ask(wire, local).await.map_err(|reason| {
            Unreached::Fault(match reason {
                Unallocated::Refused(failure) => faults::refused(&failure),
                Unallocated::Silent => faults::no_turn_spoken(),
            })
        })
    }

    async fn ask(&self, wire: Wire, local: SocketAddr) -> Result<Allocation, Unallocated> {
        let began = clock::now();
        let mut link = Link::open(wire, local, self.address, self.credentials);
        let outcome = timeout(WITHIN, async {
            loop {
                match link.next().await {
                    Ok(Output::Allocated(allocated)) => return Ok(allocated),
                    Ok(Output::Refused(failure)) if failure.code == Failure::UNREACHABLE => {
                        return Err(Unallocated::Silent);
                    }
                    Ok(Output::Refused(failure)) => return Err(Unallocated::Refused(failure)),
                    Ok(Output::Ended) | Err(_) => return Err(Unallocated::Silent),
                    Ok(
                        Output::Transmit(_) | Output::Received { .. } | Output::PeerRefused { .. },
                    ) => {}
                }
            }
        });
        let allocated = outcome.await.unwrap_or(Err(Unallocated::Silent))?;
        Ok(Allocation {
            link,
            allocated,
            took: began.elapsed(),
        })
    }
}
