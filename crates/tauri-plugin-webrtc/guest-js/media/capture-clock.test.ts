import { expect, test } from 'vitest';

import { CaptureClock } from './capture-clock.ts';

const FRAME_US = 10_000;

test('times are as even as the source, whatever the arrival', () => {
  const clock = new CaptureClock();
  const times = Array.from({ length: 100 }, (_, index) =>
    clock.toPageTime(index * FRAME_US, 5_000_000 + index * FRAME_US + (index % 4) * 8000),
  );
  for (const [index, time] of times.slice(1).entries()) {
    expect(Math.abs(time - (times[index] ?? 0) - FRAME_US)).toBeLessThan(500);
  }
});

test('clock drift is followed', () => {
  const clock = new CaptureClock();
  const PAGE = 10_002;
  let last = 0;
  for (let index = 0; index < 180_000; index += 1)
    last = clock.toPageTime(index * FRAME_US, index * PAGE);
  expect(Math.abs(last - 179_999 * PAGE)).toBeLessThan(3000);
});

test('a camera with a wrong frame rate is followed without a jump', () => {
  const clock = new CaptureClock();
  const times: number[] = [];
  for (let frame = 0; frame < 2000; frame += 1) {
    const captured = 1_000_000 + frame * 50_600;
    const time = clock.toPageTime(frame * 50_000, captured + ((frame * 7) % 4) * 5000);
    if (frame > 100) expect(Math.abs(time - captured)).toBeLessThan(25_000);
    times.push(time);
  }
  for (const [index, time] of times.slice(1).entries()) {
    expect(Math.abs(time - (times[index] ?? 0) - 50_000)).toBeLessThan(5000);
  }
});

test('delayed delivery does not change capture times', () => {
  const clock = new CaptureClock();
  for (let frame = 0; frame < 300; frame += 1) {
    const captured = 1_000_000 + frame * FRAME_US;
    const arrival = frame >= 150 && frame < 180 ? Math.max(captured, 2_800_000) : captured;
    expect(Math.abs(clock.toPageTime(frame * FRAME_US, arrival) - captured)).toBeLessThan(2000);
  }
});

test('a gap makes the clock jump', () => {
  const clock = new CaptureClock();
  clock.toPageTime(0, 1_000_000);
  expect(clock.toPageTime(FRAME_US, 4_000_000)).toBe(4_000_000);
});

test('times always increase', () => {
  const clock = new CaptureClock();
  const first = clock.toPageTime(0, 1_000_000);
  expect(clock.toPageTime(0, 1_000_000)).toBeGreaterThan(first);
  expect(clock.toPageTime(0, 500_000)).toBeGreaterThan(first);
});
