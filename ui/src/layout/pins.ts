// The pinned tiles, oldest first.

import type { TileKey } from './media';

/** More would make the pinned pictures small; the oldest gives way. */
export const MOST_PINS = 4;

export function togglePin(pins: readonly TileKey[], key: TileKey): readonly TileKey[] {
  if (pins.includes(key)) return pins.filter((other) => other !== key);
  return [...pins, key].slice(-MOST_PINS);
}
