// The state of the engine: room, call, camera and microphone.
//
// Invariant: plain values only. Streams, sockets and connections are behind the ports.

import type { Description } from './description';
import type { Negotiation } from './negotiation';
import type { Problem, ProblemReason } from './problem';
import type { MemberId } from '../protocol/wire';

/** One peer of a call; survives a new `MemberId` after a relay restart. */
export type PeerId = string;
/** Random, chosen by the caller; every call message carries it. */
export type CallId = string;
/** Random per room session; shows that a new `MemberId` is the same person. */
export type SessionId = string;

export interface State {
  readonly signaling: SignalingState;
  readonly room: RoomState;
  readonly call: CallState;
  readonly media: MediaState;
  /** The last problem, until it is dismissed or solved. */
  readonly problem: Problem | null;
  /** Whether the browser supports calls (`RTCPeerConnection`). */
  readonly canCall: boolean;
  /** Random per page load; makes `PeerId`s unique. */
  readonly page: string;
  /** Counter for `PeerId`s. */
  readonly nextPeer: number;
  /** Finished calls and connections, newest first: later messages about them are stale. */
  readonly finished: readonly string[];
  /** Admission requests: members whose session is not proven. */
  readonly admissions: readonly Ring[];
  /** Declined calls, in both directions. */
  readonly declines: readonly Decline[];
  /** Length of the last sleep in milliseconds, kept for a while after waking in a call. */
  readonly sleptMs: number | null;
}

/** The signaling connection. */
export type SignalingState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected' }
  | { readonly kind: 'waiting'; readonly reason: ProblemReason };

export type RoomState =
  | { readonly kind: 'outside' }
  | { readonly kind: 'joining'; readonly roomSession: RoomSession }
  | {
      readonly kind: 'inside';
      readonly roomSession: RoomSession;
      readonly self: MemberId;
      readonly iceServers: readonly IceServerConfig[];
      readonly members: readonly Member[];
    };

/** A stay in a room: everything needed to join it, also after a reload. */
export interface RoomSession {
  readonly room: string;
  readonly email: string;
  readonly session: SessionId;
  /** The relay from the settings of the shell; a browser page ignores it. */
  readonly relay: RelayChoice;
  /** The call before a reload; the engine rejoins it. */
  readonly rejoin: CallId | null;
}

export type RelayChoice =
  { readonly kind: 'this-computer' } | { readonly kind: 'server'; readonly address: string };

