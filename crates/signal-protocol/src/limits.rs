//! How much of anything the wire carries, and the relay's defaults for what it may configure.

use std::time::Duration;

/// Largest frame a client may send, in bytes; a larger one closes the socket with 1009.
pub const FRAME_BYTES: usize = 64 * 1024;
/// Largest frame the relay may send, in bytes: what a client must be ready to receive. A directed
/// message grows by a few bytes on its way, and `room:joined` with the room.
pub const RELAY_FRAME_BYTES: usize = 1024 * 1024;
/// Longest room name, in characters.
pub const ROOM_CHARS: usize = 128;
/// Longest email (or sealed name), in bytes.
pub const EMAIL_BYTES: usize = 512;
/// Longest status, in bytes.
pub const STATUS_BYTES: usize = 2 * 1024;
/// Longest resume token or passcode proof, in bytes.
pub const SECRET_BYTES: usize = 256;

/// Members a room takes.
pub const ROOM_MEMBERS: usize = 12;
/// Messages a second that one socket may send, on average.
pub const MESSAGE_RATE: u32 = 50;
/// Messages one socket may send at once before the rate counts.
pub const MESSAGE_BURST: u32 = 200;
/// Bytes a second that one socket may send, on average.
pub const BYTE_RATE: u32 = 256 * 1024;
/// Bytes one socket may send at once before the rate counts: new offers to all of the largest call.
pub const BYTE_BURST: u32 = 1024 * 1024;
/// Messages queued to one slow socket before it is closed.
pub const QUEUE_MESSAGES: usize = 1024;
/// Bytes queued to one slow socket before it is closed.
pub const QUEUE_BYTES: usize = 1024 * 1024;
/// How long a socket may take nothing of a full queue before it is closed.
pub const STALL: Duration = Duration::from_secs(10);
/// How long the place of a lost socket is kept.
pub const GRACE: Duration = Duration::from_secs(30);
/// Messages kept for a lost member.
pub const RESUME_MESSAGES: usize = 64;
/// Bytes kept for a lost member.
pub const RESUME_BYTES: usize = 256 * 1024;
/// How often the relay pings a socket.
pub const PING_EVERY: Duration = Duration::from_secs(20);
/// After how long without a sign of life the relay drops a socket.
pub const SILENCE: Duration = Duration::from_secs(45);
/// Joins a minute from one address, all at once if need be.
pub const JOIN_RATE: u32 = 120;
/// Wrong passcodes a minute that one address may send for a room.
pub const WRONG_PASSCODES: u32 = 10;
/// Sockets that one address may hold.
pub const SOCKETS_PER_ADDRESS: usize = 64;
/// Sockets one relay process holds.
pub const SOCKETS: usize = 100_000;
