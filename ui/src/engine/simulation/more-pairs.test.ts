// As pairs.test.ts, with other seeds: files are run side by side.

import { it } from 'vitest';
import { expectAgreement } from './expect-agreement';

const TIMEOUT_MS = 300_000;

it(
  '5,000 more schedules end in one agreed state',
  () => {
    expectAgreement(['ana', 'bo'], { from: 5_001, count: 5_000 });
  },
  TIMEOUT_MS,
);
