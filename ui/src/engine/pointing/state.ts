// State of pointing: the marks on shared screens, and what is still to be told.

import type { MemberId } from '../../protocol/wire';
import type { Fraction, PointingMessage } from '../wire/talk/pointing';

export interface PointingSlice {
  readonly pointing: PointingState;
}

export interface PointingState {
  /** Oldest first. */
  readonly marks: readonly Mark[];
  readonly nextMark: number;
  /** Number of the own last line. */
  readonly line: number;
  readonly pace: 'free' | 'pausing';
  readonly unsent: readonly PointingMessage[];
  /** Announced a short while ago. */
  readonly quiet: readonly MemberId[];
}

export type Mark = PointerMark | LineMark;

interface AnyMark {
  readonly id: number;
  /** A member of the call, or this person under the own id. */
  readonly by: MemberId;
  /** Who shares the screen. */
  readonly screen: MemberId;
  /** Grows with each change. */
  readonly change: number;
}

export interface PointerMark extends AnyMark {
  readonly kind: 'pointer';
  readonly at: Fraction;
}

export interface LineMark extends AnyMark {
  readonly kind: 'line';
  readonly line: number;
  readonly points: readonly Fraction[];
}

export const NO_POINTING: PointingState = {
  marks: [],
  nextMark: 1,
  line: 0,
  pace: 'free',
  unsent: [],
  quiet: [],
};
