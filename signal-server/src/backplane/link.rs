//! This node's side of what it has with Redis: what is to be said, and which joins wait.
//!
//! Invariant: pure. Bounded: a queue that would grow past its bounds is a lost connection, which
//! the next one makes good. Commands are kept only while there is a connection; every join that
//! waits is answered, at the latest when the connection is lost.

use std::collections::{HashMap, VecDeque};

use super::command::Command;

/// What may wait for Redis.
const MOST_COMMANDS: usize = 65_536;
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// One connection to Redis; each is another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Generation(u64);

#[derive(Debug)]
pub(crate) struct Link<Waiting> {
    phase: Phase,
    last_generation: u64,
    commands: VecDeque<Command>,
    bytes: usize,
    waiting: HashMap<u64, Waiting>,
    last_request: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Apart,
    Together(Generation),
    /// More was to be said than it takes; its task is to connect anew.
    Overrun,
}

impl<Waiting> Link<Waiting> {
    pub(crate) fn new() -> Self {
        Self {
            phase: Phase::Apart,
            last_generation: 0,
            commands: VecDeque::new(),
            bytes: 0,
            waiting: HashMap::new(),
            last_request: 0,
        }
    }

    /// What comes by the connection about to be made.
    pub(crate) fn next_generation(&mut self) -> Generation {
        self.last_generation += 1;
        Generation(self.last_generation)
    }

    /// `first` is said before anything else, and not bounded but by the rooms.
    pub(crate) fn handle_connected(
        &mut self,
        generation: Generation,
        first: impl IntoIterator<Item = Command>,
    ) {
        self.phase = Phase::Together(generation);
        let kept = std::mem::take(&mut self.commands);
        self.commands = first.into_iter().chain(kept).collect();
        self.bytes = self.commands.iter().map(Command::bytes).sum();
    }

    /// Answers the joins that will not be decided, and what will not be said. What is handed over
    /// nobody else has: the next connection is told.
    pub(crate) fn handle_apart(&mut self) -> (Vec<Waiting>, VecDeque<Command>) {
        self.phase = Phase::Apart;
        let waiting = self.waiting.drain().map(|(_, waiting)| waiting).collect();
        let commands = std::mem::take(&mut self.commands);
        let is_kept = |command: &Command| matches!(command, Command::HandOver { .. });
        let (kept, unsaid) = commands.into_iter().partition(is_kept);
        self.commands = kept;
        self.bytes = self.commands.iter().map(Command::bytes).sum();
        (waiting, unsaid)
    }

    pub(crate) fn is_together(&self) -> bool {
        matches!(self.phase, Phase::Together(_))
    }

    pub(crate) fn is_overrun(&self) -> bool {
        self.phase == Phase::Overrun
    }

    /// Whether this came by the connection there is.
    pub(crate) fn is_current(&self, generation: Generation) -> bool {
        self.phase == Phase::Together(generation)
    }

    pub(crate) fn push(&mut self, command: Command) {
        if !self.is_together() {
            return;
        }
        if let (
            Some(Command::Heard {
                number: last,
                node: of,
                to: by,
                ..
            }),
            Command::Heard {
                number, node, to, ..
            },
        ) = (self.commands.back_mut(), &command)
            && of == node
            && by == to
        {
            *last = *number;
            return;
        }
        // Said once is enough.
        if matches!(command, Command::Again { .. }) && self.commands.back() == Some(&command) {
            return;
        }
        let bytes = self.bytes + command.bytes();
        if self.commands.len() >= MOST_COMMANDS || bytes > MOST_BYTES {
            self.phase = Phase::Overrun;
            return;
        }
        self.bytes = bytes;
        self.commands.push_back(command);
    }

    pub(crate) fn pop(&mut self) -> Option<Command> {
        if !self.is_together() {
            return None;
        }
        let command = self.commands.pop_front()?;
        self.bytes -= command.bytes();
        Some(command)
    }

    pub(crate) fn has_commands(&self) -> bool {
        !self.commands.is_empty()
    }

    /// Says what only Redis can decide; `make` is given the number the answer will carry.
    pub(crate) fn ask(&mut self, waiting: Waiting, make: impl FnOnce(u64) -> Command) {
        self.last_request += 1;
        self.waiting.insert(self.last_request, waiting);
        let command = make(self.last_request);
        self.push(command);
    }

