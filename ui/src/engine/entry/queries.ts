// What others may ask about who comes in.

import type { State } from '../state';
import type { Ask } from './state';

/** Who is shown: nobody that was turned away a moment ago. */
export function shownAsks({ entry: { asks, turnedAway } }: Pick<State, 'entry'>): readonly Ask[] {
  return asks.filter(({ email }) => !turnedAway.includes(email));
}
