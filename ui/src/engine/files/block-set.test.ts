// Sets of blocks: compared with a plain set, and read from anything.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  allBlocks,
  countBlocks,
  hasBlock,
  MAX_RANGES,
  NO_BLOCKS,
  readBlockSet,
  withBlock,
  withoutBlock,
} from './block-set';

const BLOCKS = 40;

describe('block_set', () => {
  it('equals_a_plain_set', () => {
    const change = fc.record({ block: fc.nat(BLOCKS - 1), add: fc.boolean() });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 80 }), (changes) => {
        const plain = new Set<number>();
        let set = NO_BLOCKS;
        for (const { block, add } of changes) {
          if (add) plain.add(block);
          else plain.delete(block);
          set = add ? withBlock(set, block) : withoutBlock(set, block);
        }
        const blocks = Array.from({ length: BLOCKS }, (_, block) => block);
        expect(blocks.filter((block) => hasBlock(set, block))).toEqual(
          blocks.filter((block) => plain.has(block)),
        );
        expect(countBlocks(set)).toBe(plain.size);
        expect(readBlockSet(JSON.parse(JSON.stringify(set)), BLOCKS)).toEqual(set);
      }),
    );
  });

  it('of_all_blocks_is_one_range', () => {
    const set = [...Array.from({ length: 9 }).keys()].reduce(withBlock, NO_BLOCKS);
    expect(set).toEqual(allBlocks(9));
    expect(allBlocks(0)).toEqual(NO_BLOCKS);
  });

  it.each<[string, unknown]>([
    ['no_list', { 0: [0, 1] }],
    ['no_pair', [[0, 1, 2]]],
    ['text', [['0', '1']]],
    ['fraction', [[0.5, 2]]],
    ['negative', [[-1, 2]]],
    ['backward', [[3, 2]]],
    ['empty_range', [[3, 3]]],
    ['beyond_the_file', [[0, 11]]],
    [
      'out_of_order',
      [
        [5, 6],
        [1, 2],
      ],
    ],
    [
      'overlapping',
      [
        [1, 4],
        [3, 6],
      ],
    ],
    [
      'touching',
      [
        [1, 3],
        [3, 6],
      ],
    ],
    ['endless', [[0, Number.POSITIVE_INFINITY]]],
  ])('%s_is_no_set', (_, value) => {
    expect(readBlockSet(value, 10)).toBeNull();
  });

  it('too_many_ranges_are_no_set', () => {
    const ranges = Array.from({ length: MAX_RANGES + 1 }, (_, index) => [2 * index, 2 * index + 1]);
    expect(readBlockSet(ranges, 10_000)).toBeNull();
    expect(readBlockSet(ranges.slice(1), 10_000)).toHaveLength(MAX_RANGES);
  });
});
