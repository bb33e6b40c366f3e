// Inputs of the budget, and what it tells other slices. `at` is monotonic time in milliseconds.

import type { PeerId } from '../ids';
import type { DataUse } from './content';
import type { Captured, Demand, Speaker } from './state';

export type BudgetEvent =
  | { readonly type: 'budget-peer-joined'; readonly peer: PeerId }
  | { readonly type: 'budget-peer-left'; readonly peer: PeerId }
  | PeerStatsEvent
  | { readonly type: 'video-demand'; readonly peer: PeerId; readonly demand: Demand }
  | { readonly type: 'speaker-changed'; readonly speaker: Speaker }
  | { readonly type: 'devices'; readonly captured: Captured }
  | { readonly type: 'data-use'; readonly dataUse: DataUse }
  /** The pause after the last new peer is over. */
  | { readonly type: 'pause-over' };

/** Once a second for each connected peer; values since the last one. */
export interface PeerStatsEvent {
  readonly type: 'peer-stats';
  readonly peer: PeerId;
  readonly at: number;
  readonly sentBps: number;
  /** Null without a new measurement. */
  readonly roundTripMs: number | null;
  /** From 0 to 1; null without a new report. */
  readonly loss: number | null;
  /** Changes with the path, so that old round trips are forgotten. */
  readonly path: string | null;
  readonly limitation: 'none' | 'processor' | 'line' | 'other';
  /** Frames of the camera per second: captured here, and encoded for this peer. */
  readonly frames: { readonly captured: number; readonly encoded: number } | null;
  readonly encodeMs: number | null;
}

/** Tells the media slice that the camera is to be off, and on again. */
export interface BudgetFact {
  readonly type: 'camera-unwanted' | 'camera-wanted-again';
}
