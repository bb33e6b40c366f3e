// Seeded randomness (mulberry32): the same seed gives the same simulation.

export interface Random {
  /** From 0 up to 1. */
  next(): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number;
  pick<T>(items: readonly [T, ...T[]]): T;
  id(): string;
  bytes(count: number): Uint8Array<ArrayBuffer>;
}

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (low: number, high: number): number =>
    low + Math.floor(next() * (high - low + 1));
  return {
    next,
    between,
    chance: (probability) => next() < probability,
    pick: (items) => items[between(0, items.length - 1)] ?? items[0],
    id: () => between(0, 0xffff_ffff).toString(36) + between(0, 0xffff_ffff).toString(36),
    bytes: (count) => Uint8Array.from({ length: count }, () => between(0, 255)),
  };
}
