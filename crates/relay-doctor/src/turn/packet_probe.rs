//! Sends a packet from one allocation to another and back.
//!
//! Invariant: both ends are relayed addresses of the same server. A server relays to its own relayed
//! addresses even if it forbids private peers, so the result does not depend on the doctor's network.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::time::{MissedTickBehavior, interval, timeout};
use turn_client::{Check, CheckId, Output};

use super::{allocation::Allocation, faults};
use crate::{clock, fault::Fault};

const TIMEOUT: Duration = Duration::from_secs(3);
/// A permission takes a round trip. Packets before it are lost.
const RETRY_INTERVAL: Duration = Duration::from_millis(150);

/// Returns the round-trip time.
pub(super) async fn round_trip(
    one: &mut Allocation,
    other: &mut Allocation,
) -> Result<Duration, Fault> {
    let far = other.allocated.relayed.iter().copied();
    let pairs = one.allocated.relayed.iter().copied();
    let pair = pairs
        .flat_map(|near| far.clone().map(move |far| (near, far)))
        .find(|(near, far)| near.is_ipv4() == far.is_ipv4());
    let Some((near, far)) = pair else {
        return Err(faults::packet_lost());
    };
    let carried = timeout(TIMEOUT, carry(one, near, other, far));
    carried.await.unwrap_or_else(|_| Err(faults::packet_lost()))
}

async fn carry(
    one: &mut Allocation,
    near: SocketAddr,
    other: &mut Allocation,
    far: SocketAddr,
) -> Result<Duration, Fault> {
    // A relay lets only checks pass to a peer without consent.
    let check = Check::new(&rand::random::<u128>().to_string());
    let mut sent: Vec<(CheckId, Instant)> = Vec::new();
    let mut retry = interval(RETRY_INTERVAL);
    retry.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // Installs the permission for the way back.
    other.connection.send(far, near, &check.request().1);
    loop {
        tokio::select! {
            _ = retry.tick() => {
                // The id of a check selects its send time.
                let (id, request) = check.request();
                sent.push((id, clock::now()));
                one.connection.send(near, far, &request);
            }
            output = other.connection.next() => match output {
                Ok(Output::Received { peer, bytes, .. }) if peer == near => {
                    if let Some(answer) = check.answer(&bytes) {
                        other.connection.send(far, near, &answer);
                    }
                }
                Ok(Output::PeerRefused { peer, failure }) => {
                    return Err(faults::peer_refused(peer, &failure));
                }
                Ok(Output::Ended | Output::Refused(_)) | Err(_) => return Err(faults::packet_lost()),
                Ok(Output::Received { .. } | Output::Transmit(_) | Output::Allocated(_)) => {}
            },
            output = one.connection.next() => match output {
                Ok(Output::Received { peer, bytes, .. }) if peer == far => {
                    let answered = check.answered(&bytes);
                    if let Some((_, at)) = sent.iter().find(|(id, _)| Some(*id) == answered) {
                        return Ok(at.elapsed());
                    }
                }
                Ok(Output::PeerRefused { peer, failure }) => {
                    return Err(faults::peer_refused(peer, &failure));
                }
                Ok(Output::Ended | Output::Refused(_)) | Err(_) => return Err(faults::packet_lost()),
                Ok(Output::Received { .. } | Output::Transmit(_) | Output::Allocated(_)) => {}
            },
        }
    }
}
