// Two people, random schedules: whatever happens, both end in one agreed state.

import { it } from 'vitest';
import { expectAgreement } from './expect-agreement';

const TIMEOUT_MS = 300_000;

it(
  '5,000 schedules end in one agreed state',
  () => {
    expectAgreement(['ana', 'bo'], { from: 1, count: 5_000 });
  },
  TIMEOUT_MS,
);
