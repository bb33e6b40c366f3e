// What the engine knows: the room, the call in it, and what this person wants of camera and
// microphone. Plain values only; streams, sockets and connections live behind the ports.

import type { Description, Negotiation } from './negotiation';
import type { MemberId } from '../protocol/wire';

/** One member's connection inside a call; outlives a new `MemberId` after a relay restart. */
export type LinkId = string;
/** Chosen at random by the caller; everything said about a call carries it. */
export type CallId = string;
/** Chosen at random by each visit to a room; tells that a new `MemberId` is the same person. */
export type SessionId = string;

export interface State {
  readonly signaling: SignalingState;
  readonly room: RoomState;
  readonly call: CallState;
  readonly media: MediaState;
  /** The last thing that went wrong, until it is dismissed or mended. Said in place. */
  readonly problem: Problem | null;
  /** Whether the browser engine can hold calls at all (`RTCPeerConnection`). */
  readonly canCall: boolean;
  /** Random for each load of the page; what makes a `LinkId` unlike every other one. */
  readonly page: string;
  /** Counts up; makes `LinkId`s. */
  readonly nextLink: number;
  /** Calls and connections that are over, newest first: what still comes of them is stale. */
  readonly finished: readonly string[];
  /** Members who want to come into the active call under a session they have not proven. */
  readonly asking: readonly Ring[];
  /** Who was declined here, or has declined. */
  readonly declines: readonly Decline[];
  /** How long this computer slept, in milliseconds, for a while after it woke in a call. */
  readonly sleptMs: number | null;
}

/** The way to the relay. */
export type SignalingState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected' }
  | { readonly kind: 'waiting'; readonly message: string };

export type RoomState =
  | { readonly kind: 'outside' }
  | { readonly kind: 'joining'; readonly visit: Visit }
  | {
      readonly kind: 'inside';
      readonly visit: Visit;
      readonly self: MemberId;
      readonly iceServers: readonly IceServerConfig[];
      readonly members: readonly Member[];
    };

/** What a person asked for by Join room; enough to come back after a reload. */
export interface Visit {
  readonly room: string;
  readonly email: string;
  readonly session: SessionId;
  /** The relay as the shell's settings name it; the browser page ignores it. */
  readonly relay: RelayChoice;
  /** The call this page was in when it was reloaded; joined again by itself. */
  readonly rejoin: CallId | null;
}

export type RelayChoice =
  { readonly kind: 'this-computer' } | { readonly kind: 'server'; readonly address: string };

