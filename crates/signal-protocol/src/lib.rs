//! The protocol between a Snug client and its relay, as types: messages, limits, close codes,
//! errors and invite links.
//!
//! Invariant: nothing here opens, waits for or knows a transport, and nothing looks into a payload.
//! `docs/protocol.md` describes the protocol; the page's TypeScript types are generated from this
//! crate (`cargo xtask types`).

mod address;
mod client;
mod close;
mod error;
#[cfg(fuzzing)]
pub mod fuzzing;
#[cfg(all(test, not(fuzzing)))]
mod fuzzing;
mod ids;
mod invite;
pub mod limits;
mod link_text;
mod payload;
mod server;
mod typed_room;

pub use address::{AddressError, RelayAddress};
pub use client::{ClientMessage, Directed, DirectedFrame, DirectedKind, RoomJoin};
pub use close::CloseCode;
pub use error::{ErrorCode, ErrorMessage};
pub use ids::{DeviceId, Email, MemberId, ResumeToken, RoomName, Status};
pub use invite::{Invite, InviteError, InviteSecret};
pub use link_text::is_room_path;
pub use payload::Payload;
pub use server::{
    Delivered, DeliveredFrame, DeliveredKind, IceServer, LeaveReason, Participant, RoomJoined,
    RoomLimits, SelfParticipant, ServerMessage,
};
pub use typed_room::TypedRoomError;

/// The WebSocket subprotocol of both sides.
pub const SUBPROTOCOL: &str = "snug.v1";

/// The path of the WebSocket on a relay.
pub const WEBSOCKET_PATH: &str = "/ws";

#[cfg(test)]
mod typescript;
