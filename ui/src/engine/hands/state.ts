// State of the raised hands: the own one, and those that others told.
//
// Invariant: everybody tells only their own hand, and a later state of it replaces an earlier one.

import type { MemberId } from '../../protocol/wire';
import type { HandTimer } from './events';

export interface HandsSlice {
  readonly hands: HandsState;
}

export interface HandsState {
  /** Lamport clock: not before any change of a hand that this page knows. */
  readonly clock: number;
  readonly own: Hand;
  readonly members: Readonly<Record<MemberId, Hand>>;
  /** What was announced a moment ago: hands and requests of these members. */
  readonly quiet: readonly HandTimer[];
}

export interface Hand {
  readonly position: 'raised' | 'lowered';
  /** Lamport time of the change to this position. */
  readonly at: number;
}

/** Before the first change. */
export const NEVER_RAISED: Hand = { position: 'lowered', at: 0 };
export const NO_HANDS: HandsState = { clock: 0, own: NEVER_RAISED, members: {}, quiet: [] };
