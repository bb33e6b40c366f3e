// Random schedules in which people share their screens and stop, several at once: in the end, each
// shared screen reaches everybody in the call.

import { test } from 'vitest';
import { expectInvariants } from './expect-invariants';

test('shares_of_two_reach_each_other', () => {
  expectInvariants(['ana', 'ben'], { from: 1, count: 300 }, 'shared');
}, 120_000);

test('shares_of_three_reach_everybody', () => {
  expectInvariants(['ana', 'ben', 'cam'], { from: 1, count: 120 }, 'shared');
}, 120_000);
