//! Several nodes as one relay: what a node asks of Redis, what nodes tell each other, and the
//! commands that wait for the connection.
//!
//! Invariant: no socket, no clock. `rooms` decides what is asked and applies what others tell.

mod command;
mod connection;
mod node_message;

pub use command::{Admission, Command, ForwardAttempt, HandoverTarget, Join, RoomRecords};
pub use connection::{ClusterConnection, Generation};
pub use node_message::{
    BacklogLocation, ForwardedMessage, Handover, JoinAnswer, JoinEntered, JoinRefused, JoinResumed,
    NodeMessage, NodeName, Record, RecordedLoss, RefusalReason, SecretHash,
};
