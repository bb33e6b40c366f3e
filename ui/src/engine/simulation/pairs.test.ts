// Two people, random schedules: both always end in a consistent state.

import { it } from 'vitest';
import { expectInvariants } from './expect-invariants';

const TIMEOUT_MS = 300_000;

it(
  '5,000 schedules end in one agreed state',
  () => {
    expectInvariants(['ana', 'bo'], { from: 1, count: 5_000 });
  },
  TIMEOUT_MS,
);
