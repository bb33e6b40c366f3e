// Which entries of one author are here, so that a repeated one is harmless.
//
// Invariant: bounded. Of an author that leaves many gaps, the oldest gaps count as seen.

import type { Seen } from './state';

const MAX_ABOVE = 256;

export const NOTHING_SEEN: Seen = { floor: 0, above: [] };

export function isSeen({ floor, above }: Seen, number: number): boolean {
  return number <= floor || above.includes(number);
}

export function withSeen(seen: Seen, number: number): Seen {
  if (isSeen(seen, number)) return seen;
  const above = [...seen.above, number].toSorted((a, b) => a - b);
  let { floor } = seen;
  while (above.length > MAX_ABOVE || above[0] === floor + 1) floor = above.shift() ?? floor;
  return { floor, above };
}
