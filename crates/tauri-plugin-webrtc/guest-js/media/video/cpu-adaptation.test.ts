import { expect, test } from 'vitest';

import { CpuAdaptation } from './cpu-adaptation.ts';

const RATE = 25;
const INTERVAL = 1_000_000 / RATE;

/** Runs seconds with these shares of dropped frames. Returns the scale after each. */
function check(stretches: readonly (readonly [seconds: number, refused: number])[]): number[] {
  const load = new CpuAdaptation();
  let timestamp = 5_000_000;
  return stretches.map(([seconds, refused]) => {
    let owed = 0;
    for (let frame = 0; frame < seconds * RATE; frame += 1) {
      owed += refused;
      const isRefused = owed >= 1;
      if (isRefused) owed -= 1;
      load.count(timestamp, isRefused ? 'dropped' : 'encoded');
      timestamp += INTERVAL;
    }
    return Number(load.scaleDownBy.toFixed(2));
  });
}

test('the scale stays while the encoder keeps up', () => {
  expect(check([[60, 0]])).toEqual([1]);
  expect(check([[60, 0.2]])).toEqual([1]);
});

test('too many dropped frames scale down step by step', () => {
  expect(
    check([
      [2.1, 0.5],
      [2, 0.5],
      [2, 0.5],
      [2, 0.5],
      [60, 0.5],
    ]),
  ).toEqual([1.33, 1.5, 2, 3, 4]);
});

test('the scale goes up slowly while the encoder keeps up', () => {
  expect(
    check([
      [4.1, 0.5],
      [7, 0],
      [3, 0],
      [8, 0],
    ]),
  ).toEqual([1.5, 1.5, 1.33, 1]);
});

test('a few dropped frames keep the scale', () => {
  expect(
    check([
      [2.1, 0.5],
      [60, 0.1],
    ]),
  ).toEqual([1.33, 1.33]);
});

test('a failed step up is repeated later', () => {
  expect(
    check([
      [2.1, 0.5],
      [9, 0],
      [3.4, 0.5],
      [12, 0],
      [9, 0],
    ]),
  ).toEqual([1.33, 1, 1.33, 1.33, 1]);
});

test('too few frames change nothing', () => {
  const load = new CpuAdaptation();
  for (let second = 0; second < 60; second += 1) load.count(second * 1_000_000, 'dropped');
  expect(load.scaleDownBy).toBe(1);
});
