// Who spoke last, most recent first.

import type { TileKey } from './media';

/** More than any page shows. */
const REMEMBERED = 16;

export function recentSpeakers(
  before: readonly TileKey[],
  speaking: TileKey | null,
): readonly TileKey[] {
  if (speaking === null || before[0] === speaking) return before;
  return [speaking, ...before.filter((key) => key !== speaking)].slice(0, REMEMBERED);
}
