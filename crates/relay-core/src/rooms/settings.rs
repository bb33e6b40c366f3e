//! Settings of the rooms of one relay.

use std::time::Duration;

use super::{BacklogLimits, RoomShare};
use crate::cluster::NodeName;

#[derive(Debug, Clone)]
pub struct RoomSettings {
    pub members: usize,
    pub share: RoomShare,
    pub message_bytes: usize,
    /// Time for which a lost member may resume.
    pub grace: Duration,
    /// The same after the client went away by itself, at most `grace`.
    pub away_grace: Duration,
    /// Time after which the others learn that a member is lost.
    pub lost_notice: Duration,
    pub backlog: BacklogLimits,
    /// Set when several nodes share their rooms.
    pub node: Option<NodeSettings>,
}

/// Settings of one node in a cluster.
#[derive(Debug, Clone)]
pub struct NodeSettings {
    pub name: NodeName,
    /// A silent node counts as alive for this long.
    pub lease: Duration,
    /// Limits of each retransmit queue.
    pub retransmit_limits: BacklogLimits,
}
