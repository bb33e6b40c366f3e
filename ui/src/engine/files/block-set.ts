// Which blocks of a file are there: sorted ranges with a gap between each two.
//
// Invariant: an interrupted transfer has few ranges, whatever its size, so the set fits a message.

import { isInteger } from '../json';

/** From the first block to the one behind the last. */
export type BlockRange = readonly [from: number, to: number];
export type BlockSet = readonly BlockRange[];

export const NO_BLOCKS: BlockSet = [];
/** More are not sent; the blocks of the others are transferred again. */
export const MAX_RANGES = 256;

export function allBlocks(count: number): BlockSet {
  return count === 0 ? NO_BLOCKS : [[0, count]];
}

export function hasBlock(set: BlockSet, block: number): boolean {
  return set.some(([from, to]) => from <= block && block < to);
}

export function withBlock(set: BlockSet, block: number): BlockSet {
  if (hasBlock(set, block)) return set;
  const before = set.filter(([, to]) => to <= block);
  const after = set.slice(before.length);
  const last = before.at(-1);
  const next = after[0];
  const joinsLast = last?.[1] === block;
  const joinsNext = next?.[0] === block + 1;
  const from = joinsLast ? last[0] : block;
  const to = joinsNext ? next[1] : block + 1;
  return [
    ...(joinsLast ? before.slice(0, -1) : before),
    [from, to],
    ...(joinsNext ? after.slice(1) : after),
  ];
}

export function withoutBlock(set: BlockSet, block: number): BlockSet {
  return set.flatMap<BlockRange>(([from, to]) => {
    if (block < from || block >= to) return [[from, to]];
    const pieces: readonly BlockRange[] = [
      [from, block],
      [block + 1, to],
    ];
    return pieces.filter((piece) => piece[0] < piece[1]);
  });
}

export function countBlocks(set: BlockSet): number {
  return set.reduce((sum, [from, to]) => sum + to - from, 0);
}

/** The set as another client says it, of a file of `count` blocks; null if it is no such set. */
export function readBlockSet(value: unknown, count: number): BlockSet | null {
  if (!Array.isArray(value) || value.length > MAX_RANGES) return null;
  const ranges: BlockRange[] = [];
  let end = -1;
  for (const range of value) {
    if (!Array.isArray(range) || range.length !== 2) return null;
    const [from, to]: readonly unknown[] = range;
    if (!isInteger(from) || !isInteger(to)) return null;
    if (from <= end || from >= to || to > count) return null;
    ranges.push([from, to]);
    end = to;
  }
  return ranges;
}
