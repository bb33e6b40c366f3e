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

test('a camera whose frames come slower than they say is followed, without a jump', () => {
  const clock = new CaptureClock();
  const times: number[] = [];
  for (let frame = 0; frame < 2000; frame += 1) {
    const captured = 1_000_000 + frame * 50_600;
    const time = clock.at(frame * 50_000, captured + ((frame * 7) % 4) * 5000);
    if (frame > 100) expect(Math.abs(time - captured)).toBeLessThan(25_000);
    times.push(time);
  }
  for (const [index, time] of times.slice(1).entries()) {
    expect(Math.abs(time - (times[index] ?? 0) - 50_000)).toBeLessThan(5000);
  }
});

test('pieces that were all held up for a while were captured no later', () => {
  const clock = new CaptureClock();
  for (let piece = 0; piece < 300; piece += 1) {
    const captured = 1_000_000 + piece * PIECE;
    const arrival = piece >= 150 && piece < 180 ? Math.max(captured, 2_800_000) : captured;
    expect(Math.abs(clock.at(piece * PIECE, arrival) - captured)).toBeLessThan(2000);
  }
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
