// Rate and time left.

import { describe, expect, it } from 'vitest';

import { NO_PROGRESS, rateOf, secondsLeft, startProgress, withBytes } from './progress';

describe('progress', () => {
  it('without_a_block_nothing_is_known', () => {
    expect([
      rateOf(NO_PROGRESS),
      rateOf(startProgress(5)),
      secondsLeft(startProgress(5), 10),
    ]).toEqual([null, null, null]);
  });

  it('is_that_of_the_last_ten_seconds', () => {
    let progress = startProgress(0);
    for (let second = 1; second <= 30; second += 1)
      progress = withBytes(progress, second * 1000, second <= 15 ? 100 : 700);
    expect(rateOf(progress)).toBe(700);
    expect(secondsLeft(progress, 7001)).toBe(11);
  });

  it('slow_line_has_a_rate_from_few_blocks', () => {
    let progress = startProgress(0);
    for (let block = 1; block <= 4; block += 1)
      progress = withBytes(progress, block * 30_000, 1_048_576);
    expect(Math.round(rateOf(progress) ?? 0)).toBe(34_953);
  });

  it('is_bounded_and_survives_a_clock_that_goes_back', () => {
    let progress = startProgress(1000);
    for (let block = 0; block < 1000; block += 1) progress = withBytes(progress, block % 3, 10);
    expect(progress.samples.length).toBeLessThanOrEqual(64);
    expect(rateOf(progress)).toBeNull();
  });
});
