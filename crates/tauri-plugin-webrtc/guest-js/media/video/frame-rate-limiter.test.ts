import { expect, test } from 'vitest';

import { FrameRateLimiter } from './frame-rate-limiter.ts';

/** Admitted frames of ten seconds. */
function admitted(capture: number, wanted: number, jitter = 0): number {
  const pace = new FrameRateLimiter();
  let count = 0;
  for (let index = 0; index < capture * 10; index += 1) {
    const time = (index * 1_000_000) / capture + (index % 3) * jitter;
    if (pace.admits(time, wanted)) count += 1;
  }
  return count;
}

test.each([
  [30, 30, 0, 300],
  [30, 30, 3000, 300],
  [30, 60, 0, 300],
  [30, 15, 0, 150],
  [30, 20, 0, 200],
  [60, 30, 2000, 300],
  [30, 1, 0, 10],
])('%d frames a second at %d wanted', (capture, wanted, jitter, expected) => {
  expect(Math.abs(admitted(capture, wanted, jitter) - expected)).toBeLessThanOrEqual(2);
});

test('the limiter restarts after a pause', () => {
  const pace = new FrameRateLimiter();
  expect(pace.admits(0, 10)).toBe(true);
  expect(pace.admits(5_000_000, 10)).toBe(true);
  expect(pace.admits(5_050_000, 10)).toBe(false);
  expect(pace.admits(5_100_000, 10)).toBe(true);
});

test('a higher rate applies before the next frame of the lower rate is due', () => {
  const pace = new FrameRateLimiter();
  expect(pace.admits(0, 1)).toBe(true);
  expect(pace.admits(33_000, 1)).toBe(false);
  const times = Array.from({ length: 30 }, (_, index) => 66_000 + index * 33_333);
  const taken = times.filter((time) => pace.admits(time, 15));
  expect(taken[0]).toBe(66_000);
  expect(taken).toHaveLength(15);
});
