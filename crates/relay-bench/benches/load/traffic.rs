//! Messages between two members: numbered, with their send time.
//!
//! Invariant: each reader gets every message of the other once and in order, or the program ends.

use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use signal_protocol::{ClientMessage, Directed, DirectedKind, MemberId, Payload, ServerMessage};
use tokio::time::{interval_at, timeout};
use tokio_tungstenite::tungstenite::Message;

use crate::{latencies::Latencies, member::Member};

/// The time in which the last message has to arrive.
const ARRIVAL_TIMEOUT: Duration = Duration::from_secs(10);

/// The rate and size of a member's messages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// Times are nanoseconds since this moment.
    pub(crate) epoch: Instant,
    pub(crate) first: Instant,
    pub(crate) every: Duration,
    pub(crate) count: u64,
    pub(crate) bytes: usize,
}

/// Sends this many messages to the other member and reads as many from it. Returns their latencies.
pub(crate) async fn exchange(
    mut member: Member,
    other: MemberId,
    pace: Pace,
) -> (Member, Latencies) {
    let mut latencies = Latencies::default();
    let mut due = interval_at(pace.first.into(), pace.every);
    let (mut sent, mut heard) = (0, 0);
    while sent < pace.count || heard < pace.count {
        tokio::select! {
            _ = due.tick(), if sent < pace.count => {
                let message = message(&other, pace, sent);
                member.socket.send(Message::text(message)).await.unwrap();
                sent += 1;
            }
            read = timeout(pace.every + ARRIVAL_TIMEOUT, member.socket.next()) => {
                let read = read.unwrap_or_else(|_| {
                    panic!("of {} messages {heard} came, then none for long", pace.count)
                });
                let text = match read.unwrap().unwrap() {
                    Message::Text(text) => text,
                    Message::Close(why) => panic!("the relay closed the socket: {why:?}"),
                    _ => continue,
                };
                let (number, at) = read_message(&text, &other);
                assert_eq!(number, heard, "lost, twice or out of order");
                latencies.add(pace.epoch.elapsed().saturating_sub(at));
                heard += 1;
            }
        }
    }
    (member, latencies)
}

pub(crate) fn message(to: &MemberId, pace: Pace, number: u64) -> String {
    let at = pace.epoch.elapsed().as_nanos();
    let text = format!("{number} {at} ");
    let filled = format!("{text:x<width$}", width = pace.bytes);
    ClientMessage::Directed(Directed {
        kind: DirectedKind::PeerCandidate,
        to: to.clone(),
        payload: Payload::from_text(&filled),
    })
    .encode()
}

fn read_message(frame: &str, from: &MemberId) -> (u64, Duration) {
    let ServerMessage::Delivered(delivered) = ServerMessage::decode(frame).unwrap() else {
        panic!("not expected: {frame}");
    };
    assert_eq!(delivered.from, *from);
    let text = delivered.payload.to_text().unwrap();
    let mut words = text.split(' ');
    let mut next = || words.next().unwrap().parse::<u64>().unwrap();
    let (number, at) = (next(), next());
    (number, Duration::from_nanos(at))
}
