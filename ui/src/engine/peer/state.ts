// State of the peers. The peers themselves are part of the active call.

import type { OwnAddress } from '../address/state';
import type { PeerId, SessionId } from '../ids';
import type { MemberId } from '../../protocol/wire';
import type { Negotiation } from './negotiation';

export interface PeerSlice {
  /** Random per page load; makes `PeerId`s unique. */
  readonly page: string;
  /** Counter for `PeerId`s. */
  readonly nextPeer: number;
}

export interface Peer {
  readonly id: PeerId;
  readonly member: MemberId;
  readonly email: string;
  readonly session: SessionId | null;
  /** Part of every message about the connection; see wire/connection-name.ts. */
  readonly connection: string | null;
  readonly fingerprints: Fingerprints;
  /** Whether our offer rings there, or joins and repairs a call. */
  readonly purpose: 'ring' | 'rule';
  readonly phase: PeerPhase;
  readonly path: PathState;
  /** The member lost its place in the room; the peer waits for its session to return. */
  readonly detached: boolean;
  /** The relay says that the member's device is back under this id; its page may be a new one. */
  readonly replacedBy: MemberId | null;
  /** Who learns the own address by this connection, from its beginning to its end. */
  readonly address: OwnAddress;
  /** ICE restarts since the last connected path. */
  readonly attempts: number;
  /** Local candidates that wait until their description is sent, or the call is answered. */
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
