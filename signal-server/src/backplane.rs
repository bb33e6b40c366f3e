//! Several relays as one: what they share by Redis (or Valkey), and how they talk.
//!
//! Invariant: not needed on one node, where nothing in here runs. Redis decides who is in a room;
//! what is in a message passes through it unread. Whatever is lost with a connection, the next one
//! makes good.
//!
//! A room's members stand in one hash. Scripts change it and publish the change to the channel of
//! every node with members there, so each node hears of each room in the order in which Redis
//! decided; the answer to a join comes on the same channel. A message to a member on another node
//! goes to that node's channel and stays with its sender's node until it is heard. After each
//! (re)connection a node says which members it has (`sync`), and everybody compares.

mod command;
mod connection;
mod failure;
mod link;
mod note;
mod scripts;
mod task;
mod url;

pub(crate) use command::{Admits, Call, CallSettings, Command, Join, RoomRecords, Sending, Taker};
pub(crate) use link::{Generation, Link};
pub(crate) use note::{Handover, How, NodeName, Note, Parcel, Record, SecretHash, Why};
pub(crate) use task::{Backplane, Node};
pub use url::{RedisUrl, RedisUrlError};
