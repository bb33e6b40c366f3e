//! Cluster connection: the command queue to Redis and the joins that wait for an answer.
//!
//! Invariant: no socket, no clock. The queue is bounded: an overrun counts as a lost connection.
//! Commands are queued only while connected. Each pending join is answered, at the latest when the
//! connection is lost.

use std::collections::{HashMap, VecDeque};

use super::command::Command;

/// Limit of the commands in the queue.
const MAX_COMMANDS: usize = 65_536;
const MAX_QUEUED_BYTES: usize = 64 * 1024 * 1024;

/// Identifies one connection to Redis.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Generation(u64);

#[derive(Debug)]
pub struct ClusterConnection<PendingJoin> {
    phase: Phase,
    last_generation: u64,
    commands: VecDeque<Command>,
    bytes: usize,
    pending_joins: HashMap<u64, PendingJoin>,
    last_request: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Partitioned,
    Connected(Generation),
    /// The queue overran. The task reconnects.
    Overrun,
}

impl<PendingJoin> Default for ClusterConnection<PendingJoin> {
    fn default() -> Self {
        Self::new()
    }
}

impl<PendingJoin> ClusterConnection<PendingJoin> {
    pub fn new() -> Self {
        Self {
            phase: Phase::Partitioned,
            last_generation: 0,
            commands: VecDeque::new(),
            bytes: 0,
            pending_joins: HashMap::new(),
            last_request: 0,
        }
    }

    /// The generation of the next connection.
    pub fn next_generation(&mut self) -> Generation {
        self.last_generation += 1;
        Generation(self.last_generation)
    }

    /// `first` goes before all other commands. Only the number of rooms bounds it.
    pub fn handle_connected(
        &mut self,
        generation: Generation,
        first: impl IntoIterator<Item = Command>,
    ) {
        self.phase = Phase::Connected(generation);
        let kept = std::mem::take(&mut self.commands);
        self.commands = first.into_iter().chain(kept).collect();
        self.bytes = self.commands.iter().map(Command::bytes).sum();
    }

    /// Returns the pending joins and the unsent commands. Handovers stay for the next connection,
    /// because no other node has their content.
    pub fn handle_partitioned(&mut self) -> (Vec<PendingJoin>, VecDeque<Command>) {
        self.phase = Phase::Partitioned;
        let pending_joins = self
            .pending_joins
            .drain()
            .map(|(_, pending_join)| pending_join)
            .collect();
        let commands = std::mem::take(&mut self.commands);
        let is_kept = |command: &Command| matches!(command, Command::HandOver { .. });
        let (kept, unsent) = commands.into_iter().partition(is_kept);
        self.commands = kept;
        self.bytes = self.commands.iter().map(Command::bytes).sum();
        (pending_joins, unsent)
    }

    pub fn is_connected(&self) -> bool {
        matches!(self.phase, Phase::Connected(_))
    }

    pub fn is_overrun(&self) -> bool {
        self.phase == Phase::Overrun
    }

    /// Whether the generation is that of the current connection.
    pub fn is_current(&self, generation: Generation) -> bool {
        self.phase == Phase::Connected(generation)
    }

    pub fn push(&mut self, command: Command) {
        if !self.is_connected() {
            return;
        }
        if let (
            Some(Command::Ack {
                number: last,
                node: of,
                to: by,
                ..
            }),
            Command::Ack {
                number, node, to, ..
            },
        ) = (self.commands.back_mut(), &command)
            && of == node
            && by == to
        {
            *last = *number;
            return;
        }
        // A second request is redundant.
        if matches!(command, Command::ResendRequest { .. })
            && self.commands.back() == Some(&command)
        {
            return;
        }
        let bytes = self.bytes + command.bytes();
        if self.commands.len() >= MAX_COMMANDS || bytes > MAX_QUEUED_BYTES {
            self.phase = Phase::Overrun;
            return;
        }
        self.bytes = bytes;
        self.commands.push_back(command);
    }

    pub fn pop(&mut self) -> Option<Command> {
        if !self.is_connected() {
            return None;
        }
        let command = self.commands.pop_front()?;
        self.bytes -= command.bytes();
        Some(command)
    }

    pub fn has_commands(&self) -> bool {
        !self.commands.is_empty()
    }

    /// Queues a join. `make` gets the number that its answer will carry.
    pub fn ask(&mut self, pending_join: PendingJoin, make: impl FnOnce(u64) -> Command) {
        self.last_request += 1;
        self.pending_joins.insert(self.last_request, pending_join);
        let command = make(self.last_request);
        self.push(command);
    }

