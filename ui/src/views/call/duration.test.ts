import { expect, test } from 'vitest';

import { clockTime } from './duration';

test.each([
  [-5, '0:00'],
  [999, '0:00'],
  [65_000, '1:05'],
  [3_599_999, '59:59'],
  [3_725_000, '1:02:05'],
])('%i ms are shown as %s', (ms, shown) => {
  expect(clockTime(ms)).toBe(shown);
});
