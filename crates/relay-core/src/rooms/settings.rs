//! Settings of the rooms of one relay.

use std::time::Duration;

use super::{BacklogLimits, RoomShare};
use crate::cluster::NodeName;

#[derive(Debug, Clone)]
pub struct RoomSettings {
    pub members: usize,
    pub share: RoomShare,
    pub message_bytes: usize,
    pub grace: Duration,
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