    pub fn answered(&mut self, request: u64) -> Option<PendingJoin> {
        self.pending_joins.remove(&request)
    }
}

#[cfg(test)]
mod tests {
    use signal_protocol::{MemberId, RoomName};

    use super::*;
    use crate::cluster::{Handover, HandoverTarget, NodeName};

    fn resend_request(to: &str) -> Command {
        Command::ResendRequest {
            node: NodeName::new("n"),
            room: RoomName::parse("r").unwrap(),
            to: MemberId::new(to),
        }
    }

    fn ack(to: &str, number: u64) -> Command {
        Command::Ack {
            node: NodeName::new("n"),
            room: RoomName::parse("r").unwrap(),
            to: MemberId::new(to),
            number,
        }
    }

    fn connected() -> ClusterConnection<u8> {
        let mut cluster = ClusterConnection::new();
        let generation = cluster.next_generation();
        cluster.handle_connected(generation, []);
        cluster
    }

    #[test]
    fn commands_leave_in_order_and_only_while_connected() {
        let mut cluster: ClusterConnection<u8> = ClusterConnection::new();
        cluster.push(resend_request("ann"));
        assert_eq!(cluster.pop(), None);
        let mut cluster = connected();
        cluster.push(resend_request("ann"));
        cluster.push(resend_request("bob"));
        assert_eq!(cluster.pop(), Some(resend_request("ann")));
        let (_, unsent) = cluster.handle_partitioned();
        assert_eq!(unsent, [resend_request("bob")]);
        assert_eq!(cluster.pop(), None);
    }

    #[test]
    fn handover_survives_partition_and_follows_sync() {
        // A handover stays queued for the next connection, behind the commands that run first.
        let mut cluster = connected();
        let hand_over = |target| Command::HandOver {
            room: RoomName::parse("r").unwrap(),
            id: MemberId::new("ann"),
            handover: Handover::default(),
            target,
        };
        cluster.push(hand_over(HandoverTarget::CurrentOwner));
        cluster.push(resend_request("ann"));
        cluster.push(hand_over(HandoverTarget::NextOwner));
        assert_eq!(cluster.handle_partitioned().1, [resend_request("ann")]);
        assert_eq!(cluster.pop(), None, "there is no connection");
        let generation = cluster.next_generation();
        cluster.handle_connected(generation, [resend_request("bob")]);
        let all: Vec<Command> = std::iter::from_fn(|| cluster.pop()).collect();
        let expect = [
            resend_request("bob"),
            hand_over(HandoverTarget::CurrentOwner),
            hand_over(HandoverTarget::NextOwner),
        ];
        assert_eq!(all, expect);
        assert_eq!(cluster.bytes, 0);
    }

    #[test]
    fn acks_of_one_member_are_merged() {
        let mut cluster = connected();
        for command in [ack("ann", 1), ack("ann", 2), ack("bob", 3), ack("ann", 4)] {
            cluster.push(command);
        }
        assert_eq!(cluster.pop(), Some(ack("ann", 2)));
        assert_eq!(cluster.pop(), Some(ack("bob", 3)));
        assert_eq!(cluster.pop(), Some(ack("ann", 4)));
        assert_eq!((cluster.pop(), cluster.bytes), (None, 0));
    }

    #[test]
    fn lost_connection_answers_pending_joins() {
        let mut cluster = connected();
        cluster.ask(7, |_| resend_request("ann"));
        cluster.ask(8, |_| resend_request("bob"));
        assert_eq!(cluster.answered(1), Some(7));
        assert_eq!(cluster.handle_partitioned().0, [8]);
        assert_eq!(cluster.answered(2), None);
    }

    #[test]
    fn command_queue_overrun_is_a_lost_connection() {
        let mut cluster = connected();
        for number in 0..=MAX_COMMANDS {
            assert!(!cluster.is_overrun(), "{number}");
            cluster.push(resend_request(if number % 2 == 0 { "ann" } else { "bob" }));
        }
        assert!(cluster.is_overrun());
        cluster.handle_partitioned();
        assert!(!cluster.is_overrun() && !cluster.has_commands());
    }

    #[test]
    fn message_of_an_old_connection_is_not_current() {
        let mut cluster: ClusterConnection<u8> = ClusterConnection::new();
        let old = cluster.next_generation();
        cluster.handle_connected(old, []);
        cluster.handle_partitioned();
        let new = cluster.next_generation();
        assert!(!cluster.is_current(old) && !cluster.is_current(new));
        cluster.handle_connected(new, []);
        assert!(!cluster.is_current(old) && cluster.is_current(new));
    }
}
