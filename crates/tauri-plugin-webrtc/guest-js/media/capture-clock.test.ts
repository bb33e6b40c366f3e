import { expect, test } from 'vitest';

import { CaptureClock } from './capture-clock.ts';

const PIECE = 10_000;

test('times are as even as the source is, however its pieces arrive', () => {
  const clock = new CaptureClock();
  const times = Array.from({ length: 100 }, (_, index) =>
    clock.at(index * PIECE, 5_000_000 + index * PIECE + (index % 4) * 8000),
  );
  for (const [index, time] of times.slice(1).entries()) {
    expect(Math.abs(time - (times[index] ?? 0) - PIECE)).toBeLessThan(500);
  }
});

test('a clock that drifts is followed', () => {
  const clock = new CaptureClock();
  const PAGE = 10_002;
  let last = 0;
  for (let index = 0; index < 180_000; index += 1) last = clock.at(index * PIECE, index * PAGE);
  expect(Math.abs(last - 179_999 * PAGE)).toBeLessThan(3000);
});

test('a gap jumps', () => {
  const clock = new CaptureClock();
  clock.at(0, 1_000_000);
  expect(clock.at(PIECE, 4_000_000)).toBe(4_000_000);
});

test('times never stand still or go back', () => {
  const clock = new CaptureClock();
  const first = clock.at(0, 1_000_000);
  expect(clock.at(0, 1_000_000)).toBeGreaterThan(first);
  expect(clock.at(0, 500_000)).toBeGreaterThan(first);
});
