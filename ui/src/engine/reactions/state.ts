// State of the reactions: those on screen, and those that are still to be announced.

import type { MemberId } from '../../protocol/wire';
import type { Reaction } from '../wire/talk/hands';

export interface ReactionsSlice {
  readonly reactions: ReactionsState;
}

export interface ReactionsState {
  /** Oldest first. */
  readonly shown: readonly ShownReaction[];
  readonly next: number;
  /** Announced together, when the pause is over. */
  readonly unsaid: readonly SaidReaction[];
  readonly pace: 'free' | 'pausing';
  /** Times of the own last presses, in milliseconds. */
  readonly pressed: readonly number[];
}

export interface ShownReaction {
  readonly id: number;
  /** A member of the room, or this person under the own id. */
  readonly by: MemberId;
  readonly reaction: Reaction;
}

export interface SaidReaction {
  /** Null for this person. */
  readonly email: string | null;
  readonly reaction: Reaction;
}

export const NO_REACTIONS: ReactionsState = {
  shown: [],
  next: 1,
  unsaid: [],
  pace: 'free',
  pressed: [],
};
