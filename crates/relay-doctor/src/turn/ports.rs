//! A packet from here straight to a relayed address: what a firewall before the relayed ports
//! stops, and a packet between two allocations of one computer never meets.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    net::UdpSocket,
    time::{MissedTickBehavior, interval, timeout},
};
use turn_client::{Check, Output};

use super::{
    allocation::{Allocation, Asked},
    faults,
};
use crate::{
    finding::{Finding, Step},
    stun,
};

const WITHIN: Duration = Duration::from_secs(3);
const AGAIN: Duration = Duration::from_millis(150);

enum Tried {
    Arrived,
    /// Nothing is relayed to where we are.
    Refused,
    Lost,
}

pub(super) async fn examine(asked: &Asked<'_>, allocation: &mut Allocation) -> Finding {
    let mapped = allocation.allocated.mapped;
    let like_us = |relayed: &&SocketAddr| relayed.is_ipv4() == mapped.is_ipv4();
    let Some(relayed) = allocation.allocated.relayed.iter().find(like_us).copied() else {
        return not_from_here(asked.url, mapped);
    };
    let Ok(socket) = stun::socket_to(relayed).await else {
        return not_from_here(asked.url, mapped);
    };
    let trying = timeout(WITHIN, knock(allocation, &socket, relayed, mapped));
    match trying.await.unwrap_or(Tried::Lost) {
        Tried::Arrived => Finding::well(
            Step::Ports,
            format!(
                "{}: a packet from here to {relayed} came through",
                asked.url
            ),
        ),
        Tried::Refused => not_from_here(asked.url, mapped),
        Tried::Lost => Finding::failed(Step::Ports, faults::ports_closed(relayed).at(asked.url)),
    }
}

async fn knock(
    allocation: &mut Allocation,
    socket: &UdpSocket,
    relayed: SocketAddr,
    mapped: SocketAddr,
) -> Tried {
    let nonce: [u8; 16] = rand::random();
    let mut again = interval(AGAIN);
    again.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // A permission is for an address with all its ports (RFC 8656, 9).
    let (_, check) = Check::new("nobody answers it").request();
    allocation.link.send(relayed, mapped, &check);
    loop {
        tokio::select! {
            _ = again.tick() => {
                // A port that is refused is one that does not let it through.
                let _ = socket.send(&nonce).await;
            }
            output = allocation.link.next() => match output {
                Ok(Output::Received { bytes, .. }) if bytes == nonce => return Tried::Arrived,
                Ok(Output::PeerRefused { .. }) => return Tried::Refused,
                Ok(Output::Ended | Output::Refused(_)) | Err(_) => return Tried::Lost,
                Ok(Output::Received { .. } | Output::Transmit(_) | Output::Allocated(_)) => {}
            },
        }
    }
}

fn not_from_here(url: &str, mapped: SocketAddr) -> Finding {
    Finding::skipped(
        Step::Ports,
        format!(
            "{url}: whether a firewall lets packets in to the relayed ports is not seen from {}, to \
             which nothing is relayed; run this from another network to know",
            mapped.ip()
        ),
    )
}
