// The state of the budget: what the line and the processor carry, and what each peer may get.
//
// Invariant: plain values only. `grants` follows from everything else and from the grants before.

import type { PeerId } from '../ids';
import type { AudioMode } from './audio-mode';
import type { Content, DataUse, VideoSlot } from './content';
import type { PeerGrants } from './grant';
import type { Limit } from './limit';
import type { Processor } from './processor';
import type { RoundTrips } from './round-trips';

export interface BudgetState {
  /** In the order of joining. */
  readonly peers: readonly BudgetPeer[];
  /** Video to several new peers begins one after the other. */
  readonly pace: 'free' | 'pausing';
  readonly captured: Captured;
  readonly speaker: Speaker;
  readonly dataUse: DataUse;
  /** What the line carries to all peers together, in bits per second. */
  readonly line: Limit;
  readonly audio: AudioMode;
  readonly processor: Processor;
  readonly grants: readonly PeerGrants[];
}

export interface BudgetPeer {
  readonly id: PeerId;
  readonly video: 'waits' | 'open';
  /** Null until the peer has told it. */
  readonly demand: Demand | null;
  readonly measured: Measured | null;
  readonly roundTrips: RoundTrips;
  /** Since when the path is full, by its round trip or its loss. */
  readonly fullSince: number | null;
  /** For a peer whose path alone is full; null is no limit. */
  readonly limit: Limit | null;
}

/** The last statistics of one peer. */
export interface Measured {
  readonly at: number;
  readonly sentBps: number;
  /** The last round trips above the shortest, the newest first: a queue delays all of them. */
  readonly lateMs: readonly number[];
  /** The last loss. */
  readonly loss: number;
  /** Growth of the round trip since the one before, per time: this share waits in a queue. */
  readonly queuedShare: number;
  readonly reportedAt: number;
  readonly path: PathCondition;
  readonly load: 'overloaded' | 'easy';
  /** Milliseconds of the processor for one frame; null if unknown. */
  readonly encodeMs: number | null;
}

/** `lossy`: neither worse nor good enough for more. `full`: late, or losing a tenth. */
export type PathCondition = 'clear' | 'lossy' | 'full';

/** How a receiver shows the video of this page. */
export type Demand = Readonly<Record<VideoSlot, SlotDemand>>;

export type SlotDemand =
  | { readonly kind: 'hidden' }
  | {
      readonly kind: 'shown';
      /** In the pixels of the receiver's screen. */
      readonly width: number;
      readonly height: number;
      readonly content: Content;
    };

/** What there is to send beside the microphone. */
export interface Captured {
  readonly camera: 'on' | 'off';
  /** The sharing page knows what its screen shows. */
  readonly screen: Content | 'off';
  readonly screenAudio: 'on' | 'off';
}

export type Speaker = 'self' | 'other' | 'nobody';