    pub(crate) fn answered(&mut self, request: u64) -> Option<Waiting> {
        self.waiting.remove(&request)
    }
}

#[cfg(test)]
mod tests {
    use signal_protocol::{MemberId, RoomName};

    use super::*;
    use crate::backplane::{Handover, NodeName, Taker};

    fn again(to: &str) -> Command {
        Command::Again {
            node: NodeName::new("n"),
            room: RoomName::parse("r").unwrap(),
            to: MemberId::new(to),
        }
    }

    fn heard(to: &str, number: u64) -> Command {
        Command::Heard {
            node: NodeName::new("n"),
            room: RoomName::parse("r").unwrap(),
            to: MemberId::new(to),
            number,
        }
    }

    fn together() -> Link<u8> {
        let mut link = Link::new();
        let generation = link.next_generation();
        link.handle_connected(generation, []);
        link
    }

    #[test]
    fn commands_leave_in_order_and_only_while_there_is_a_connection() {
        let mut link: Link<u8> = Link::new();
        link.push(again("ann"));
        assert_eq!(link.pop(), None);
        let mut link = together();
        link.push(again("ann"));
        link.push(again("bob"));
        assert_eq!(link.pop(), Some(again("ann")));
        let (_, unsaid) = link.handle_apart();
        assert_eq!(unsaid, [again("bob")]);
        assert_eq!(link.pop(), None);
    }

    #[test]
    fn what_is_handed_over_waits_for_the_next_connection_behind_what_is_said_first() {
        let mut link = together();
        let hand_over = |taker| Command::HandOver {
            room: RoomName::parse("r").unwrap(),
            id: MemberId::new("ann"),
            handover: Handover::default(),
            taker,
        };
        link.push(hand_over(Taker::Home));
        link.push(again("ann"));
        link.push(hand_over(Taker::Next));
        assert_eq!(link.handle_apart().1, [again("ann")]);
        assert_eq!(link.pop(), None, "there is no connection");
        let generation = link.next_generation();
        link.handle_connected(generation, [again("bob")]);
        let all: Vec<Command> = std::iter::from_fn(|| link.pop()).collect();
        let expect = [again("bob"), hand_over(Taker::Home), hand_over(Taker::Next)];
        assert_eq!(all, expect);
        assert_eq!(link.bytes, 0);
    }

    #[test]
    fn what_a_member_heard_is_said_once_for_several() {
        let mut link = together();
        for command in [
            heard("ann", 1),
            heard("ann", 2),
            heard("bob", 3),
            heard("ann", 4),
        ] {
            link.push(command);
        }
        assert_eq!(link.pop(), Some(heard("ann", 2)));
        assert_eq!(link.pop(), Some(heard("bob", 3)));
        assert_eq!(link.pop(), Some(heard("ann", 4)));
        assert_eq!((link.pop(), link.bytes), (None, 0));
    }

    #[test]
    fn a_lost_connection_answers_whoever_waits() {
        let mut link = together();
        link.ask(7, |_| again("ann"));
        link.ask(8, |_| again("bob"));
        assert_eq!(link.answered(1), Some(7));
        assert_eq!(link.handle_apart().0, [8]);
        assert_eq!(link.answered(2), None);
    }

    #[test]
    fn a_queue_past_its_bounds_is_a_lost_connection() {
        let mut link = together();
        for number in 0..=MOST_COMMANDS {
            assert!(!link.is_overrun(), "{number}");
            link.push(again(if number % 2 == 0 { "ann" } else { "bob" }));
        }
        assert!(link.is_overrun());
        link.handle_apart();
        assert!(!link.is_overrun() && !link.has_commands());
    }

    #[test]
    fn what_comes_late_by_an_old_connection_is_not_current() {
        let mut link: Link<u8> = Link::new();
        let old = link.next_generation();
        link.handle_connected(old, []);
        link.handle_apart();
        let new = link.next_generation();
        assert!(!link.is_current(old) && !link.is_current(new));
        link.handle_connected(new, []);
        assert!(!link.is_current(old) && link.is_current(new));
    }
}