export interface IceServerConfig {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/** Somebody else in the room, in order of arrival. */
export interface Member {
  readonly id: MemberId;
  readonly email: string;
  readonly status: MemberStatus;
}

/** What everybody tells the room about himself (JSON in the protocol's `status`). */
export interface MemberStatus {
  readonly session: SessionId | null;
  readonly call: CallId | null;
  readonly microphone: boolean;
  readonly camera: boolean;
  /** Whether calls can be held there at all; who cannot is not rung. */
  readonly calls: boolean;
}

export type CallState =
  | { readonly kind: 'none'; readonly ended: CallEnd | null }
  /** Somebody rings. Several may, one after the other; the first is shown. */
  | { readonly kind: 'incoming'; readonly rings: readonly [Ring, ...Ring[]] }
  /** Camera and microphone are being captured before anything is sent. */
  | { readonly kind: 'starting'; readonly id: CallId; readonly start: CallStart }
  | { readonly kind: 'active'; readonly id: CallId; readonly links: readonly Link[] };

/** Why a call, or one member's part in it, is over. `email` is the other's, where there is one. */
export type CallEnd =
  | { readonly reason: CallEndReason; readonly email: string }
  | { readonly reason: 'slept'; readonly email: string; readonly sleptMs: number };

export type CallEndReason =
  /** The other pressed Leave call, Leave room, or was taken out of the room by the relay. */
  | 'hung-up'
  | 'left'
  | 'removed'
  /** The media path, or the other's place in the room, is gone for good. */
  | 'lost'
  /** The connection could not be made or kept: here, or as the other says. */
  | 'failed'
  | 'failed-there'
  /** A description could not be used: the other's here, or ours there. */
  | 'unusable'
  | 'unusable-there'
  /** The other is in another call now. */
  | 'moved'
  | 'declined'
  /** The other declined a moment ago; it did not ring again. */
  | 'declined-before'
  | 'busy'
  | 'unanswered'
  /** It rang here and nobody accepted. */
  | 'missed'
  /** The call was over before this page was in it, or in it again. */
  | 'over'
  /** The other gives a reason that this client does not know. */
  | 'ended';

/** One of two members did not want a call with the other: nothing brings them together by itself. */
export interface Decline {
  readonly member: MemberId;
  readonly call: CallId;
  /** Who declined: this person, or that member. */
  readonly by: 'self' | 'member';
  /** How often, in this room. */
  readonly count: number;
  /** Whether a new ring is still answered without ringing. */
  readonly paused: boolean;
}

export type CallStart =
  /** A new call, to everybody who is in none. */
  | { readonly kind: 'call' }
  /** A running one; whoever of it calls meanwhile is in `rings`. */
  | { readonly kind: 'join'; readonly by: 'press' | 'rule'; readonly rings: readonly Ring[] }
  | { readonly kind: 'accept'; readonly rings: readonly [Ring, ...Ring[]] };

/** An offer that waits for Accept. */
export interface Ring {
  readonly call: CallId;
  readonly from: MemberId;
  readonly email: string;
  /** The caller's name for the connection it offers; null if it gave none. */
  readonly connection: string | null;
  readonly serial: number | null;
  readonly offer: Description;
  /** Trickled before the call was accepted; kept until then. */
  readonly candidates: readonly (RTCIceCandidateInit | null)[];
}

export interface Link {
  readonly id: LinkId;
  readonly member: MemberId;
  readonly email: string;
  readonly session: SessionId | null;
  /** Both ends say it with every message about the connection; see connection-name.ts. */
  readonly connection: string | null;
  readonly fingerprints: Fingerprints;
  readonly phase: LinkPhase;
  readonly path: PathState;
  /** The member is gone from the room by loss; the link waits for the same session to return. */
  readonly orphan: boolean;
  /** ICE restarts since the path was last there. */
  readonly attempts: number;
  /** Our candidates that must not overtake the description they belong to. */
  readonly unsent: readonly (RTCIceCandidateInit | null)[];
  readonly negotiation: Negotiation;
}

/** DTLS certificate fingerprints (RFC 8122), as `fingerprintOf` reads them; null while unknown. */
export interface Fingerprints {
  /** Of the offer that began the connection. Only its two ends know it. */
  readonly offer: string | null;
  /** Of the other end. It cannot change while the connection lives. */
  readonly remote: string | null;
}

/** `calling`: our offer is on its way and unanswered. `accepting`: theirs is being answered. */
export type LinkPhase = 'calling' | 'accepting' | 'open';

/** `reconnecting`: was connected, is not now, and is being mended. */
export type PathState = 'connecting' | 'connected' | 'reconnecting';

export interface MediaState {
  readonly microphone: DeviceState;
  readonly camera: DeviceState;
  readonly speaker: { readonly chosen: DeviceChoice | null };
  /** How many views show this person to himself outside a call. */
  readonly previews: number;
  readonly devices: readonly Device[];
}

export interface DeviceState {
  /** What the person wants: on or off. Off is mute, or the camera's light out. */
  readonly wanted: boolean;
  /** What was chosen; null is the system's default. */
  readonly chosen: DeviceChoice | null;
  readonly capture: CaptureState;
}

export type CaptureState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'on'; readonly deviceId: string; readonly label: string }
  | { readonly kind: 'failed'; readonly problem: CaptureProblem };

export type CaptureProblem =
  /** There is no such device. */
  | 'none'
  /** The person or the system said no. */
  | 'denied'
  /** Another program has it, or it gave an error. */
  | 'busy'
  /** It was there and has been unplugged. */
  | 'vanished'
  /** The page is not served in a way that browsers give devices to (http from another host). */
  | 'insecure';

/** Kept by id and label: ids change between engines and after site data is cleared. */
export interface DeviceChoice {
  readonly id: string;
  readonly label: string;
}

export interface Device extends DeviceChoice {
  readonly kind: 'microphone' | 'camera' | 'speaker';
}

/** A sentence in place. `field` says where: beside the input it is about. */
export interface Problem {
  readonly field: 'email' | 'room' | 'relay' | 'general';
  readonly message: string;
}
