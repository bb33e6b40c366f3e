import { expect, it } from 'vitest';

import { sleptBetween } from './sleep-detector';

it.each([
  ['an ordinary tick', 1_000, false, null],
  ['a page that was held up', 9_000, false, null],
  ['a computer asleep for 90 seconds', 91_000, false, 90_000],
  ['a hidden tab that ticks once a minute', 60_000, true, null],
  ['the same, asleep', 600_000, true, 599_000],
  ['a clock that was set back', -3_600_000, false, null],
])('sleep_is_told_from_a_late_tick: %s', (_, passed, isHidden, slept) => {
  expect(sleptBetween(0, passed, isHidden)).toBe(slept);
});
