// Who comes into a private room: the lock, who asks, and whether this person is outside.

import type { MemberId } from '../../protocol/wire';
import type { Entry } from './events';

export interface EntrySlice {
  readonly entry: EntryState;
}

export interface EntryState {
  readonly entry: Entry;
  readonly own: 'inside' | 'outside';
  /** In the order in which they asked. */
  readonly asks: readonly Ask[];
  /** `unseen`: some in the room are with another secret, and see nobody here either. */
  readonly others: 'seen' | 'unseen';
  /** Emails that were turned away a moment ago. They are not shown meanwhile. */
  readonly turnedAway: readonly string[];
}

/** Somebody outside, who holds the link. */
export interface Ask {
  readonly member: MemberId;
  readonly email: string;
}

export const OPEN_ENTRY: EntryState = {
  entry: 'open',
  own: 'inside',
  asks: [],
  others: 'seen',
  turnedAway: [],
};
