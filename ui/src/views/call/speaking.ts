// Selects the active speaker: the loudest above a threshold, held against flicker.

import type { PeerId } from '../../engine/state';

export interface Speaking {
  readonly who: PeerId | null;
  /** Number of readings since the speaker was loud. */
  readonly silentFor: number;
}

export const NOBODY_SPEAKS: Speaking = { who: null, silentFor: 0 };

/** On the scale of `LevelProbe.read`. */
export const LOUD = 0.34;
const HELD_READINGS = 6;

export function speaking(
  before: Speaking,
  levels: readonly (readonly [PeerId, number])[],
): Speaking {
  let loudest: readonly [PeerId, number] | null = null;
  for (const reading of levels) {
    if (reading[1] >= LOUD && (loudest === null || reading[1] > loudest[1])) loudest = reading;
  }
  const still = levels.find(([who]) => who === before.who);
  // The current speaker stays unless another is clearly louder.
  if (still !== undefined && still[1] >= LOUD && loudest !== null && loudest[1] - still[1] < 0.1) {
    return { who: before.who, silentFor: 0 };
  }
  if (loudest !== null) return { who: loudest[0], silentFor: 0 };
  if (still !== undefined && before.silentFor < HELD_READINGS) {
    return { who: before.who, silentFor: before.silentFor + 1 };
  }
  return NOBODY_SPEAKS;
}
