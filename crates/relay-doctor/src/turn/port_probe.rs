//! Sends a packet from this computer directly to a relayed address. A firewall in front of the
//! relayed ports drops it; a packet between two allocations does not pass that firewall.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    net::UdpSocket,
    time::{MissedTickBehavior, interval, timeout},
};
use turn_client::{Check, Output};

use super::{
    allocation::{Allocation, AllocationProbe},
    faults,
};
use crate::{
    finding::{Finding, Step},
    stun,
};

const TIMEOUT: Duration = Duration::from_secs(3);
const RETRY_INTERVAL: Duration = Duration::from_millis(150);

enum PacketResult {
    Arrived,
    /// The server does not relay to the address of this computer.
    Refused,
    Lost,
}

pub(super) async fn examine(request: &AllocationProbe<'_>, allocation: &mut Allocation) -> Finding {
    let mapped = allocation.allocated.mapped;
    let same_family = |relayed: &&SocketAddr| relayed.is_ipv4() == mapped.is_ipv4();
    let Some(relayed) = allocation
        .allocated
        .relayed
        .iter()
        .find(same_family)
        .copied()
    else {
        return skipped(request.url, mapped);
    };
    let Ok(socket) = stun::socket_to(relayed).await else {
        return skipped(request.url, mapped);
    };
    let trying = timeout(TIMEOUT, probe(allocation, &socket, relayed, mapped));
    match trying.await.unwrap_or(PacketResult::Lost) {
        PacketResult::Arrived => Finding::well(
            Step::Ports,
            format!(
                "{}: a packet from here to {relayed} came through",
                request.url
            ),
        ),
        PacketResult::Refused => skipped(request.url, mapped),
        PacketResult::Lost => {
            Finding::failed(Step::Ports, faults::ports_closed(relayed).at(request.url))
        }
    }
}

async fn probe(
    allocation: &mut Allocation,
    socket: &UdpSocket,
    relayed: SocketAddr,
    mapped: SocketAddr,
) -> PacketResult {
    let nonce: [u8; 16] = rand::random();
    let mut retry = interval(RETRY_INTERVAL);
    retry.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // A permission covers all ports of an address (RFC 8656, 9).
    let (_, check) = Check::new("nobody answers it").request();
    allocation.connection.send(relayed, mapped, &check);
    loop {
        tokio::select! {
            _ = retry.tick() => {
                // An error counts as a lost packet.
                let _ = socket.send(&nonce).await;
            }
            output = allocation.connection.next() => match output {
                Ok(Output::Received { bytes, .. }) if bytes == nonce => return PacketResult::Arrived,
                Ok(Output::PeerRefused { .. }) => return PacketResult::Refused,
                Ok(Output::Ended | Output::Refused(_)) | Err(_) => return PacketResult::Lost,
                Ok(Output::Received { .. } | Output::Transmit(_) | Output::Allocated(_)) => {}
            },
        }
    }
}

fn skipped(url: &str, mapped: SocketAddr) -> Finding {
    Finding::skipped(
        Step::Ports,
        format!(
            "{url}: whether a firewall lets packets in to the relayed ports is not seen from {}, to \
             which nothing is relayed; run this from another network to know",
            mapped.ip()
        ),
    )
}
