// Generated from crates/signal-protocol by `cargo xtask types`. Do not edit.

export type MemberId = string;

export type ResumeToken = string;

export type DeviceId = string;

export type RoomName = string;

export type Email = string;

export type Status = string;

export type ClientMessage = { "type": "room:join" } & RoomJoin | { "type": "room:leave" } | { "type": "user:status", status: Status, } | { "type": "ice:refresh" } | { "type": "ping" } | Directed;

export type RoomJoin = { room: RoomName, email: Email, status?: Status, 
/**
 * Derived from the room's passcode; must equal that of the first member.
 */
proof?: string, resume?: ResumeToken, device?: DeviceId, };

export type Directed = { type: DirectedKind, to: MemberId, payload: string, };

export type DirectedKind = "user:call" | "call:accepted" | "call:declined" | "call:ended" | "peer:nego:needed" | "peer:nego:done" | "peer:candidate" | "user:message";

export type ServerMessage = { "type": "room:joined" } & RoomJoined | { "type": "room:left" } | { "type": "user:joined", user: Participant, } | { "type": "user:left", id: MemberId, reason: LeaveReason, 
/**
 * The member that is about to join from the same device.
 */
replacedBy?: MemberId, } | { "type": "user:lost", id: MemberId, } | { "type": "user:back", id: MemberId, } | { "type": "user:status", from: MemberId, status: Status, } | { "type": "ice:servers", iceServers: Array<IceServer>, iceTtl: number, } | { "type": "pong" } | { "type": "error" } & ErrorMessage | Delivered;

export type RoomJoined = { self: SelfParticipant, room: RoomName, 
/**
 * The others, in order of arrival.
 */
participants: Array<Participant>, iceServers: Array<IceServer>, 
/**
 * Validity of the ICE servers' credentials, in seconds.
 */
iceTtl: number, resume: ResumeToken, resumed: boolean, limits: RoomLimits, };

export type SelfParticipant = { id: MemberId, email: Email, };

export type Participant = { id: MemberId, email: Email, status?: Status, 
/**
 * The member has had no socket for a while. Absent is false.
 */
lost?: boolean, };

export type RoomLimits = { participants: number, messageBytes: number, };

export type IceServer = { urls: Array<string>, username?: string, credential?: string, };

export type LeaveReason = "left" | "lost" | "removed";

export type Delivered = { type: DeliveredKind, from: MemberId, payload: string, };

export type DeliveredKind = "incoming:call" | "call:accepted" | "call:declined" | "call:ended" | "peer:nego:needed" | "peer:nego:final" | "peer:candidate" | "user:message";

export type ErrorMessage = { code: ErrorCode, 
/**
 * For people: the cause and the remedy.
 */
message: string, 
/**
 * The `type` of the message that this answers, if it had one.
 */
about?: string, retryAfterMs?: number, };

export type ErrorCode = "bad-message" | "unknown-type" | "not-joined" | "already-joined" | "bad-room" | "bad-email" | "no-such-user" | "room-full" | "wrong-passcode" | "rate-limited" | "too-large" | "server-full" | "shutting-down";

export type AddressError = { "code": "no-address" } | { "code": "not-an-address", text: string, } | { "code": "address-with-credentials" } | { "code": "unknown-scheme", scheme: string, };

export type TypedRoomError = { "code": "no-letter" } | { "code": "room-too-long", letters: number, };

export type InviteError = { "code": "not-a-link" } | { "code": "no-room" } | { "code": "room-unreadable" } | { "code": "secret-broken" } | { "code": "several-rooms" } | TypedRoomError | AddressError;

export const SUBPROTOCOL = 'snug.v1';
export const WEBSOCKET_PATH = '/ws';

export const LIMITS = {
  frameBytes: 65536,
  roomChars: 128,
  emailBytes: 512,
  statusBytes: 2048,
  resumeMessages: 64,
} as const;

export const CLOSE = {
  goingAway: 1001,
  binaryFrame: 1003,
  policy: 1008,
  tooLarge: 1009,
  restart: 1012,
  overloaded: 1013,
  takenOver: 4000,
  heartbeatLost: 4001,
  tooSlow: 4002,
  rateExceeded: 4003,
} as const;
