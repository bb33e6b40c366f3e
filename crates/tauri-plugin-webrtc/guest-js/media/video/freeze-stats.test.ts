import { expect, test } from 'vitest';

import { FreezeStats } from './freeze-stats.ts';

const FRAME = 33_000;

function shown(intervals: readonly number[]): FreezeStats {
  const freezes = new FreezeStats();
  let now = 1_000_000;
  freezes.count(now);
  for (const interval of intervals) {
    now += interval;
    freezes.count(now);
  }
  return freezes;
}

const even = (count: number): number[] => Array.from({ length: count }, () => FRAME);

test('even intervals are no freeze', () => {
  const { freezeCount, totalInterFrameDelay } = shown(even(100));
  expect(freezeCount).toBe(0);
  expect(totalInterFrameDelay).toBeCloseTo(3.3);
});

test('a freeze is counted with its duration', () => {
  const { freezeCount, totalFreezesDuration } = shown([...even(30), 500_000, ...even(30)]);
  expect(freezeCount).toBe(1);
  expect(totalFreezesDuration).toBeCloseTo(0.5);
});

test('a short stutter is no freeze', () => {
  expect(shown([...even(30), 150_000, ...even(5)]).freezeCount).toBe(0);
});

test('the first intervals are no freeze', () => {
  expect(shown([...even(10), 2_000_000]).freezeCount).toBe(0);
});
