// State of the room: the signaling connection, the membership, the other members.

import type { CallId, SessionId } from '../ids';
import type { Problem, ProblemReason } from '../problem';
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
  readonly rejoin: CallId | null;
}

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
  readonly microphone: boolean;
  readonly camera: boolean;
  /** Whether the client supports calls; others are not called. */
  readonly calls: boolean;
}
