//! Limits of the protocol, and the relay's defaults for the configurable ones.

use std::{ops::RangeInclusive, time::Duration};

/// Largest frame of a client, in bytes. A larger one closes the socket with 1009.
pub const FRAME_BYTES: usize = 64 * 1024;
/// Largest frame of the relay, in bytes. A client must accept it. A directed message grows by a few
/// bytes when it is forwarded, and `room:joined` grows with the room.
pub const RELAY_FRAME_BYTES: usize = 1024 * 1024;
/// Longest room name, in characters.
pub const ROOM_CHARS: usize = 128;
/// Longest email (or sealed name), in bytes.
pub const EMAIL_BYTES: usize = 512;
/// Longest status, in bytes.
pub const STATUS_BYTES: usize = 2 * 1024;
/// Longest resume token or passcode proof, in bytes.
pub const SECRET_BYTES: usize = 256;
/// Length of a device's secret, in bytes.
pub const DEVICE_BYTES: RangeInclusive<usize> = 16..=64;

/// Members of a room at most.
pub const ROOM_MEMBERS: usize = 12;
/// Messages per second that one socket may send, on average.
pub const MESSAGE_RATE: u32 = 50;
/// Messages that one socket may send at once.
pub const MESSAGE_BURST: u32 = 200;
/// Bytes per second that one socket may send, on average.
pub const BYTE_RATE: u32 = 256 * 1024;
/// Bytes that one socket may send at once: new offers to all members of the largest call.
pub const BYTE_BURST: u32 = 1024 * 1024;
/// Messages queued to one slow socket at most.
pub const QUEUE_MESSAGES: usize = 1024;
/// Bytes queued to one slow socket at most.
pub const QUEUE_BYTES: usize = 1024 * 1024;
/// Time after which a socket that reads nothing of a full queue is closed.
pub const STALL: Duration = Duration::from_secs(10);
/// Time for which a lost member may resume.
pub const GRACE: Duration = Duration::from_secs(30);
/// The same after the client closed its socket with 1001.
pub const AWAY_GRACE: Duration = Duration::from_secs(5);
/// Time after which the others learn that a member is lost.
pub const LOST_NOTICE: Duration = Duration::from_secs(2);
/// Messages from one sender kept for a lost member at most.
pub const RESUME_MESSAGES: usize = 64;
/// Bytes from one sender kept for a lost member at most.
pub const RESUME_BYTES: usize = 256 * 1024;
/// Interval of the relay's pings.
pub const PING_EVERY: Duration = Duration::from_secs(20);
/// Time after which the relay closes a silent socket.
pub const SILENCE: Duration = Duration::from_secs(45);
/// Joins per minute from one address. All may come at once.
pub const JOIN_RATE: u32 = 120;
/// Wrong passcodes per minute from one address for a room.
pub const WRONG_PASSCODES: u32 = 10;
/// Sockets of one address at most.
pub const SOCKETS_PER_ADDRESS: usize = 64;
/// Sockets of one relay process at most.
pub const SOCKETS: usize = 100_000;
