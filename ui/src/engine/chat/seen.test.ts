// What is seen stays seen, in any order and within bounds.

import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { isSeen, NOTHING_SEEN, withSeen } from './seen';

it('every_seen_number_counts_once', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 200 })), (numbers) => {
      const seen = numbers.reduce(withSeen, NOTHING_SEEN);
      for (let number = 1; number <= 200; number += 1) {
        expect(isSeen(seen, number)).toBe(numbers.includes(number));
      }
    }),
  );
});

it('without_gaps_it_is_one_number', () => {
  const seen = [3, 1, 2, 4].reduce(withSeen, NOTHING_SEEN);
  expect(seen).toEqual({ floor: 4, above: [] });
});

it('many_gaps_are_bounded', () => {
  const numbers = Array.from({ length: 10_000 }, (_, index) => 2 * (index + 1));
  const seen = numbers.reduce(withSeen, NOTHING_SEEN);
  expect(seen.above.length).toBeLessThanOrEqual(256);
  expect(isSeen(seen, 20_000)).toBe(true);
});
