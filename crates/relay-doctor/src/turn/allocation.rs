//! Makes one allocation at a TURN server over the transport of its URL.

use std::{net::SocketAddr, time::Duration};

use futures_util::future::join;
use tokio::time::timeout;
use turn_client::{
    Allocated, Credentials, Failure, Host, Output, RelayTransport, ServerTransport, TurnConnection,
};

use super::faults;
use crate::{
    clock, stun,
    tcp_probe::{self, ConnectError, Listener},
    tls,
    trust::Trust,
};

/// Time for three transmissions over UDP.
const TIMEOUT: Duration = Duration::from_millis(3500);

/// The server and the credentials of the allocation.
pub(super) struct AllocationProbe<'a> {
    pub(super) url: &'a str,
    pub(super) host: &'a Host,
    pub(super) by: RelayTransport,
    pub(super) listener: Listener,
    pub(super) credentials: &'a Credentials,
    pub(super) address: SocketAddr,
    pub(super) trust: &'a Trust,
}

pub(super) struct Allocation {
    pub(super) connection: TurnConnection,
    pub(super) allocated: Allocated,
    pub(super) took: Duration,
}

enum AllocateError {
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

impl AllocationProbe<'_> {
    pub(super) async fn allocate(&self) -> Result<Allocation, ConnectError> {
        match self.by {
            RelayTransport::Udp => self.allocate_by_datagrams().await,
            RelayTransport::Tcp | RelayTransport::Tls => self.allocate_by_stream().await,
        }
    }

    /// Sends a STUN Binding request at the same time. If TURN gets no response, the Binding response
    /// or the refused port gives the reason.
    async fn allocate_by_datagrams(&self) -> Result<Allocation, ConnectError> {
        let allocating = async {
            match ServerTransport::by_udp(self.address).await {
                Ok((transport, local)) => Ok(self.ask(transport, local).await),
                Err(error) => Err(tcp_probe::diagnose(
                    Some(&error),
                    self.address,
                    self.listener,
                )),
            }
        };
        let (allocated, binding) = join(allocating, stun::ask(self.address)).await;
        match (allocated?, binding) {
            (Ok(allocation), _) => Ok(allocation),
            (Err(AllocateError::Refused(failure)), _) => {
                Err(ConnectError::Fault(faults::refused(&failure)))
            }
            (Err(AllocateError::Silent), Ok(_)) => Err(ConnectError::Fault(faults::only_stun())),
            (Err(AllocateError::Silent), Err(unreached)) => Err(unreached),
        }
    }

    async fn allocate_by_stream(&self) -> Result<Allocation, ConnectError> {
        let (stream, _) = tcp_probe::connect(self.address, self.listener).await?;
        let error = |error| tcp_probe::diagnose(Some(&error), self.address, self.listener);
        let local = stream.local_addr().map_err(error)?;
        let transport = match self.by {
            RelayTransport::Udp | RelayTransport::Tcp => ServerTransport::stream(Box::new(stream)),
            RelayTransport::Tls => {
                let host = match self.host {
                    Host::Address(address) => address.to_string(),
                    Host::Name(name) => name.clone(),
                };
                let secured = tls::handshake(stream, &host, self.trust).await;
                let secured =
                    secured.map_err(|fault| ConnectError::Fault(faults::tls_fault(fault)))?;
                ServerTransport::stream(Box::new(secured.stream))
            }
        };
        self.ask(transport, local).await.map_err(|reason| {
            ConnectError::Fault(match reason {
                AllocateError::Refused(failure) => faults::refused(&failure),
                AllocateError::Silent => faults::no_turn_spoken(),
            })
        })
    }

    async fn ask(
        &self,
        transport: ServerTransport,
        local: SocketAddr,
    ) -> Result<Allocation, AllocateError> {
        let began = clock::now();
        let mut connection = TurnConnection::open(transport, local, self.address, self.credentials);
        let outcome = timeout(TIMEOUT, async {
            loop {
                match connection.next().await {
                    Ok(Output::Allocated(allocated)) => return Ok(allocated),
                    Ok(Output::Refused(failure)) if failure.code == Failure::UNREACHABLE => {
                        return Err(AllocateError::Silent);
                    }
                    Ok(Output::Refused(failure)) => return Err(AllocateError::Refused(failure)),
                    Ok(Output::Ended) | Err(_) => return Err(AllocateError::Silent),
                    Ok(
                        Output::Transmit(_) | Output::Received { .. } | Output::PeerRefused { .. },
                    ) => {}
                }
            }
        });
        let allocated = outcome.await.unwrap_or(Err(AllocateError::Silent))?;
        Ok(Allocation {
            connection,
            allocated,
            took: began.elapsed(),
        })
    }
}
