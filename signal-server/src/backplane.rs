//! Cluster backplane: several relays share their rooms through Redis or Valkey.
//!
//! Invariant: nothing here runs on a single node. Redis decides who is in a room and does not read
//! messages. The next connection restores all that a lost one dropped.
//!
//! The members of a room are in one hash. Scripts change the hash and publish each change to the
//! channel of every node that has members in the room. So each node gets the changes of a room in
//! the order in which Redis decided them. The answer to a join comes on the same channel. A message
//! to a remote member goes to the channel of its node and stays in the retransmit queue of the
//! sender's node until it is acknowledged. After each connection a node publishes its members
//! (`sync`), and all nodes compare.

mod call;
mod connection;
mod failure;
mod scripts;
mod task;

pub(crate) use task::Backplane;
