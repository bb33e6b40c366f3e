//! A packet from one allocation to another and back.
//!
//! Invariant: both ends are relayed addresses of the same server, which relays to its own where it
//! refuses private ones; so it is proven wherever one asks from.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::time::{MissedTickBehavior, interval, timeout};
use turn_client::{Check, CheckId, Output};

use super::{allocation::Allocation, faults};
use crate::{clock, fault::Fault};

const WITHIN: Duration = Duration::from_secs(3);
/// Permissions take a round trip each; what comes before them is lost.
const AGAIN: Duration = Duration::from_millis(150);

/// How long it took.
pub(super) async fn there_and_back(
    one: &mut Allocation,
    other: &mut Allocation,
) -> Result<Duration, Fault> {
    let far = other.allocated.relayed.iter().copied();
    let pairs = one.allocated.relayed.iter().copied();
    let pair = pairs
        .flat_map(|near| far.clone().map(move |far| (near, far)))
        .find(|(near, far)| near.is_ipv4() == far.is_ipv4());
    let Some((near, far)) = pair else {
        return Err(faults::lost());
    };
    let carried = timeout(WITHIN, carry(one, near, other, far));
    carried.await.unwrap_or_else(|_| Err(faults::lost()))
}

async fn carry(
    one: &mut Allocation,
    near: SocketAddr,
    other: &mut Allocation,
    far: SocketAddr,
) -> Result<Duration, Fault> {
    // Relays let nothing else through to a peer that has not answered one.
    let check = Check::new(&rand::random::<u128>().to_string());
    let mut sent: Vec<(CheckId, Instant)> = Vec::new();
    let mut again = interval(AGAIN);
    again.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // Opens the way back.
    other.link.send(far, near, &check.request().1);
    loop {
        tokio::select! {
            _ = again.tick() => {
                // Each has its number, so that the one that is answered is timed.
                let (id, request) = check.request();
                sent.push((id, clock::now()));
                one.link.send(near, far, &request);
            }
            output = other.link.next() => match output {
                Ok(Output::Received { peer, bytes, .. }) if peer == near => {
                    if let Some(answer) = check.answer(&bytes) {
                        other.link.send(far, near, &answer);
                    }
                }
                Ok(Output::PeerRefused { peer, failure }) => {
                    return Err(faults::peer_refused(peer, &failure));
                }
                Ok(Output::Ended | Output::Refused(_)) | Err(_) => return Err(faults::lost()),
                Ok(Output::Received { .. } | Output::Transmit(_) | Output::Allocated(_)) => {}
            },
            output = one.link.next() => match output {
                Ok(Output::Received { peer, bytes, .. }) if peer == far => {
                    let answered = check.answered(&bytes);
                    if let Some((_, at)) = sent.iter().find(|(id, _)| Some(*id) == answered) {
                        return Ok(at.elapsed());
                    }
                }
                Ok(Output::PeerRefused { peer, failure }) => {
                    return Err(faults::peer_refused(peer, &failure));
                }
                Ok(Output::Ended | Output::Refused(_)) | Err(_) => return Err(faults::lost()),
                Ok(Output::Received { .. } | Output::Transmit(_) | Output::Allocated(_)) => {}
            },
        }
    }
}