export interface IceServerConfig {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/** Another member of the room, in order of arrival. */
export interface Member {
  readonly id: MemberId;
  readonly email: string;
  readonly status: MemberStatus;
}

/** A member's own status (JSON in `status` of the protocol). */
export interface MemberStatus {
  readonly session: SessionId | null;
  readonly call: CallId | null;
  readonly microphone: boolean;
  readonly camera: boolean;
  /** Whether the client supports calls; others are not called. */
  readonly calls: boolean;
}

export type CallState =
  | { readonly kind: 'none'; readonly ended: CallEnd | null }
  /** One or more calls ring; the first is shown. */
  | { readonly kind: 'incoming'; readonly rings: readonly [Ring, ...Ring[]] }
  /** Camera and microphone are being captured; nothing is sent yet. */
  | { readonly kind: 'starting'; readonly id: CallId; readonly start: CallStart }
  | { readonly kind: 'active'; readonly id: CallId; readonly peers: readonly Peer[] };

/** The reason why a call or a peer ended. `email` is the other member's, if there is one. */
export type CallEnd =
  | { readonly reason: CallEndReason; readonly email: string }
  | { readonly reason: 'slept'; readonly email: string; readonly sleptMs: number };

export type CallEndReason =
  /** The other member left the call or the room, or the relay removed it. */
  | 'hung-up'
  | 'left'
  | 'removed'
  /** The media path or the other member's place in the room was lost. */
  | 'lost'
  /** The connection failed: here, or at the other end. */
  | 'failed'
  | 'failed-there'
  /** A description was not usable: the remote one here, or ours there. */
  | 'unusable'
  | 'unusable-there'
  /** The other member is in another call now. */
  | 'moved'
  | 'declined'
  /** The other member declined recently; the call did not ring again. */
  | 'declined-before'
  | 'busy'
  | 'unanswered'
  /** The call rang here and was not accepted. */
  | 'missed'
  /** The call ended before this page joined or rejoined it. */
  | 'over'
  /** The reason is unknown to this client. */
  | 'ended';

/** A declined call between two members: no automatic connection between them. */
export interface Decline {
  readonly member: MemberId;
  readonly call: CallId;
  /** Whether this person or the member declined. */
  readonly by: 'self' | 'member';
  /** Number of declines in this room. */
  readonly count: number;
  /** Whether a new call is still declined without ringing. */
  readonly paused: boolean;
}

export type CallStart =
  /** A new call to all members who are in no call. */
  | { readonly kind: 'call' }
  /** Joins a running call; `rings` has offers that arrived meanwhile. */
  | { readonly kind: 'join'; readonly by: 'press' | 'rule'; readonly rings: readonly Ring[] }
  | { readonly kind: 'accept'; readonly rings: readonly [Ring, ...Ring[]] };

/** A ringing call: an offer that waits for Accept. */
export interface Ring {
  readonly call: CallId;
  readonly from: MemberId;
  readonly email: string;
  /** The caller's connection name; null if it sent none. */
  readonly connection: string | null;
  readonly serial: number | null;
  readonly offer: Description;
  /** Candidates that arrived before the accept. */
  readonly candidates: readonly (RTCIceCandidateInit | null)[];
}

export interface Peer {
  readonly id: PeerId;
  readonly member: MemberId;
  readonly email: string;
  readonly session: SessionId | null;
  /** Part of every message about the connection; see connection-name.ts. */
  readonly connection: string | null;
  readonly fingerprints: Fingerprints;
  readonly phase: PeerPhase;
  readonly path: PathState;
  /** The member lost its place in the room; the peer waits for its session to return. */
  readonly detached: boolean;
  /** ICE restarts since the last connected path. */
  readonly attempts: number;
  /** Local candidates that wait until their description is sent. */
  readonly unsent: readonly (RTCIceCandidateInit | null)[];
  readonly negotiation: Negotiation;
}

/** DTLS certificate fingerprints (RFC 8122), as `fingerprintOf` reads them; null while unknown. */
export interface Fingerprints {
  /** Of the first offer. Only the two ends know it. */
  readonly offer: string | null;
  /** Of the other end. Fixed for one connection. */
  readonly remote: string | null;
}

/** `calling`: our offer is unanswered. `accepting`: we answer the remote offer. */
export type PeerPhase = 'calling' | 'accepting' | 'open';

/** `reconnecting`: was connected; ICE recovery runs. */
export type PathState = 'connecting' | 'connected' | 'reconnecting';

export interface MediaState {
  readonly microphone: DeviceState;
  readonly camera: DeviceState;
  readonly speaker: { readonly chosen: DeviceChoice | null };
  /** Number of views that show the own video outside a call. */
  readonly previews: number;
  readonly devices: readonly Device[];
}

export interface DeviceState {
  /** On or off, by the person. Off mutes the microphone or turns off the camera. */
  readonly wanted: boolean;
  /** The chosen device; null is the default of the system. */
  readonly chosen: DeviceChoice | null;
  readonly capture: CaptureState;
}

export type CaptureState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'on'; readonly deviceId: string; readonly label: string }
  | { readonly kind: 'failed'; readonly problem: CaptureProblem };

export type CaptureProblem =
  /** No device. */
  | 'none'
  /** The person or the system denied access. */
  | 'denied'
  /** Another program uses it, or it failed. */
  | 'busy'
  /** It was unplugged. */
  | 'vanished'
  /** The page is no secure context (http from another host). */
  | 'insecure';

/** Kept by id and label: ids change between engines and after site data is cleared. */
export interface DeviceChoice {
  readonly id: string;
  readonly label: string;
}

export interface Device extends DeviceChoice {
  readonly kind: 'microphone' | 'camera' | 'speaker';
}
