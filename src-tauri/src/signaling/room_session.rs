//! A room session: one stay in a room of a relay, with everything needed to join and resume.

use std::time::Instant;

use serde::Deserialize;
use signal_protocol::{
    ClientMessage, DeviceId, Email, ErrorCode, ResumeToken, RoomJoin, RoomJoined, RoomName, Status,
};

use super::{Field, backoff::Backoff, outbox::Outbox};
use crate::{
    fault::ShellFault,
    relay_choice::{RelayChoice, RelayTarget},
};

/// The page's request to join a room.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct JoinRequest {
    pub relay: RelayChoice,
    pub room: String,
    pub email: String,
    pub status: String,
    /// The secret of this device in this room. One that is too short or too long is not sent.
    pub device: String,
    /// Of a private room; must equal that of the first member.
    pub proof: Option<String>,
}

/// A validated join request with its resume state.
#[derive(Debug)]
pub(super) struct RoomSession {
    pub(super) relay: RelayTarget,
    pub(super) room: RoomName,
    pub(super) email: Email,
    pub(super) status: Status,
    device: Option<DeviceId>,
    proof: Option<String>,
    pub(super) resume: Option<ResumeToken>,
    pub(super) outbox: Outbox,
    pub(super) backoff: Backoff,
    /// A reloaded page has to rejoin by this time, or the session ends.
    pub(super) reclaim_until: Option<Instant>,
}

impl RoomSession {
    /// # Errors
    /// The field that is wrong, and what is wrong with it.
    pub(super) fn new(request: &JoinRequest) -> Result<Self, (Field, ShellFault)> {
        let relay = request
            .relay
            .target()
            .map_err(|error| (Field::Relay, error.into()))?;
        let room = RoomName::parse(&request.room).map_err(|error| (Field::Room, error.into()))?;
        let email = Email::parse(&request.email).map_err(|error| (Field::Email, error.into()))?;
        // The page writes the status, so an invalid one is no input error.
        let status = Status::parse(&request.status).map_err(|error| (Field::Room, error.into()))?;
        Ok(Self {
            relay,
            room,
            email,
            status,
            device: DeviceId::parse(&request.device).ok(),
            proof: request.proof.clone(),
            resume: None,
            outbox: Outbox::default(),
            backoff: Backoff::default(),
            reclaim_until: None,
        })
    }

    pub(super) fn is_same_room(&self, other: &Self) -> bool {
        self.relay == other.relay && self.room == other.room && self.email == other.email
    }

    /// Whether the relay accepted a join before. Only then a lost connection is retried.
    pub(super) const fn has_joined_before(&self) -> bool {
        self.resume.is_some()
    }

    pub(super) fn join_message(&self) -> ClientMessage {
        ClientMessage::RoomJoin(RoomJoin {
            room: self.room.clone(),
            email: self.email.clone(),
            status: Some(self.status.clone()),
            proof: self.proof.clone(),
            resume: self.resume.clone(),
            device: self.device.clone(),
        })
    }

    /// Handles `room:joined`, the answer to a join with this status; returns the messages to send.
    pub(super) fn handle_joined(
        &mut self,
        joined: &RoomJoined,
        said: &Status,
    ) -> Vec<ClientMessage> {
        self.resume = Some(joined.resume.clone());
        if !joined.resumed {
            // All ids may be new. The page repeats messages that still matter.
            self.outbox.clear();
        }
        let status = self.status.clone();
        let changed = (status != *said).then_some(ClientMessage::UserStatus { status });
        changed.into_iter().chain(self.outbox.drain_all()).collect()
    }
}

/// Whether a retry may succeed after this error code.
pub(super) const fn is_temporary(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::RateLimited | ErrorCode::ServerFull | ErrorCode::ShuttingDown
    )
}
