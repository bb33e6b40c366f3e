// State of the room: the signaling connection, the membership, the other members.

import type { OwnAddress } from '../address/state';
import type { Hand } from '../hands/state';
import type { CallId, SessionId } from '../ids';
import type { Problem, ProblemReason } from '../problem';
import type { ScreenStatus } from '../share/state';
import type { Settings } from '../../protocol/settings';
import type { MemberId } from '../../protocol/wire';

export interface RoomSlice {
  readonly signaling: SignalingState;
  readonly room: RoomState;
  /** The last problem, until it is dismissed or solved. */
  readonly problem: Problem | null;
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

export type InsideRoom = Extract<RoomState, { kind: 'inside' }>;

/** A stay in a room: everything needed to join it, also after a reload. */
export interface RoomSession {
  readonly room: string;
  readonly email: string;
  readonly session: SessionId;
  /** The relay from the settings of the shell; a browser page ignores it. */
  readonly relay: RelayChoice;
  /** The call before a reload; the engine rejoins it. */
  readonly rejoin: NamedCall | null;
  /** The own hand before a reload; absent if it was never raised. */
  readonly hand?: Hand;
  /** Whom this person has blocked, by session; absent if nobody. */
  readonly blocked?: readonly SessionId[];
  /** Absent as long as that of the settings holds. */
  readonly ownAddress?: OwnAddress;
  /** Without it no room is joined. */
  readonly sealed?: SealedStay;
}

/** What the keys of a stay are made from. In memory and in the tab's storage. */
export interface SealedStay {
  /**
   * The fragment of a private room's link; null in an open room. Of a room with a passcode it has the
   * name, and no secret.
   */
  readonly secret: string | null;
  /** The signing key's random bytes, in base64url. */
  readonly signing: string;
  /** The epoch of a private room, once there is one. */
  readonly epoch?: string;
  /** How often the page was loaded in this stay. */
  readonly load: number;
  /** Absent in a room by link. */
  readonly passcode?: KeptPasscode;
}

export interface KeptPasscode {
  /** In its normal form. */
  readonly code: string;
  /** What those inside share, in base64url; null until this page is inside. */
  readonly root: string | null;
}

export interface NamedCall {
  readonly id: CallId;
  readonly scope: CallScope;
}

/** Whom a call is for: a room has one call to everybody, and may have others beside it. */
export type CallScope = 'everybody' | 'some';

export type RelayChoice = Readonly<Settings['relay']>;

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
  readonly presence: Presence;
}

/** `lost`: it has no line to the relay; its place is kept for a while. */
export type Presence = 'here' | 'lost';

/** A member's own status (JSON in `status` of the protocol). */
export interface MemberStatus {
  readonly session: SessionId | null;
  readonly call: CallId | null;
  /** Whom that call is for. */
  readonly scope: CallScope;
  readonly microphone: boolean;
  readonly camera: boolean;
  readonly screen: ScreenStatus;
  /** Whether the client supports calls; others are not called. */
  readonly calls: boolean;
  /** Whether the person has not seen the page for some minutes. */
  readonly away: boolean;
}
