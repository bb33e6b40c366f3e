// As pairs.test.ts with other seeds; test files run in parallel.

import { it } from 'vitest';
import { expectInvariants } from './expect-invariants';

const TIMEOUT_MS = 300_000;

it(
  '5,000 more schedules end in one agreed state',
  () => {
    expectInvariants(['ana', 'bo'], { from: 5_001, count: 5_000 });
  },
  TIMEOUT_MS,
);
