//! A person's stay in one room of one relay: what it takes to join, and to come back.

use std::time::Instant;

use serde::Deserialize;
use signal_protocol::{
    ClientMessage, Email, ErrorCode, ResumeToken, RoomJoin, RoomJoined, RoomName, Status,
};

use super::{Field, backoff::Backoff, outbox::Outbox};
use crate::relay_choice::{RelayChoice, RelayTarget};

/// What the page asks for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct JoinRequest {
    pub relay: RelayChoice,
    pub room: String,
    pub email: String,
    pub status: String,
}

/// A request in which everything has been understood.
#[derive(Debug)]
pub(super) struct Visit {
    pub(super) relay: RelayTarget,
    pub(super) room: RoomName,
    pub(super) email: Email,
    pub(super) status: Status,
    /// The status changed while nobody could be told.
    pub(super) status_untold: bool,
    pub(super) resume: Option<ResumeToken>,
    pub(super) outbox: Outbox,
    pub(super) backoff: Backoff,
    /// When a reloaded page must have asked for this visit again, or it ends.
    pub(super) claim_until: Option<Instant>,
}

impl Visit {
    /// # Errors
    /// The field that is wrong, and a sentence that says what to enter.
    pub(super) fn new(request: &JoinRequest) -> Result<Self, (Field, String)> {
        let relay = request
            .relay
            .target()
            .map_err(|error| (Field::Relay, error.to_string()))?;
        let room = RoomName::parse(&request.room).map_err(|error| (Field::Room, error.message))?;
        let email = Email::parse(&request.email).map_err(|error| (Field::Email, error.message))?;
        // The page writes the status itself, so a long one is no fault of what was typed.
        let status =
            Status::parse(&request.status).map_err(|error| (Field::Room, error.message))?;
        Ok(Self {
            relay,
            room,
            email,
            status,
            status_untold: false,
            resume: None,
            outbox: Outbox::default(),
            backoff: Backoff::default(),
            claim_until: None,
        })
    }

    pub(super) fn is_same_place(&self, other: &Self) -> bool {
        self.relay == other.relay && self.room == other.room && self.email == other.email
    }

    /// Whether the relay has let this person in before: then a lost link is tried again by itself.
    pub(super) const fn has_been_inside(&self) -> bool {
        self.resume.is_some()
    }

    pub(super) fn join_message(&self) -> ClientMessage {
        ClientMessage::RoomJoin(RoomJoin {
            room: self.room.clone(),
            email: self.email.clone(),
            status: Some(self.status.clone()),
            proof: None,
            resume: self.resume.clone(),
        })
    }

    /// Takes in the relay's answer; yields what is to be sent now that it can be.
    pub(super) fn handle_joined(&mut self, joined: &RoomJoined) -> Vec<ClientMessage> {
        self.resume = Some(joined.resume.clone());
        let status_untold = std::mem::take(&mut self.status_untold);
        if !joined.resumed {
            // The join itself carried the status; ids may have changed.
            return self.outbox.drain_to(&joined.participants);
        }
        let status = self.status.clone();
        let status = status_untold.then_some(ClientMessage::UserStatus { status });
        status.into_iter().chain(self.outbox.drain_all()).collect()
    }
}

/// What an error that answers `room:join` is about.
pub(super) const fn join_error_field(code: ErrorCode) -> Field {
    match code {
        ErrorCode::BadEmail => Field::Email,
        ErrorCode::BadRoom
        | ErrorCode::RoomFull
        | ErrorCode::WrongPasscode
        | ErrorCode::AlreadyJoined
        | ErrorCode::NotJoined
        | ErrorCode::NoSuchUser => Field::Room,
        ErrorCode::BadMessage
        | ErrorCode::UnknownType
        | ErrorCode::RateLimited
        | ErrorCode::TooLarge
        | ErrorCode::ServerFull
        | ErrorCode::ShuttingDown => Field::Relay,
    }
}

/// Whether coming back later may succeed where a join was refused with this code.
pub(super) const fn is_temporary(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::RateLimited | ErrorCode::ServerFull | ErrorCode::ShuttingDown
    )
}
