// Grants: what one peer may be sent in each slot, and the reason as a code.

import type { PeerId } from '../ids';
import type { RungName } from './rungs';

export interface PeerGrants {
  readonly peer: PeerId;
  readonly microphone: AudioGrant;
  readonly screenAudio: AudioGrant | Off;
  readonly camera: VideoGrant;
  readonly screen: VideoGrant;
}

export interface AudioGrant {
  readonly kind: 'send';
  /** Length of a packet: `a=ptime` of the description that the sender is answered with. */
  readonly ptimeMs: 20 | 60;
  readonly maxBitrate: number;
  /** `left-out`: discontinuous transmission (`usedtx`). */
  readonly silence: 'sent' | 'left-out';
}

export type VideoGrant = SentVideo | Off;

export interface SentVideo {
  readonly kind: 'send';
  readonly rung: RungName;
  /** Null in a call of two: the engine's own estimate is all there is to share. */
  readonly maxBitrate: number | null;
  readonly maxFramerate: number | null;
  /** Pixels of the shorter edge; null is as captured. Less is captured: as captured, too. */
  readonly shortEdge: number | null;
  readonly reason: SizeReason;
}

export interface Off {
  readonly kind: 'off';
  readonly reason: OffReason;
}

/** Why this size and no larger one. */
export type SizeReason =
  /** It is the largest. */
  | 'largest'
  /** The receiver shows it small. */
  | 'shown-small'
  /** This person saves data. */
  | 'saving'
  | 'processor'
  /** This line has to carry the others too. */
  | 'line'
  /** Only the path to this peer is full. */
  | 'path';

export type OffReason =
  'not-captured' | 'hidden' | 'audio-only' | 'line' | 'path' /** About to begin. */ | 'opening';
