//! What is sent to a sound server, and which of its commands the server has yet to answer.
//!
//! Invariant: no clock, socket or task. Transmits come out in order, and each command has a serial of
//! its own.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Instant,
};

use pulseaudio::protocol::Command;

use crate::pulse_connection::{PulseFailure, REPLY_TIMEOUT, Transmit};

/// `Kind` is what the sender keeps of a command until its answer.
#[derive(Debug)]
pub(crate) struct PulseRequests<Kind> {
    pending: BTreeMap<u32, PendingRequest<Kind>>,
    serial: u32,
    transmits: VecDeque<Transmit>,
}

#[derive(Debug)]
struct PendingRequest<Kind> {
    sent_at: Instant,
    kind: Kind,
}

impl<Kind> PulseRequests<Kind> {
    pub(crate) fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    /// A command whose answer does not matter.
    pub(crate) fn command(&mut self, command: Command) {
        self.serial = self.serial.wrapping_add(1);
        let transmit = Transmit::Command(self.serial, Box::new(command));
        self.transmits.push_back(transmit);
    }

    /// Returns the serial of the command.
    pub(crate) fn request(&mut self, now: Instant, command: Command, kind: Kind) -> u32 {
        self.command(command);
        let request = PendingRequest { sent_at: now, kind };
        self.pending.insert(self.serial, request);
        self.serial
    }

    pub(crate) fn audio(&mut self, channel: u32, samples: Vec<f32>) {
        self.transmits.push_back(Transmit::Audio(channel, samples));
    }

    /// The command with this serial has its answer. `None` if it waited for none.
    pub(crate) fn answered(&mut self, serial: u32) -> Option<Kind> {
        Some(self.pending.remove(&serial)?.kind)
    }

    /// Whether the server answers in time; called about once per second.
    pub(crate) fn handle_timeout(&self, now: Instant) -> Result<(), PulseFailure> {
        let mut requests = self.pending.values();
        if requests.any(|request| now.duration_since(request.sent_at) > REPLY_TIMEOUT) {
            return Err(PulseFailure::Timeout);
        }
        Ok(())
    }

    /// Of the last command.
    #[cfg(test)]
    pub(crate) fn serial(&self) -> u32 {
        self.serial
    }

    /// The connection is lost. Serials go on.
    pub(crate) fn clear(&mut self) {
        self.transmits.clear();
        self.pending.clear();
    }
}

// A derived one would want a default of the kind.
impl<Kind> Default for PulseRequests<Kind> {
    fn default() -> Self {
        Self {
            pending: BTreeMap::new(),
            serial: 0,
            transmits: VecDeque::new(),
        }
    }
}
